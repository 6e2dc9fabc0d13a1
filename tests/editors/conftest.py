"""What the tests of real editors share: a sample repository, and an environment that leaves the machine as it was."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures and logs are kept for a person to look at; git ignores it."""
    folder = TESTS / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def server_command() -> list[str]:
    return [sys.executable, "-P", "-m", "sleeptime", "serve"]


@pytest.fixture(scope="session")
def make_sample() -> Callable[[Path], Path]:
    """Copies the repository tests/repos/cards to a path, as a git repository of its own."""

    def make(root: Path) -> Path:
        shutil.copytree(TESTS / "repos" / "cards", root, ignore=shutil.ignore_patterns("__pycache__"))
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
        for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "Cards"]):
            subprocess.run(["git", *command], cwd=root, check=True)
        return root

    return make


@pytest.fixture
def sample(make_sample: Callable[[Path], Path], tmp_path: Path) -> Path:
    return make_sample(tmp_path / "cards")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables under which editors, servers and the worker keep to a folder of this run.

    The worker is nobody's child and outlives its editor; it is found by its HOME, which only this run has.
    """
    home = tmp_path_factory.mktemp("home")
    variables = {"HOME": str(home)}
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        variables[name] = str(folder)
    yield {**os.environ, **variables}
    for process in psutil.process_iter():
        if _home(process) == str(home):
            _end(process)


def _home(process: psutil.Process) -> str:
    try:
        return process.environ().get("HOME", "")
    except psutil.Error:
        return ""


def _end(process: psutil.Process) -> None:
    try:
        process.terminate()
        process.wait(timeout=10)
    except psutil.TimeoutExpired:
        process.kill()
    except psutil.Error:
        pass
