"""The SQLite file: where it lies, how it is opened, and one connection that several threads may share."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from platformdirs import user_cache_path

from sleeptime.core.errors import CorruptStoreError, NewerStoreError, StoreError
from sleeptime.store.migrations import MIGRATIONS, migrate, schema_version

Row = tuple[Any, ...]
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

BUSY_SECONDS = 10.0
"""How long a statement waits for another process's write before it gives up."""

QUICK_CHECK_BYTES = 64 << 20
"""Stores up to this size are checked page by page when the writer opens them; larger ones only at their roots."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def stores_dir() -> Path:
    """The folder of all stores, in the user's cache directory."""
    return user_cache_path("sleeptime") / "stores"


def store_path(identity: str) -> Path:
    """The store of one repository; `identity` is `Repository.identity`."""
    return stores_dir() / f"{identity}.db"


def set_aside(path: Path) -> Path:
    """Rename a damaged store and what SQLite keeps beside it; nothing is deleted. Returns the new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    return aside


def _translated(
    method: Callable[Concatenate["Database", Parameters], Result],
) -> Callable[Concatenate["Database", Parameters], Result]:
    """Turn SQLite's errors into ours at the one place where statements run."""

    def call(self: "Database", /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with self.lock:
            try:
                return method(self, *args, **kwargs)
            except sqlite3.Error as error:
                raise self.explained(error) from error

    return call


class Database:
    """One connection behind one lock. Every statement commits by itself unless it runs in `transaction()`."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.lock = threading.RLock()
        self._connection = connection
        self._depth = 0
        self._inode = path.stat().st_ino

    @_translated
    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, parameters).fetchall()

    @_translated
    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        first: Row | None = self._connection.execute(sql, parameters).fetchone()
        return first

    @_translated
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    @_translated
    def insert(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one INSERT; returns the new row's id."""
        return self._connection.execute(sql, parameters).lastrowid or 0

    @_translated
    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row; returns how many rows changed."""
        return self._connection.executemany(sql, rows).rowcount

    @_translated
    def shrink(self) -> None:
        """Give free pages back to the file system."""
        # Python stops a statement that returns rows without columns at its first step; a script runs to its end.
        self._connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")

    @_translated
    def replace_with(self, other: "Database") -> None:
        """Make this file a copy of another store; what it held before is gone."""
        with other.lock:
            other._connection.backup(self._connection)  # noqa: SLF001  of the same class

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written, or nothing; the outermost of nested ones decides."""
        with self.lock:
            if self._depth == 0:
                self.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.rollback()
                raise
            self._depth -= 1
            if self._depth == 0:
                self.execute("COMMIT")

    def explained(self, error: sqlite3.Error) -> StoreError:
        """Our error for SQLite's. The writer sets a damaged file aside, so that the next open starts a new one."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED or "malformed" in str(error):
            if self.read_only:
                return CorruptStoreError(f"The store {self.path} is damaged ({error}).", "Run `sleeptime index` again.")
            self._connection.close()
            return damaged(self.path, error)
        return StoreError(f"The store {self.path} refused: {error}.", "Is its disk full or its folder read-only?")

    def replaced(self) -> bool:
        """Whether another file stands at this path now (a damaged store was set aside): open it anew."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def close(self) -> None:
        """Closing twice is fine."""
        with self.lock:
            self._connection.close()


def damaged(path: Path, error: Exception) -> CorruptStoreError:
    """Set the file aside and say so."""
    aside = set_aside(path)
    return CorruptStoreError(
        f"The store {path} is damaged ({error}); it was set aside as {aside.name}.",
        "Nothing was deleted: a new store is built by the next run.",
    )


def open_database(path: Path) -> Database:
    """The one writer's connection; makes the file (0600, in a 0700 folder) and brings its tables up to date.

    Raises:
        CorruptStoreError: its bytes are damaged; it was set aside, so opening again makes a new one.
        NewerStoreError: a newer Sleeptime wrote it.
        StoreError: the file cannot be made or opened.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The store {path} cannot be opened: {error}.") from error
    try:
        _prepare(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        raise StoreError(f"The store {path} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise damaged(path, error) from error
    except StoreError:
        connection.close()
        raise
    return Database(connection, path, read_only=False)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _refuse_newer(connection, path)
    # auto_vacuum only takes effect before the first table; it lets garbage collection give pages back.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    # WAL with NORMAL survives a crash of the process; a power cut may lose the last commits, which are redone.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -16384")
    # Overwriting deleted pages with zeros (the default of some builds) doubles the writes.
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("PRAGMA journal_size_limit = 16777216")
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    migrate(connection)


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    version = schema_version(connection)
    if version > len(MIGRATIONS):
        raise NewerStoreError(
            f"The store {path} was written by a newer Sleeptime (its version is {version}, ours {len(MIGRATIONS)}).",
            "Update Sleeptime, or move that file away to start anew.",
        )


def is_outdated(path: Path) -> bool:
    """Whether a store is there that an earlier Sleeptime wrote and the worker has not brought up to date yet."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
            return schema_version(connection) < len(MIGRATIONS)
    except sqlite3.Error:
        return False


def open_read_only(path: Path) -> Database | None:
    """A reader's connection, good beside a writer; None if there is no store yet, or one not yet brought up to date.

    Raises:
        CorruptStoreError: its bytes are damaged (a reader leaves it where it is).
        NewerStoreError: a newer Sleeptime wrote it.
        StoreError: it cannot be opened.
    """
    if not path.exists():
        return None
    connection = None
    try:
        # isolation_level=None: with Python's implicit transactions, a refused write would pin an old snapshot.
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        _refuse_newer(connection, path)
        # Hovers read a few hot pages over and over: mapping them saves a copy and a system call each.
        connection.execute("PRAGMA mmap_size = 268435456")
        current = schema_version(connection) == len(MIGRATIONS)
    except (sqlite3.Error, StoreError) as error:
        if connection:
            connection.close()
        if isinstance(error, StoreError):
            raise
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"The store {path} cannot be read: {error}.") from error
        raise CorruptStoreError(f"The store {path} is damaged ({error}).", "Run `sleeptime index` again.") from error
    if not current:
        connection.close()
        return None
    return Database(connection, path, read_only=True)
