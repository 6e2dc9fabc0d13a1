"""Git as tests drive it: real, but deaf to the configuration of whoever runs them."""

import os
import subprocess
from pathlib import Path


class Git:
    """Runs git in one folder, or in `cwd`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *arguments: str, cwd: Path | None = None) -> str:
        folder = cwd or self._folder
        folder.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    def commit(self, message: str, cwd: Path | None = None) -> None:
        """Commit everything there is."""
        self("add", "-A", ".", cwd=cwd)
        self("commit", "-q", "--allow-empty", "-m", message, cwd=cwd)


def write(root: Path, files: dict[str, str]) -> None:
    """Write files that look an hour old, so that git vouches for them once they are added."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 3600))
