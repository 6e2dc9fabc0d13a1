"""Parsed files by content, and which path of which worktree holds which content.

A content is parsed once: its outline is keyed by (blob, language, extractor version). A branch switch, a second
worktree or a revert only moves rows of `files`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from sleeptime.core.keys import EXTRACTOR_VERSION
from sleeptime.core.types import Outline
from sleeptime.store.database import Database
from sleeptime.store.encoding import SYMBOL_BITS, EncodedOutline, decode_outline

Content = tuple[str, str]
"""(blob hash in hex, language): what was parsed, with the extractor's version, which is the current one."""

PAGE_ROWS = 4096
"""How many rows of files are in memory at once."""


class StoredFile(Struct, frozen=True):
    """One indexed path as the store knows it. `reason` is not empty if its content was left alone;
    `version` is that of the extractor that looked.
    """

    path: str
    size: int
    mtime_ns: int
    blob: str
    language: str
    outline_id: int
    reason: str
    version: int


class FileRow(Struct, frozen=True):
    """One path to be stored with the content it has now."""

    path: str
    size: int
    mtime_ns: int
    outline_id: int


class Counts(Struct, frozen=True):
    """How much of a worktree is indexed."""

    files: int
    symbols: int
    skipped: int


class Modules:
    """Outlines, files and skipped files."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def worktree_id(self, worktree: str) -> int:
        """The number of a worktree by its root; the writer makes one, a reader gets 0 for an unknown one."""
        found = self._database.row("SELECT id FROM worktrees WHERE root = ?", (worktree,))
        if found:
            return int(found[0])
        if self._database.read_only:
            return 0
        return self._database.insert("INSERT INTO worktrees (root, used_at) VALUES (?, ?)", (worktree, self._now()))

    def is_empty(self) -> bool:
        """Whether no content was ever stored here."""
        return self._database.row("SELECT 1 FROM outlines LIMIT 1") is None

    def worktrees(self) -> list[str]:
        """The roots of all worktrees that were ever indexed here and not yet forgotten."""
        return [root for (root,) in self._database.rows("SELECT root FROM worktrees ORDER BY root")]

    def generation(self, worktree: str) -> int:
        """A number that grows whenever the worktree's files change; 0 before the first index."""
        found = self._database.row("SELECT generation FROM worktrees WHERE root = ?", (worktree,))
        return int(found[0]) if found else 0

    def known(self, contents: Iterable[Content]) -> dict[Content, int]:
        """The outline ids of those contents that need not be parsed."""
        by_blob: dict[str, list[str]] = {}
        for blob, language in contents:
            by_blob.setdefault(blob, []).append(language)
        rows = self._database.rows(
            "SELECT blob, language, id FROM outlines WHERE version = ? AND blob IN (SELECT value FROM json_each(?))",
            (EXTRACTOR_VERSION, msgspec.json.encode(list(by_blob)).decode()),
        )
        return {(blob, language): id_ for blob, language, id_ in rows if language in by_blob[blob]}

    def outline_of(self, blob: str, language: str) -> Outline | None:
        """The outline of a content, whether or not a worktree holds it now."""
        row = self._database.row(
            "SELECT data FROM outlines WHERE blob = ? AND language = ? AND version = ? AND reason = ''",
            (blob, language, EXTRACTOR_VERSION),
        )
        return decode_outline(row[0]) if row else None

    def put_outlines(self, outlines: Sequence[EncodedOutline]) -> dict[Content, int]:
        """Store parsed contents; one that is already there is kept. Returns the ids of all of them."""
        with self._database.transaction():
            ids = self.known((outline.blob, outline.language) for outline in outlines)
            for outline in outlines:
                content = (outline.blob, outline.language)
                if content not in ids:
                    ids[content] = self._insert_outline(outline)
        return ids

    def _insert_outline(self, outline: EncodedOutline) -> int:
        key = (outline.blob, outline.language, outline.version)
        id_ = self._database.insert(
            """INSERT INTO outlines (blob, language, version, symbols, reason, used_at, data)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (*key, outline.symbols, outline.reason, self._now(), outline.data or None),
        )
        if outline.data:
            self.put_words(id_, outline)
        return id_

    def put_words(self, outline_id: int, outline: EncodedOutline) -> None:
        """Fill the full-text indexes for one outline, which has no rows there yet."""
        self._database.execute("INSERT INTO names (rowid, tokens) VALUES (?, ?)", (outline_id, outline.tokens))
        first = (outline_id << SYMBOL_BITS) + 1
        self._database.execute_many(
            "INSERT INTO symbol_words (rowid, name, scope, docs, body) VALUES (?, ?, ?, ?, ?)",
            ((first + words.symbol, words.name, words.scope, words.docs, words.body) for words in outline.words),
        )

    def stored_files(self, worktree: str) -> Iterator[StoredFile]:
        """All files that were looked at, sorted by path, a page at a time."""
        worktree_id = self.worktree_id(worktree)
        last = ""
        while True:
            rows = self._database.rows(
                """SELECT path, size, mtime_ns, blob, language, outline, reason, version
                FROM files JOIN outlines ON outlines.id = files.outline
                WHERE worktree = ? AND path > ? ORDER BY path LIMIT ?""",
                (worktree_id, last, PAGE_ROWS),
            )
            yield from (StoredFile(*row) for row in rows)
            if len(rows) < PAGE_ROWS:
                return
            last = rows[-1][0]

    def stored_below(self, worktree: str, path: str) -> list[StoredFile]:
        """The file at `path` and those below it, sorted by path."""
        rows = self._database.rows(
            """SELECT path, size, mtime_ns, blob, language, outline, reason, version
            FROM files JOIN outlines ON outlines.id = files.outline
            WHERE worktree = ? AND (path = ? OR path > ? || '/' AND path < ? || '0') ORDER BY path""",
            (self.worktree_id(worktree), path, path, path),
        )
        return [StoredFile(*row) for row in rows]

    def stored_file(self, worktree: str, path: str) -> StoredFile | None:
        """One file that was looked at."""
        row = self._database.row(
            """SELECT path, size, mtime_ns, blob, language, outline, reason, version
            FROM files JOIN outlines ON outlines.id = files.outline WHERE worktree = ? AND path = ?""",
            (self.worktree_id(worktree), path),
        )
        return StoredFile(*row) if row else None

    def update_files(self, worktree: str, rows: Sequence[FileRow], gone: Sequence[str] = ()) -> None:
        """Store what some paths hold now, and forget the `gone` ones. Nothing else is touched."""
        if not rows and not gone:
            return
        id_ = self.worktree_id(worktree)
        with self._database.transaction():
            self._leave(id_, [*gone, *(row.path for row in rows)])
            self._database.execute_many(
                "DELETE FROM files WHERE worktree = ? AND path = ?", ((id_, path) for path in gone)
            )
            self._database.execute_many(
                """INSERT INTO files (worktree, path, size, mtime_ns, outline) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (worktree, path) DO UPDATE
                SET size = excluded.size, mtime_ns = excluded.mtime_ns, outline = excluded.outline""",
                ((id_, row.path, row.size, row.mtime_ns, row.outline_id) for row in rows),
            )
            self._database.execute(
                "UPDATE worktrees SET generation = generation + 1, used_at = ? WHERE id = ?", (self._now(), id_)
            )

    def _leave(self, worktree_id: int, paths: Sequence[str]) -> None:
        """Contents that paths are about to leave were in use until now: garbage collection takes the oldest first."""
        self._database.execute(
            """UPDATE outlines SET used_at = ? WHERE id IN (
                SELECT outline FROM files WHERE worktree = ? AND path IN (SELECT value FROM json_each(?)))""",
            (self._now(), worktree_id, msgspec.json.encode(paths).decode()),
        )

    def skipped(self, worktree: str) -> list[tuple[str, str]]:
        """(path, reason) of every file that is not indexed and might have been, sorted by path."""
        id_ = self.worktree_id(worktree)
        return self._database.rows(
            """SELECT path, reason FROM skipped WHERE worktree = ?
            UNION SELECT path, reason FROM files JOIN outlines ON outlines.id = files.outline
            WHERE worktree = ? AND reason <> '' ORDER BY path""",
            (id_, id_),
        )

    def update_skipped(self, worktree: str, skipped: Iterable[tuple[str, str]], gone: Iterable[str]) -> None:
        """Store why some paths were never looked at (too large, unreadable, ...), and forget the `gone` ones."""
        id_ = self.worktree_id(worktree)
        with self._database.transaction():
            self._database.execute_many(
                "DELETE FROM skipped WHERE worktree = ? AND path = ?", ((id_, path) for path in gone)
            )
            self._database.execute_many(
                "INSERT OR REPLACE INTO skipped (worktree, path, reason) VALUES (?, ?, ?)",
                ((id_, path, reason) for path, reason in skipped),
            )

    def unread(self, worktree: str) -> dict[str, str]:
        """{path: reason} of the files whose content was never looked at."""
        rows = self._database.rows("SELECT path, reason FROM skipped WHERE worktree = ?", (self.worktree_id(worktree),))
        return dict(rows)

    def counts(self, worktree: str) -> Counts:
        """How much of a worktree is indexed."""
        id_ = self.worktree_id(worktree)
        row = self._database.row(
            """SELECT count(*) FILTER (WHERE reason = ''), coalesce(sum(symbols), 0),
            count(*) FILTER (WHERE reason <> '')
            FROM files JOIN outlines ON outlines.id = files.outline WHERE worktree = ?""",
            (id_,),
        ) or (0, 0, 0)
        unread = self._database.row("SELECT count(*) FROM skipped WHERE worktree = ?", (id_,)) or (0,)
        return Counts(files=row[0], symbols=row[1], skipped=row[2] + unread[0])

    def forget_worktree(self, worktree: str) -> None:
        """Drop a worktree's files; contents stay until garbage collection needs their room."""
        id_ = self.worktree_id(worktree)
        with self._database.transaction():
            self._database.execute(
                "UPDATE outlines SET used_at = ? WHERE id IN (SELECT outline FROM files WHERE worktree = ?)",
                (self._now(), id_),
            )
            for statement in (
                "DELETE FROM files WHERE worktree = ?",
                "DELETE FROM skipped WHERE worktree = ?",
                "DELETE FROM worktrees WHERE id = ?",
            ):
                self._database.execute(statement, (id_,))
