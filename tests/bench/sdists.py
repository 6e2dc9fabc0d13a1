"""Source distributions to measure on: downloaded with pip once, kept in the user's cache directory."""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from platformdirs import user_cache_path


def fetch_sdist(requirement: str) -> Path:
    """The unpacked folder of a pinned sdist such as `django==5.2.1`; ends the program if pip cannot deliver it."""
    folder = user_cache_path("sleeptime") / "demo" / requirement.replace("==", "-")
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        done = subprocess.run([*command, "--dest", scratch, requirement], capture_output=True, text=True, check=False)
        archives = list(Path(scratch).glob("*.tar.gz"))
        if not archives:
            raise SystemExit(f"pip could not download {requirement}: {done.stderr.strip()[-500:]}")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(scratch, filter="data")
        (Path(scratch) / archives[0].name.removesuffix(".tar.gz")).rename(folder)
    return folder
