"""A home of its own for tests that start processes: nothing of the person's is read, written or stopped."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


class Home:
    """Directories for one test, short enough for the name of a Unix socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run = path / "run"
        self.env = {
            "HOME": str(path),
            "XDG_RUNTIME_DIR": str(self.run),
            "XDG_CACHE_HOME": str(path / "cache"),
            "XDG_CONFIG_HOME": str(path / "config"),
            "XDG_STATE_HOME": str(path / "state"),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT / "server"), str(ROOT / "tests")]),
            "LANG": "C.UTF-8",
        }
        self.run.mkdir(mode=0o700)

    def write_settings(self, text: str) -> None:
        file = self.path / "config" / "sleeptime" / "settings.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def processes(self) -> list[psutil.Process]:
        """All processes that live in this home."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("HOME") == str(self.path):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def stop_everything(self) -> None:
        """End what was started in this home, and nothing else."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait(10)


@contextmanager
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home for this process and all that it starts."""
    path = Path(tempfile.mkdtemp(prefix="st-", dir="/tmp" if sys.platform != "win32" else None))
    home = Home(path)
    for name, value in home.env.items():
        monkeypatch.setenv(name, value)
    try:
        yield home
    finally:
        home.stop_everything()
        shutil.rmtree(path, ignore_errors=True)
