"""Generated answers by content. An answer belongs to what it was written about, not to a branch or worktree."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from sleeptime.core.types import Answer, Target
from sleeptime.store.database import Database

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Answer)


class Answers:
    """Reads and writes answers. Lists are newest first."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def put(self, answer: Answer) -> None:
        """Store an answer; one with the same key is replaced."""
        target = answer.target
        with self._database.transaction():
            self.delete([answer.key])
            id_ = self._database.insert(
                """INSERT INTO answers (key, level, path, symbol, intent, code_hash, created_at, served_at, data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    answer.key,
                    target.level,
                    target.path,
                    target.symbol,
                    answer.intent,
                    answer.code_hash,
                    answer.created_at,
                    self._now(),
                    _encoder.encode(answer),
                ),
            )
            self._database.execute(
                "INSERT INTO answer_words (rowid, question, text) VALUES (?, ?, ?)", (id_, answer.question, answer.text)
            )

    def by_key(self, key: str) -> Answer | None:
        """The answer with this key, or None."""
        row = self._database.row("SELECT data FROM answers WHERE key = ?", (key,))
        return _decoder.decode(row[0]) if row else None

    def for_target(self, target: Target, intent: str = "") -> list[Answer]:
        """Answers about one target, of one intent or all; of any version of its code: compare `code_hash`."""
        return self._decoded(
            """SELECT data FROM answers WHERE path = ? AND symbol = ? AND level = ? AND (? = '' OR intent = ?)
            ORDER BY created_at DESC, id DESC""",
            (target.path, target.symbol, target.level, intent, intent),
        )

    def for_module(self, path: str) -> list[Answer]:
        """Answers about a file and everything in it."""
        return self._decoded("SELECT data FROM answers WHERE path = ? ORDER BY created_at DESC, id DESC", (path,))

    def by_code(self, code_hash: str, intent: str = "") -> list[Answer]:
        """Answers about code with this hash wherever it stands now: they survive a rename."""
        return self._decoded(
            """SELECT data FROM answers WHERE code_hash = ? AND (? = '' OR intent = ?)
            ORDER BY created_at DESC, id DESC""",
            (code_hash, intent, intent),
        )

    def about_wholes(self) -> list[Answer]:
        """Answers about packages, topics, the repository, and changes."""
        return self._decoded(
            """SELECT data FROM answers WHERE level IN ('package', 'topic', 'repository', 'change')
            ORDER BY created_at DESC, id DESC""",
            (),
        )

    def concepts(self) -> list[Target]:
        """The topics that are concepts of the repository, about which something was written."""
        rows = self._database.rows(
            "SELECT DISTINCT symbol FROM answers WHERE level = 'topic' AND path = '' ORDER BY symbol", ()
        )
        return [Target("topic", "", symbol) for (symbol,) in rows]

    def questions_after(self, id_: int) -> list[tuple[int, str, str]]:
        """(id, intent, question) of the answers that were stored after the one with this id, in that order."""
        return self._database.rows(
            """SELECT answers.id, intent, question FROM answers JOIN answer_words ON answer_words.rowid = answers.id
            WHERE answers.id > ? ORDER BY answers.id""",
            (id_,),
        )

    def ids_at(self, path: str, symbol: str | None = None) -> list[int]:
        """The ids of the answers about a file and what is in it, or about one symbol of it; in order."""
        rows = self._database.rows(
            "SELECT id FROM answers WHERE path = ? AND (? IS NULL OR symbol = ?) ORDER BY id", (path, symbol, symbol)
        )
        return [id_ for (id_,) in rows]

    def symbols_at(self, path: str) -> list[tuple[str, str]]:
        """(symbol, code hash) of the answers about a file and what is in it."""
        rows = self._database.rows("SELECT symbol, code_hash FROM answers WHERE path = ?", (path,))
        return [(symbol, code_hash) for symbol, code_hash in rows]

    def after(self, id_: int, limit: int) -> list[tuple[int, Answer]]:
        """The next answers by id, to go through all of them piece by piece."""
        rows = self._database.rows("SELECT id, data FROM answers WHERE id > ? ORDER BY id LIMIT ?", (id_, limit))
        return [(row_id, _decoder.decode(data)) for row_id, data in rows]

    def by_ids(self, ids: Sequence[int]) -> dict[int, Answer]:
        """Those of these answers that are still there."""
        rows = self._database.rows(
            "SELECT id, data FROM answers WHERE id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(list(ids)).decode(),),
        )
        return {id_: _decoder.decode(data) for id_, data in rows}

    def all(self) -> list[Answer]:
        """Every answer."""
        return self._decoded("SELECT data FROM answers ORDER BY created_at DESC, id DESC", ())

    def count(self) -> int:
        """How many answers there are."""
        row = self._database.row("SELECT count(*) FROM answers")
        return row[0] if row else 0

    def mark_served(self, keys: Iterable[str]) -> None:
        """Remember that answers were shown: garbage collection drops those first that nobody asks for."""
        now = self._now()
        self._database.execute_many(
            "UPDATE answers SET served = served + 1, served_at = ? WHERE key = ?", [(now, key) for key in keys]
        )

    def forget(self, target: Target) -> int:
        """Delete the answers about one target; returns how many there were."""
        rows = self._database.rows(
            "SELECT key FROM answers WHERE path = ? AND symbol = ? AND level = ?",
            (target.path, target.symbol, target.level),
        )
        self.delete([key for (key,) in rows])
        return len(rows)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete answers by key; unknown keys are fine."""
        with self._database.transaction():
            for key in keys:
                self._database.execute(
                    "DELETE FROM answer_words WHERE rowid = (SELECT id FROM answers WHERE key = ?)", (key,)
                )
                self._database.execute("DELETE FROM answers WHERE key = ?", (key,))

    def _decoded(self, sql: str, parameters: Sequence[str]) -> list[Answer]:
        return [_decoder.decode(data) for (data,) in self._database.rows(sql, parameters)]
