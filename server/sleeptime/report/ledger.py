"""The ledger made visible: what sleep cost on this repository, what it saved, and what was used of it."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from sleeptime.core.intents import BY_NAME, question_for
from sleeptime.store import Entry, Store

Item = TypeVar("Item")

READY = ("facts", "cache")
"""Sources that cost no model while a person waits."""

LIVE = ("notes", "live")
"""Sources that do: with and without something that was written asleep."""

GUESSED_LIVE_SECONDS, GUESSED_LIVE_TOKENS = 14.0, 900.0
"""What a live answer takes on two cores, used until this repository has had one."""

NOTES_SHOWN = 10


class Slept(Struct, frozen=True, kw_only=True):
    """What sleep cost. `watt_hours` are estimated from processor time."""

    thoughts: int = 0
    minutes: float = 0.0
    cpu_minutes: float = 0.0
    read_tokens: int = 0
    reused_tokens: int = 0
    written_tokens: int = 0
    watt_hours: float = 0.0


class Saved(Struct, frozen=True, kw_only=True):
    """What ready answers spared, held against this repository's own live answers; `guessed` if it has had none."""

    seconds: float = 0.0
    tokens: float = 0.0
    live_seconds: float = GUESSED_LIVE_SECONDS
    guessed: bool = True


class Day(Struct, frozen=True, kw_only=True):
    """One local day, as YYYY-MM-DD. `kept` counts the answers of that day and before that are still in the store."""

    day: str
    sleep_minutes: float = 0.0
    thoughts: int = 0
    asked: Mapping[str, int] = {}
    kept: int = 0


class LedgerReport(Struct, frozen=True, kw_only=True):
    """`asked` counts answers by source; `used` names the prepared answers that were served most."""

    repository: str
    slept: Slept
    asked: Mapping[str, int]
    saved: Saved
    used: Sequence[tuple[str, int]]
    days: Sequence[Day]
    answers: int
    store_bytes: int

    @property
    def is_empty(self) -> bool:
        """Whether neither sleep nor anybody's question has left a row."""
        return not self.slept.thoughts and not self.asked


def ledger_report(store: Store, repository: str, since: float = 0.0) -> LedgerReport:
    """What happened at or after `since` (seconds since the epoch)."""
    entries = store.ledger.entries(since, limit=10**9)
    jobs = [entry for entry in entries if entry.kind == "job"]
    answers = [entry for entry in entries if entry.kind == "answer"]
    kept = [answer.created_at for answer in store.answers.all()]
    return LedgerReport(
        repository=repository,
        slept=_slept(jobs),
        asked=dict(Counter(entry.source for entry in answers).most_common()),
        saved=_saved(answers),
        used=_used(answers),
        days=_days(entries, kept),
        answers=len(kept),
        store_bytes=store.size_bytes(),
    )


def _slept(jobs: Sequence[Entry]) -> Slept:
    return Slept(
        thoughts=len(jobs),
        minutes=sum(job.seconds for job in jobs) / 60,
        cpu_minutes=sum(job.cpu_seconds for job in jobs) / 60,
        read_tokens=sum(job.prompt_tokens - job.cached_tokens for job in jobs),
        reused_tokens=sum(job.cached_tokens for job in jobs),
        written_tokens=sum(job.generated_tokens for job in jobs),
        watt_hours=sum(job.watt_hours for job in jobs),
    )


def _saved(answers: Sequence[Entry]) -> Saved:
    live = [entry for entry in answers if entry.source in LIVE and entry.generated_tokens]
    ready = [entry for entry in answers if entry.source in READY]
    seconds, tokens = GUESSED_LIVE_SECONDS, GUESSED_LIVE_TOKENS
    if live:
        seconds = statistics.fmean(entry.seconds for entry in live)
        tokens = statistics.fmean(entry.computed_tokens for entry in live)
    return Saved(
        seconds=sum(max(0.0, seconds - entry.seconds) for entry in ready),
        tokens=tokens * len(ready),
        live_seconds=seconds,
        guessed=not live,
    )


def _used(answers: Iterable[Entry]) -> list[tuple[str, int]]:
    served = Counter(_question(entry) for entry in answers if entry.source == "cache")
    return served.most_common(NOTES_SHOWN)


def _question(entry: Entry) -> str:
    about = entry.target.symbol or entry.target.path or "this repository"
    return question_for(entry.intent, about) if entry.intent in BY_NAME else about


def _days(entries: Sequence[Entry], kept: Sequence[float]) -> list[Day]:
    """Every day on which something happened, the earliest first."""
    by_day = _by_day(entries, lambda entry: entry.at)
    kept_by_day = _by_day(kept, lambda at: at)
    found, total = [], 0
    for day in sorted(by_day.keys() | kept_by_day.keys()):
        jobs = [entry for entry in by_day.get(day, []) if entry.kind == "job"]
        total += len(kept_by_day.get(day, []))
        found.append(
            Day(
                day=day,
                sleep_minutes=sum(job.seconds for job in jobs) / 60,
                thoughts=len(jobs),
                asked=dict(Counter(entry.source for entry in by_day.get(day, []) if entry.kind == "answer")),
                kept=total,
            )
        )
    return found


def _by_day(items: Iterable[Item], at: Callable[[Item], float]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(datetime.fromtimestamp(at(item)).astimezone().date().isoformat(), []).append(item)
    return found
