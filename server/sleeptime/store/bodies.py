"""The words of what stands inside symbols: identifiers, strings and comments, read from the source during sleep.

The index at hand right after parsing (`symbol_words`) knows names, documentation and the names that a body uses. With
every word of the bodies, BM25 found a quarter of the evidence that it had missed (tests/bench/bench_search.py).
"""

from collections.abc import Iterable

from sleeptime.store.database import Database
from sleeptime.store.encoding import SYMBOL_BITS

Body = tuple[int, str, str]
"""(index of the symbol in its outline, -1 for the file itself; the words of its name; the words inside it)."""


class Bodies:
    """Bodies by content: what was read once is read in no other worktree again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, outline_ids: Iterable[int]) -> list[int]:
        """Those contents whose bodies were never read."""
        return [id_ for id_ in outline_ids if not self._database.row(_ANY_OF, _range(id_))]

    def put(self, outline_id: int, bodies: Iterable[Body]) -> None:
        """Store the bodies of one content in place of those it had."""
        with self._database.transaction():
            self.drop(outline_id)
            first = (outline_id << SYMBOL_BITS) + 1
            self._database.execute_many(
                "INSERT INTO bodies (rowid, name, words) VALUES (?, ?, ?)",
                ((first + symbol, name, words) for symbol, name, words in bodies),
            )

    def drop(self, outline_id: int) -> None:
        """Forget the bodies of one content."""
        self._database.execute("DELETE FROM bodies WHERE rowid BETWEEN ? AND ?", _range(outline_id))


_ANY_OF = "SELECT 1 FROM bodies WHERE rowid BETWEEN ? AND ? LIMIT 1"


def _range(outline_id: int) -> tuple[int, int]:
    return outline_id << SYMBOL_BITS, ((outline_id + 1) << SYMBOL_BITS) - 1
