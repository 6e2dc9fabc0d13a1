"""Notices changes on disk through watchdog, and gathers them for a moment before it tells.

What it tells is a hint: it may name paths that do not count, and the empty set says "anything may have changed".
Whatever it misses (network mounts, a full queue) is found by the next sweep.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchdog.events import EVENT_TYPE_CLOSED_NO_WRITE, EVENT_TYPE_OPENED, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from sleeptime.repo.files import UNREAD_FOLDERS
from sleeptime.repo.repository import Repository

QUIET_SECONDS = 0.04
"""Editors and `git switch` touch many files in a burst: wait until nothing came for so long ...
A saved file should be seen in a hover within 100 ms, of which indexing it takes some 30."""

LONGEST_WAIT_SECONDS = 1.0
"""... but not for ever, when something writes all the time."""

MOST_PATHS = 2000
"""More changed paths than this at once are told as "anything"."""

log = logging.getLogger(__name__)
OnChange = Callable[[frozenset[str]], None]


class Watcher:
    """Watches one repository. `on_change` is called from a thread of its own, never twice at once, with paths
    relative to the root; git's HEAD and refs are told as `.git/HEAD`, `.git/refs/...`, also of linked worktrees.
    """

    def __init__(self, repository: Repository, on_change: OnChange, quiet_seconds: float = QUIET_SECONDS) -> None:
        self.problem = ""
        self._repository = repository
        self._gathered = _Gathered(on_change, quiet_seconds)
        self._observer: BaseObserver | None = None
        self._overflows = _Overflows(self._gathered.add_anything)

    def start(self) -> str:
        """Begin. Returns "" or, if the system refuses to watch (all of) it, a sentence: sweeps find the rest."""
        handler = _Handler(self._repository, self._gathered)
        try:
            self._observer = _observing(handler, _watched_folders(self._repository))
            # Watchdog passes over folders below that the system refuses; one more of our own tells that it does.
            _observing(FileSystemEventHandler(), [(self._repository.root, False)]).stop()
        except OSError as error:
            self.problem = _explained(self._repository, error)
        if self._observer:
            logging.getLogger("watchdog").addHandler(self._overflows)
            self._gathered.start()
        return self.problem

    def stop(self) -> None:
        """End; what was gathered and not yet told is dropped. Stopping twice is fine."""
        logging.getLogger("watchdog").removeHandler(self._overflows)
        if self._observer:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        self._gathered.stop()


def _observing(handler: FileSystemEventHandler, folders: Sequence[tuple[Path, bool]]) -> BaseObserver:
    """A started observer; raises OSError if the system refuses one of the folders themselves."""
    observer = Observer()
    try:
        for folder, recursive in folders:
            observer.schedule(handler, str(folder), recursive=recursive)
        observer.start()
    except OSError:
        observer.stop()
        raise
    return observer


class _Gathered:
    """Paths on their way to `on_change`, which runs in this object's own thread."""

    def __init__(self, on_change: OnChange, quiet_seconds: float) -> None:
        self._on_change = on_change
        self._quiet_seconds = quiet_seconds
        self._paths: set[str] = set()
        self._anything = False
        self._stopped = False
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="sleeptime-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._more:
            self._stopped = True
            self._more.notify()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def add(self, path: str) -> None:
        with self._more:
            self._paths.add(path)
            self._anything = self._anything or len(self._paths) > MOST_PATHS
            self._more.notify()

    def add_anything(self) -> None:
        with self._more:
            self._anything = True
            self._more.notify()

    def _run(self) -> None:
        while True:
            with self._more:
                self._more.wait_for(lambda: self._stopped or self._anything or self._paths)
                waited = 0.0
                while not self._stopped and waited < LONGEST_WAIT_SECONDS and self._more.wait(self._quiet_seconds):
                    waited += self._quiet_seconds
                if self._stopped:
                    return
                changed = frozenset() if self._anything else frozenset(self._paths)
                self._paths.clear()
                self._anything = False
            try:
                self._on_change(changed)
            except Exception:
                # The next change must still be told, whatever became of this one.
                log.exception("A change could not be handled.")


class _Handler(FileSystemEventHandler):
    """Translates watchdog's events into relative paths."""

    def __init__(self, repository: Repository, gathered: _Gathered) -> None:
        self._repository = repository
        self._gathered = gathered

    def on_any_event(self, event: FileSystemEvent) -> None:
        """A folder's own modification only says that something in it changed, which comes as its own event."""
        if event.event_type in {EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE}:
            return
        if event.is_directory and event.event_type == "modified":
            return
        for full in (event.src_path, event.dest_path):
            if full and (path := relative_path(self._repository, os.fsdecode(full))):
                self._gathered.add(path)


def relative_path(repository: Repository, full: str) -> str:
    """A changed path as it is told, or "" if nobody needs to know."""
    for folder in (repository.git_dir, repository.common_dir):
        if folder and full.startswith(f"{folder}/"):
            inner = full[len(str(folder)) + 1 :]
            tells = inner in {"HEAD", "packed-refs"} or inner.startswith("refs/")
            return f".git/{inner}" if tells and not inner.endswith(".lock") else ""
    if not full.startswith(f"{repository.root}/"):
        return ""
    path = full[len(str(repository.root)) + 1 :]
    return path if UNREAD_FOLDERS.isdisjoint(path.split("/")) else ""


def _watched_folders(repository: Repository) -> list[tuple[Path, bool]]:
    """(folder, whether with all below it): the root, and git's own folders where they lie elsewhere."""
    folders = [(repository.root, True)]
    for git_folder in dict.fromkeys((repository.git_dir, repository.common_dir)):
        if git_folder and not git_folder.is_relative_to(repository.root):
            folders.append((git_folder, False))
            if (git_folder / "refs").is_dir():
                folders.append((git_folder / "refs", True))
    return folders


def _explained(repository: Repository, error: OSError) -> str:
    why = (error.strerror or str(error)).rstrip(".").lower()
    return (
        f"{repository.root} cannot be watched in full ({why}); sweeps every few minutes find the changes instead. "
        "On Linux, raising fs.inotify.max_user_watches and max_user_instances helps."
    )


class _Overflows(logging.Handler):
    """Watchdog only logs that the system dropped events: that record means "anything may have changed"."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            self._tell()
