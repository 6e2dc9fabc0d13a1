"""The index of one worktree as the graph reads it: `core.ports.Outlines` over the store."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sleeptime.core.types import Outline, Symbol
from sleeptime.store.database import Database
from sleeptime.store.encoding import decode_outline, decode_symbols
from sleeptime.store.modules import Modules
from sleeptime.store.words import exact_query, name_token

CACHE_BYTES = 2 << 20
"""How many bytes of stored outlines are kept decoded; in memory they are some forty times larger."""


CACHED_NAMES = 4096
"""How many names' mentions and definitions are remembered until a file changes."""


class WorktreeOutlines:
    """Reads what the store holds for one worktree, from any thread.

    Decoded outlines are cached by content id, which never changes its meaning; which path holds which content is
    cached until the worktree's generation moves.
    """

    def __init__(self, database: Database, modules: Modules, worktree: str, cache_bytes: int = CACHE_BYTES) -> None:
        self._database = database
        self._modules = modules
        self._worktree = worktree
        self._cache_bytes = cache_bytes
        self._lock = threading.RLock()
        self._decoded: OrderedDict[int, tuple[Outline, int]] = OrderedDict()
        self._decoded_bytes = 0
        self._generation = -1
        self._worktree_id = 0
        self._ids: dict[str, int] = {}
        self._paths: tuple[str, ...] | None = None
        self._mentions: dict[str, list[str]] = {}
        self._definitions: dict[str, list[tuple[str, Symbol]]] = {}
        self._steady = 0

    def paths(self) -> Sequence[str]:
        """Every indexed path, sorted."""
        with self._lock:
            self._refresh()
            if self._paths is None:
                rows = self._database.rows(
                    """SELECT path FROM files JOIN outlines ON outlines.id = files.outline
                    WHERE worktree = ? AND reason = '' ORDER BY path""",
                    (self._worktree_id,),
                )
                self._paths = tuple(path for (path,) in rows)
            return self._paths

    def outline(self, path: str) -> Outline | None:
        """The outline of one path, or None if it is not indexed."""
        with self._lock:
            self._refresh()
            id_ = self._outline_id(path)
            return self._decode(id_) if id_ else None

    def blob(self, path: str) -> str:
        """The hash of the content that `path` had when it was indexed, or ""."""
        found = self._modules.stored_file(self._worktree, path)
        return found.blob if found else ""

    def paths_mentioning(self, name: str) -> Sequence[str]:
        """Paths in which the identifier `name` may occur: a superset, never missing one."""
        return self._paths_holding(name_token(name))

    def paths_defining(self, name: str) -> Sequence[str]:
        """Paths in which something of this name may be defined: a superset, never missing one."""
        return self._paths_holding("=" + name_token(name))

    def definitions(self, name: str) -> Sequence[tuple[str, Symbol]]:
        """Every (path, symbol) whose `name` is exactly this."""
        with self._lock:
            self._refresh()
            if name not in self._definitions:
                self._definitions[name] = [
                    (path, symbol)
                    for path, id_ in self._holding("=" + name_token(name))
                    for symbol in self._symbols(id_)
                    if symbol.name == name
                ]
                _keep_latest(self._definitions)
            return self._definitions[name]

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Inside, nothing asks whether files changed meanwhile: for one answer that looks at hundreds of files, which
        then costs a quarter. What was looked at stays as it was; what was not may be newer.
        """
        with self._lock:
            self._refresh()
            self._steady += 1
        try:
            yield
        finally:
            with self._lock:
                self._steady -= 1

    def _paths_holding(self, token: str) -> Sequence[str]:
        with self._lock:
            self._refresh()
            if token not in self._mentions:
                self._mentions[token] = [path for path, _ in self._holding(token)]
                _keep_latest(self._mentions)
            return self._mentions[token]

    def _holding(self, token: str) -> list[tuple[str, int]]:
        # From the few contents to their files: left alone, SQLite walks all files of the worktree instead.
        rows = self._database.rows(
            """SELECT path, outline FROM names CROSS JOIN files ON files.outline = names.rowid
            WHERE names MATCH ? AND +worktree = ?""",
            (exact_query(token), self._worktree_id),
        )
        return [(path, id_) for path, id_ in sorted(rows)]

    def _refresh(self) -> None:
        if self._steady:
            return
        generation = self._modules.generation(self._worktree)
        if generation != self._generation:
            self._generation = generation
            self._worktree_id = self._modules.worktree_id(self._worktree)
            self._paths = None
            for cache in (self._ids, self._mentions, self._definitions):
                cache.clear()

    def _outline_id(self, path: str) -> int:
        """The id of the outline at `path`; 0 if there is none."""
        if path not in self._ids:
            row = self._database.row(
                """SELECT outline FROM files JOIN outlines ON outlines.id = files.outline
                WHERE worktree = ? AND path = ? AND reason = ''""",
                (self._worktree_id, path),
            )
            self._ids[path] = row[0] if row else 0
        return self._ids[path]

    def _decode(self, id_: int) -> Outline | None:
        if id_ in self._decoded:
            self._decoded.move_to_end(id_)
            return self._decoded[id_][0]
        data = self._data(id_)
        if data is None:
            return None
        outline = decode_outline(data)
        self._decoded[id_] = (outline, len(data))
        self._decoded_bytes += len(data)
        while self._decoded_bytes > self._cache_bytes and len(self._decoded) > 1:
            _, (_, size) = self._decoded.popitem(last=False)
            self._decoded_bytes -= size
        return outline

    def _symbols(self, id_: int) -> tuple[Symbol, ...]:
        if id_ in self._decoded:
            return self._decoded[id_][0].symbols
        data = self._data(id_)
        return decode_symbols(data) if data else ()

    def _data(self, id_: int) -> bytes | None:
        row = self._database.row("SELECT data FROM outlines WHERE id = ?", (id_,))
        return row[0] if row else None


def _keep_latest(cache: dict[str, Any]) -> None:
    """Dictionaries keep their order: the oldest entry goes first."""
    if len(cache) > CACHED_NAMES:
        del cache[next(iter(cache))]
