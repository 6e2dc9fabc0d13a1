"""Conversations: what was asked in turn, and what was answered."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from sleeptime.core.messages import Answered
from sleeptime.core.types import Target
from sleeptime.store.database import Database
from sleeptime.store.words import words_query

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Answered)


class Thread(Struct, frozen=True):
    """A conversation: its first question, when it went on last (seconds since the epoch), and its turns' number."""

    id: str
    title: str
    updated_at: float
    turns: int


class Turn(Struct, frozen=True):
    """A question as it was asked, when (seconds since the epoch), and its answer as it was given."""

    asked: str
    asked_at: float
    answered: Answered


class Threads:
    """Reads and writes the conversations of one repository."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def add(self, thread: str, worktree: str, asked: str, answered: Answered) -> None:
        """Write down one turn; the first one begins the thread."""
        with self._database.transaction():
            id_ = self._database.insert(
                "INSERT INTO turns (thread, worktree, asked, asked_at, data) VALUES (?, ?, ?, ?, ?)",
                (thread, worktree, asked, self._now(), _encoder.encode(answered)),
            )
            self._database.execute(
                "INSERT INTO turn_words (rowid, asked, answered) VALUES (?, ?, ?)", (id_, asked, answered.text)
            )

    def turns(self, thread: str) -> list[Turn]:
        """A thread from its beginning; [] if there is none."""
        rows = self._database.rows("SELECT asked, asked_at, data FROM turns WHERE thread = ? ORDER BY id", (thread,))
        return [Turn(asked, at, _decoder.decode(data)) for asked, at, data in rows]

    def topic(self, thread: str) -> tuple[Target, str] | None:
        """What was spoken of last: the latest target with the intent asked for."""
        for turn in reversed(self.turns(thread)):
            if turn.answered.target is not None:
                return turn.answered.target, turn.answered.intent
        return None

    def find(self, worktree: str, query: str = "", limit: int = 50) -> list[Thread]:
        """Threads of one worktree in which a word of `query` was said, or all; the latest first."""
        words = words_query(query)
        if query.strip() and not words:
            return []
        rows = self._database.rows(
            """SELECT found.thread, asked, latest_at, number FROM
                (SELECT thread, min(id) AS first, max(id) AS latest, max(asked_at) AS latest_at, count(*) AS number
                FROM turns WHERE worktree = ? AND (? = '' OR thread IN
                    (SELECT thread FROM turns JOIN turn_words ON turn_words.rowid = turns.id WHERE turn_words MATCH ?))
                GROUP BY thread) AS found
            JOIN turns ON turns.id = found.first ORDER BY latest_at DESC, latest DESC LIMIT ?""",
            (worktree, words, words or '""', limit),
        )
        return [Thread(*row) for row in rows]

    def delete(self, thread: str) -> None:
        """Delete a thread; an unknown one is fine."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM turn_words WHERE rowid IN (SELECT id FROM turns WHERE thread = ?)", (thread,)
            )
            self._database.execute("DELETE FROM turns WHERE thread = ?", (thread,))

    def delete_all(self) -> None:
        """Delete every thread."""
        with self._database.transaction():
            self._database.execute("DELETE FROM turn_words")
            self._database.execute("DELETE FROM turns")
