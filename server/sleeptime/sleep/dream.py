"""The loop of a sleep: claim a job, write, store, until told to stop or nothing is left.

A job that is interrupted goes back to waiting. A job whose code changed meanwhile is done: the next plan holds its
successor. A thought of which no sentence passed the gates is recorded as failed with that reason. When nothing waits
the plan is made again, for what was written may be what something above it is written from.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable

import msgspec
from msgspec import Struct

from sleeptime.core.errors import ContextOverflowError, EngineDiedError
from sleeptime.core.excluded import EXCLUDED, excluded_from, is_excluded
from sleeptime.core.intents import question_for
from sleeptime.core.messages import Slept
from sleeptime.core.ports import Clock, Model
from sleeptime.core.types import Answer, Job, Target
from sleeptime.index import Graph, Sources, rank
from sleeptime.sleep.attention import Attention
from sleeptime.sleep.idle import Used
from sleeptime.sleep.material import Known
from sleeptime.sleep.notes import Notes
from sleeptime.sleep.plan import Outlook, Planned, plan
from sleeptime.sleep.propose import proposed_themes
from sleeptime.sleep.themes import themes_of
from sleeptime.sleep.together import MOST_TOGETHER, is_short
from sleeptime.sleep.value import Counts
from sleeptime.sleep.write import PROMPT_VERSION, Cost, Writer, Written
from sleeptime.store import Entry, Store

OnProgress = Callable[[int, int, str], None]
"""Called with (jobs done, jobs in all, what is being thought about)."""


def _as_planned(planned: list[Planned]) -> list[Planned]:
    return planned


class Tools(Struct, frozen=True):
    """What a sleeper works with; `used` tells what this process has cost so far. `order` may give the plan's jobs other
    priorities: what a comparison of orders sleeps with.
    """

    model: Model
    clock: Clock
    used: Callable[[], Used] = Used
    attention: Attention = msgspec.field(default_factory=Attention)
    order: Callable[[list[Planned]], list[Planned]] = _as_planned


class Subject(Struct, frozen=True):
    """What is thought about: a worktree's sources, their store, and the name of the model that thinks."""

    sources: Sources
    store: Store
    model: str


def foresee(subject: Subject, notes: Notes, attention: Attention, now: float) -> list[Planned]:
    """What there is to do as things stand, best first. Writes nothing and needs no model."""
    outlines, store, ranks = subject.sources.outlines, subject.store, rank(subject.sources.outlines)
    outlook = Outlook(
        counts=Counts(store.ledger.intent_counts(), store.jobs.outcomes(), store.ledger.missed_counts()),
        attention=attention.weights(now, Graph(outlines).dependents),
        edited=attention.edited(now),
        notes=notes,
        begun=store.ledger.latest_thought(),
        themes=(*themes_of(subject.sources, ranks), *proposed_themes(notes.of_intent("questions"), subject.sources)),
    )
    excluded = excluded_from(store.meta(EXCLUDED))
    planned = plan(subject.sources, ranks, f"{PROMPT_VERSION}@{subject.model}", outlook)
    return [one for one in planned if not is_excluded(one.job.target.path, excluded)]


class Tally(Struct):
    """What a sleep has done so far."""

    cost: Cost
    done: int = 0
    failed: int = 0
    answers: int = 0
    answers_planned: int = 0
    deaths: int = 0


PLAN_SECONDS = 600.0
"""A long sleep looks again at what there is to do: files change, and what was written raises new questions."""

DEATHS_IN_A_ROW = 2
"""One death may be the job's fault, and others can go on; two are the engine's."""

log = logging.getLogger(__name__)


