"""Where the two processes find each other on this machine; paths only, nothing is opened here.

There is one worker per user and cache directory: the names below carry a hash of that directory, so that a process
with other caches (a test, another HOME) never talks to a worker that writes somewhere else.
"""

import hashlib
import os
import socket
import tempfile
import warnings
from pathlib import Path

from msgspec import Struct
from platformdirs import user_cache_path, user_log_path, user_runtime_path

SOCKET_PATH_BYTES = 100
"""Linux allows 107 bytes in a Unix socket's address, macOS 103."""


class MeetingPoint(Struct, frozen=True):
    """The worker's address in a directory that only this user may enter (0700)."""

    directory: Path
    stem: str

    @property
    def socket(self) -> Path:
        """The Unix socket (0600)."""
        return self.directory / f"{self.stem}.sock"

    @property
    def lock(self) -> Path:
        """Held by the live worker; the system frees it when its owner dies."""
        return self.directory / f"{self.stem}.lock"

    @property
    def card(self) -> Path:
        """Where there are no Unix sockets: a loopback port and a random token, one line each (0600)."""
        return self.directory / f"{self.stem}.card"

    @property
    def has_unix_sockets(self) -> bool:
        """Whether this machine has them and the path is short enough for one."""
        return hasattr(socket, "AF_UNIX") and len(os.fsencode(self.socket)) <= SOCKET_PATH_BYTES


def meeting_point() -> MeetingPoint:
    """The place for this user: the runtime directory, or the cache directory where the system has none."""
    caches = user_cache_path("sleeptime")
    digest = hashlib.blake2b(os.fsencode(caches), digest_size=4).hexdigest()
    return MeetingPoint(_runtime_directory() or caches / "run", f"worker-{digest}")


def log_directory() -> Path:
    """Where both processes keep their logs."""
    return user_log_path("sleeptime")


def _runtime_directory() -> Path | None:
    """The system's own runtime directory, or None: one made up under /tmp may differ between two sessions."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path = user_runtime_path("sleeptime")
    except OSError:
        return None
    made_up = path.parent.parent == Path(tempfile.gettempdir()) and path.parent.name.startswith("runtime-")
    return path if path.parent.is_dir() and not made_up else None
