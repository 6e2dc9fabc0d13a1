"""Keeps the store under its size: contents that no worktree holds go first, then answers that nobody asks for."""

from sleeptime.store.bodies import Bodies
from sleeptime.store.database import Database
from sleeptime.store.encoding import SYMBOL_BITS, decode_outline, encode_outline

COLLECTED_SHARE = 0.8
"""How full the store may be after a collection: the next one should not come at once."""

CHUNK_ROWS = 200
"""How many rows are deleted in one transaction: readers and the log stay small."""


def collect_garbage(database: Database, excess_bytes: int) -> None:
    """Delete at least `excess_bytes` of what was used longest ago, as far as there is any, and shrink the file."""
    factor = _room_per_byte(database)
    excess = float(excess_bytes)
    while excess > 0 and (freed := _drop_outlines(database)):
        excess -= freed * factor
    while excess > 0 and (freed := _drop_answers(database)):
        excess -= freed * factor
    database.execute("DELETE FROM vectors WHERE text_hash NOT IN (SELECT text_hash FROM described)")
    for index in ("names", "symbol_words", "bodies"):
        # Until its segments are merged, a full-text index keeps deleted rows beside their deletions.
        database.execute(_OPTIMIZE[index])
    database.shrink()


_OPTIMIZE = {
    "names": "INSERT INTO names (names) VALUES ('optimize')",
    "symbol_words": "INSERT INTO symbol_words (symbol_words) VALUES ('optimize')",
    "bodies": "INSERT INTO bodies (bodies) VALUES ('optimize')",
}


def _room_per_byte(database: Database) -> float:
    """How much of the store one byte of data takes with all that indexes it, on average here."""
    row = database.row(
        """SELECT 1.0 * (page_count - freelist_count) * page_size
            / max(1, (SELECT total(length(data)) FROM outlines) + (SELECT total(length(data)) FROM answers))
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size"""
    )
    return row[0] if row else 1.0


def _drop_outlines(database: Database) -> int:
    """Delete some contents that no file has; returns their bytes, 0 if there are none."""
    rows = database.rows(
        """SELECT id, blob, data, coalesce(length(data), 0) FROM outlines
        WHERE id NOT IN (SELECT outline FROM files) ORDER BY used_at, id LIMIT ?""",
        (CHUNK_ROWS,),
    )
    with database.transaction():
        for id_, blob, data, _ in rows:
            if data:
                _drop_words(database, id_, blob, data)
            database.execute("DELETE FROM outlines WHERE id = ?", (id_,))
            database.execute("DELETE FROM described WHERE outline = ?", (id_,))
            Bodies(database).drop(id_)
    return sum(size + 1 for *_, size in rows)


def _drop_words(database: Database, id_: int, blob: str, data: bytes) -> None:
    """A contentless index forgets a row only if it is told again what the row said."""
    encoded = encode_outline(blob, decode_outline(data))
    database.execute("INSERT INTO names (names, rowid, tokens) VALUES ('delete', ?, ?)", (id_, encoded.tokens))
    first = (id_ << SYMBOL_BITS) + 1
    database.execute_many(
        "INSERT INTO symbol_words (symbol_words, rowid, name, scope, docs, body) VALUES ('delete', ?, ?, ?, ?, ?)",
        ((first + words.symbol, words.name, words.scope, words.docs, words.body) for words in encoded.words),
    )


def _drop_answers(database: Database) -> int:
    """Delete some answers, those first that were served longest ago; returns their bytes, 0 if there are none."""
    rows = database.rows("SELECT id, length(data) FROM answers ORDER BY served_at, id LIMIT ?", (CHUNK_ROWS,))
    with database.transaction():
        for id_, _ in rows:
            database.execute("DELETE FROM answer_words WHERE rowid = ?", (id_,))
            database.execute("DELETE FROM answers WHERE id = ?", (id_,))
    return sum(size + 1 for *_, size in rows)
