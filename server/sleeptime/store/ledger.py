"""What was spent asleep, what was spent awake, and what people asked."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from sleeptime.core.types import Answer, Level, Target
from sleeptime.store.database import Database

EntryKind = Literal["job", "answer"]


JOULES_A_WATT_HOUR = 3600.0


class Usage(Struct, frozen=True):
    """What thinking took. `prompt_tokens` counts all, `cached_tokens` of them were reused; joules are estimated."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    joules: float = 0.0

    @property
    def computed_tokens(self) -> int:
        """Tokens that were read and not reused, or written."""
        return self.prompt_tokens - self.cached_tokens + self.generated_tokens

    @property
    def watt_hours(self) -> float:
        """The energy in the unit that people pay for."""
        return self.joules / JOULES_A_WATT_HOUR


class Entry(Usage, frozen=True, kw_only=True):
    """One job that ran or one answer that was served. `source` says where it came from (`cache`, `notes`, `live`,
    `facts`, or `nothing` where none was found; for a job `sleep`).
    """

    kind: EntryKind
    source: str
    target: Target
    intent: str = ""
    model: str = ""
    at: float = 0.0


class Totals(Usage, frozen=True, kw_only=True):
    """Sums over `count` entries."""

    count: int = 0


class Asked(Struct, frozen=True, kw_only=True):
    """One question that a person asked, and what came of it (`outcome`: a source, "nothing", "cancelled" or
    "failed").
    """

    question: str
    target: Target
    intent: str
    outcome: str
    seconds: float
    at: float = 0.0


class Ledger:
    """Append-only rows. `at` 0 in a row that is added means now (seconds since the epoch)."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def add(self, entry: Entry) -> None:
        """Write down what one job or one answer cost."""
        self._database.execute(
            """INSERT INTO ledger (at, kind, source, model, level, path, symbol, intent,
            prompt_tokens, cached_tokens, generated_tokens, seconds, cpu_seconds, joules)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                entry.at or self._now(),
                entry.kind,
                entry.source,
                entry.model,
                entry.target.level,
                entry.target.path,
                entry.target.symbol,
                entry.intent,
                entry.prompt_tokens,
                entry.cached_tokens,
                entry.generated_tokens,
                entry.seconds,
                entry.cpu_seconds,
                entry.joules,
            ),
        )

    def totals(self, since: float = 0.0) -> dict[tuple[EntryKind, str], Totals]:
        """Sums by (kind, source) of what happened at or after `since` (seconds since the epoch)."""
        rows = self._database.rows(
            """SELECT kind, source, count(*),
            sum(prompt_tokens), sum(cached_tokens), sum(generated_tokens), sum(seconds), sum(cpu_seconds), sum(joules)
            FROM ledger WHERE at >= ? GROUP BY kind, source""",
            (since,),
        )
        return {(kind, source): Totals(*sums, count=count) for kind, source, count, *sums in rows}

    def entries(self, since: float = 0.0, limit: int = 1000) -> list[Entry]:
        """The latest entries, newest first."""
        rows = self._database.rows(
            """SELECT at, kind, source, model, level, path, symbol, intent,
            prompt_tokens, cached_tokens, generated_tokens, seconds, cpu_seconds, joules
            FROM ledger WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?""",
            (since, limit),
        )
        return [
            Entry(
                at=at,
                kind=kind,
                source=source,
                model=model,
                target=Target(level, path, symbol),
                intent=intent,
                prompt_tokens=prompt,
                cached_tokens=cached,
                generated_tokens=generated,
                seconds=seconds,
                cpu_seconds=cpu_seconds,
                joules=joules,
            )
            for (
                at, kind, source, model, level, path, symbol, intent, prompt, cached, generated, seconds, cpu_seconds,
                joules,
            ) in rows
        ]  # fmt: skip

    def latest_thought(self) -> Target | None:
        """What sleep last thought about, whether or not it came to an end."""
        row = self._database.row(
            "SELECT level, path, symbol FROM ledger WHERE kind = 'job' ORDER BY id DESC LIMIT 1", ()
        )
        return Target(*row) if row else None

    def forget_questions(self) -> None:
        """Erase what people asked, and with it what the planner learned from it."""
        self._database.execute("DELETE FROM questions", ())

    def add_question(self, asked: Asked) -> None:
        """Write down a question that a person asked."""
        target = asked.target
        self._database.execute(
            """INSERT INTO questions (at, question, level, path, symbol, intent, outcome, seconds)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                asked.at or self._now(),
                asked.question,
                target.level,
                target.path,
                target.symbol,
                asked.intent,
                asked.outcome,
                asked.seconds,
            ),
        )

    def questions(self, since: float = 0.0, limit: int = 1000) -> list[Asked]:
        """The latest questions, newest first."""
        rows = self._database.rows(
            """SELECT at, question, level, path, symbol, intent, outcome, seconds
            FROM questions WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?""",
            (since, limit),
        )
        return [
            Asked(
                at=at,
                question=question,
                target=Target(level, path, symbol),
                intent=intent,
                outcome=outcome,
                seconds=seconds,
            )
            for at, question, level, path, symbol, intent, outcome, seconds in rows
        ]

    def add_feedback(self, answer: Answer, *, right: bool) -> None:
        """Write down whether a person found an answer right."""
        target = answer.target
        self._database.execute(
            """INSERT INTO feedback (at, was_right, level, path, symbol, intent, question, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                self._now(),
                right,
                target.level,
                target.path,
                target.symbol,
                answer.intent,
                answer.question,
                answer.text,
            ),
        )

    def feedback(self) -> dict[tuple[Level, str], tuple[int, int]]:
        """How many answers of each (level, intent) people found right, and how many wrong."""
        rows = self._database.rows(
            "SELECT level, intent, sum(was_right), sum(NOT was_right) FROM feedback GROUP BY level, intent"
        )
        return {(level, intent): (right, wrong) for level, intent, right, wrong in rows}

    def intent_counts(self, since: float = 0.0) -> dict[tuple[Level, str], int]:
        """How often each intent was asked for at each level: the planner's prior learns from it."""
        rows = self._database.rows(
            "SELECT level, intent, count(*) FROM questions WHERE at >= ? GROUP BY level, intent", (since,)
        )
        return {(level, intent): count for level, intent, count in rows}

    def missed_counts(self, since: float = 0.0) -> dict[tuple[Level, str], int]:
        """Of these, how often nothing ready served the question: it was answered live, or not at all. What
        matches nothing in the index is not among them: no sleep could have prepared it.
        """
        rows = self._database.rows(
            """SELECT level, intent, count(*) FROM questions
            WHERE at >= ? AND outcome IN ('live', 'notes', 'failed') GROUP BY level, intent""",
            (since,),
        )
        return {(level, intent): count for level, intent, count in rows}
