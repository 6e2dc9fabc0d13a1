"""The store as its users see it: one file, several parts."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sleeptime.store.adopt import adopt
from sleeptime.store.answers import Answers
from sleeptime.store.bodies import Bodies
from sleeptime.store.database import Database, open_database, open_read_only
from sleeptime.store.garbage import COLLECTED_SHARE, collect_garbage
from sleeptime.store.jobs import Jobs
from sleeptime.store.ledger import Ledger
from sleeptime.store.modules import Modules
from sleeptime.store.outlines import WorktreeOutlines
from sleeptime.store.search import Search
from sleeptime.store.threads import Threads
from sleeptime.store.vectors import Vectors
from sleeptime.store.visits import Visits


class Store:
    """All that is known about one repository. Several threads may share it."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self.database = database
        self.modules = Modules(database, now)
        self.answers = Answers(database, now)
        self.jobs = Jobs(database, now)
        self.vectors = Vectors(database, self.modules)
        self.bodies = Bodies(database)
        self.search = Search(database, self.modules, self.vectors)
        self.ledger = Ledger(database, now)
        self.threads = Threads(database, now)
        self.visits = Visits(database)

    @property
    def path(self) -> Path:
        """The file."""
        return self.database.path

    def outlines(self, worktree: str) -> WorktreeOutlines:
        """What the graph reads: keep it, for it caches."""
        return WorktreeOutlines(self.database, self.modules, worktree)

    def meta(self, key: str) -> str:
        """A remembered text, or ""."""
        row = self.database.row("SELECT value FROM meta WHERE key = ?", (key,))
        return row[0] if row else ""

    def set_meta(self, key: str, value: str) -> None:
        """Remember a text."""
        self.database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def version(self) -> int:
        """A reader's number that differs after each commit of the writer: what was read before may be old."""
        row = self.database.row("PRAGMA data_version")
        return row[0] if row else 0

    def replaced(self) -> bool:
        """Whether another file stands in this one's place (it was damaged and set aside): open the store anew."""
        return self.database.replaced()

    def size_bytes(self) -> int:
        """Bytes in use, without pages that wait to be reused."""
        row = self.database.row(
            """SELECT (page_count - freelist_count) * page_size
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size"""
        )
        return row[0] if row else 0

    def adopt(self, root_commits: Sequence[str]) -> bool:
        """Begin a new store with all that another clone of the same project knows; returns whether there was one."""
        return adopt(self.database, root_commits)

    def collect_garbage(self, max_bytes: int) -> int:
        """Drop what was used longest ago until the store is well under `max_bytes`; returns the bytes given back.

        What a worktree holds now is never dropped.
        """
        before = self.size_bytes()
        if before > max_bytes:
            collect_garbage(self.database, before - int(max_bytes * COLLECTED_SHARE))
        return before - self.size_bytes()

    def close(self) -> None:
        """Closing twice is fine."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_writer(path: Path, now: Callable[[], float] = time.time) -> Store:
    """Open the store to write; makes it if there is none. The worker is the only one to call this.

    Raises:
        CorruptStoreError: its bytes are damaged; it was set aside, so opening again makes a new one.
        NewerStoreError: a newer Sleeptime wrote it.
        StoreError: the file cannot be made or opened.
    """
    return Store(open_database(path), now)


def open_reader(path: Path) -> Store | None:
    """Open the store to read, also while the worker writes; None if there is none yet, or the worker has not yet
    brought its tables up to date.

    Raises:
        CorruptStoreError: its bytes are damaged.
        NewerStoreError: a newer Sleeptime wrote it.
        StoreError: it cannot be opened.
    """
    database = open_read_only(path)
    return Store(database) if database else None