class Sleeper:
    """Thinks about one worktree. Blocking: it runs on the worker's model thread."""

    def __init__(self, sources: Sources, store: Store, worktree: str, tools: Tools) -> None:
        self._sources = sources
        self._store = store
        self._worktree = worktree
        self._model = tools.model
        self._clock = tools.clock
        self._used = tools.used
        self._tools = tools
        self._notes = Notes(sources, store, tools.model.name)
        self._members: dict[tuple[Target, str], tuple[Target, ...]] = {}
        self._writer = Writer(sources, tools.model, tools.clock, Known(self._find_note, self._find_members))

    # Both as of the latest plan.

    def _find_note(self, target: Target) -> Answer | None:
        return self._notes.summary(target)

    def _find_members(self, target: Target, intent: str) -> tuple[Target, ...]:
        return self._members.get((target, intent), ())

    def plan(self) -> int:
        """Write down the jobs worth doing, take back those that no longer are; returns how many are waiting."""
        self._notes = Notes(self._sources, self._store, self._model.name)
        subject = Subject(self._sources, self._store, self._model.name)
        planned = self._tools.order(foresee(subject, self._notes, self._tools.attention, self._clock.now()))
        self._members = {(one.job.target, one.job.intent): one.members for one in planned if one.members}
        waiting = {job.key for job in self._store.jobs.in_state("waiting", self._worktree)}
        self._store.jobs.withdraw(sorted(waiting - {one.job.key for one in planned}))
        self._store.jobs.plan((one.job for one in planned), self._worktree)
        return self._waiting()

    def run(self, cancel: threading.Event, on_progress: OnProgress) -> Slept:
        """Think until `cancel` is set or nothing is left to think about.

        Raises:
            EngineDiedError: the engine died at two jobs in a row; they wait for another try.
        """
        start, tally = self._clock.monotonic(), Tally(Cost())
        total = self.plan()
        planned_at = start
        while not cancel.is_set():
            if self._clock.monotonic() - planned_at > PLAN_SECONDS:
                total, planned_at = tally.done + self.plan(), self._clock.monotonic()
            jobs = self._claimed()
            if not jobs:
                before = tally.answers_planned
                tally.answers_planned = tally.answers
                if tally.answers == before or not (more := self.plan()):
                    break  # nothing new was written that something else could be written from
                total = tally.done + more
                continue
            on_progress(tally.done, total, _said_of(jobs))
            self._do(jobs, cancel, tally)
        return self._slept(tally, self._clock.monotonic() - start)

    def _claimed(self) -> list[Job]:
        """The next job, and as many about the same file as the model gainfully answers together: short ones go into
        one generation.
        """
        first = self._store.jobs.claim(self._worktree)
        if first is None:
            return []
        jobs = [first]
        most = max(self._model.together, MOST_TOGETHER if is_short(first.target, first.intent) else 1)
        for job in self._store.jobs.next(most - 1, self._worktree):
            if job.target.path != first.target.path or job.attempts or (first.attempts > 1):
                break  # what failed before is tried alone
            if len(jobs) >= self._model.together and not is_short(job.target, job.intent):
                break
            if (claimed := self._store.jobs.claim_key(job.key)) is not None:
                jobs.append(claimed)
        return jobs

    def _do(self, jobs: list[Job], cancel: threading.Event, tally: Tally) -> None:
        before = self._used()
        written = self._written(jobs, cancel, tally)
        used = self._used().since(before)
        share = Used(used.cpu_seconds / len(jobs), used.joules / len(jobs))
        for job, one in zip(jobs, written, strict=False):
            tally.cost.add(one.cost)
            self._store.ledger.add(_entry(job, one, self._model.name, share))
            self._keep(job, one, tally)

    def _keep(self, job: Job, written: Written, tally: Tally) -> None:
        if written.cancelled:
            self._store.jobs.release(job)
            return
        tally.done += 1
        if written.answer is None:
            tally.failed += 1
            self._store.jobs.drop(job, written.reason)
            return
        tally.answers += 1
        self._store.answers.put(written.answer)
        self._store.jobs.finish(job, written.answer.key)

    def _written(self, jobs: list[Job], cancel: threading.Event, tally: Tally) -> list[Written]:
        """Empty if they failed in a way that another try may not (they wait, and others go on) or were done singly."""
        try:
            written = self._writer.write_many([(job.target, job.intent) for job in jobs], cancel)
        except Exception as error:  # noqa: BLE001  # whatever it is, `_faulted` writes it down or raises it
            if len(jobs) == 1:
                return self._faulted(jobs[0], error, tally)
            self._do_singly(jobs, cancel, tally)  # one of them is at fault
            return []
        tally.deaths = 0
        return written

    def _do_singly(self, jobs: list[Job], cancel: threading.Event, tally: Tally) -> None:
        waiting = deque(jobs)
        try:
            while waiting:
                self._do([waiting.popleft()], cancel, tally)
        finally:
            for job in waiting:
                self._store.jobs.release(job)

    def _faulted(self, job: Job, error: Exception, tally: Tally) -> list[Written]:
        if isinstance(error, ContextOverflowError):
            return [Written(None, Cost(), reason=error.message)]
        if isinstance(error, EngineDiedError):
            self._store.jobs.fail(job, error.message)
            tally.deaths += 1
            if tally.deaths >= DEATHS_IN_A_ROW:
                raise error
            return []
        log.error("The thought about %s failed", job.target, exc_info=error)
        self._store.jobs.fail(job, f"{type(error).__name__}: {error}")
        return []

    def _slept(self, tally: Tally, seconds: float) -> Slept:
        cost = tally.cost
        return Slept(
            root=self._worktree,
            jobs_done=tally.done,
            jobs_left=self._waiting(),
            jobs_failed=tally.failed,
            answers=tally.answers,
            dropped=tally.failed,
            prompt_tokens=cost.prompt_tokens,
            cached_tokens=cost.cached_tokens,
            generated_tokens=cost.generated_tokens,
            seconds=seconds,
            model=self._model.name,
        )

    def _waiting(self) -> int:
        return self._store.jobs.counts(self._worktree)["waiting"]


def _said_of(jobs: list[Job]) -> str:
    first = jobs[0].target
    more = f" (and {len(jobs) - 1} more)" if len(jobs) > 1 else ""
    return question_for(jobs[0].intent, first.symbol or first.path) + more


def _entry(job: Job, written: Written, model: str, used: Used) -> Entry:
    return Entry(
        kind="job",
        source="sleep",
        target=job.target,
        intent=job.intent,
        model=model,
        prompt_tokens=written.cost.prompt_tokens,
        cached_tokens=written.cost.cached_tokens,
        generated_tokens=written.cost.generated_tokens,
        seconds=written.seconds,
        cpu_seconds=used.cpu_seconds,
        joules=used.joules,
    )
