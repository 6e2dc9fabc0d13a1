"""The loop of a sleep: claim a job, write, store, until told to stop or nothing is left.

A job that is interrupted goes back to waiting. A job whose code changed meanwhile is done: the next plan holds its
successor. A thought of which no sentence passed the gates is recorded as failed with that reason.
"""

import threading
from collections.abc import Callable

from msgspec import Struct

from sleeptime.core.errors import ContextOverflowError, EngineDiedError
from sleeptime.core.intents import question_for
from sleeptime.core.messages import Slept
from sleeptime.core.ports import Clock, Model
from sleeptime.core.types import Job
from sleeptime.index import Sources, rank
from sleeptime.sleep.idle import Used
from sleeptime.sleep.plan import plan
from sleeptime.sleep.write import PROMPT_VERSION, Cost, Writer, Written
from sleeptime.store import Entry, Store

OnProgress = Callable[[int, int, str], None]
"""Called with (jobs done, jobs in all, what is being thought about)."""


class Tools(Struct, frozen=True):
    """What a sleeper works with; `used` tells what this process has cost so far."""

    model: Model
    clock: Clock
    used: Callable[[], Used] = Used


class Tally(Struct):
    """What a sleep has done so far."""

    cost: Cost
    done: int = 0
    failed: int = 0
    answers: int = 0


class Sleeper:
    """Thinks about one worktree. Blocking: it runs on the worker's model thread."""

    def __init__(self, sources: Sources, store: Store, worktree: str, tools: Tools) -> None:
        self._sources = sources
        self._store = store
        self._worktree = worktree
        self._model = tools.model
        self._clock = tools.clock
        self._used = tools.used
        self._writer = Writer(sources, tools.model, tools.clock)

    def plan(self) -> int:
        """Write down the jobs worth doing; returns how many are waiting."""
        version = f"{PROMPT_VERSION}@{self._model.name}"
        jobs = plan(self._sources, rank(self._sources.outlines), version)
        self._store.jobs.plan(jobs, self._worktree)
        return self._waiting()

    def run(self, cancel: threading.Event, on_progress: OnProgress) -> Slept:
        """Think until `cancel` is set or nothing is left to think about.

        Raises:
            ModelError: the engine died; the job in hand was put back.
        """
        start, tally = self._clock.monotonic(), Tally(Cost())
        total = self.plan()
        while not cancel.is_set() and (job := self._store.jobs.claim(self._worktree)):
            on_progress(tally.done, total, question_for(job.intent, job.target.symbol or job.target.path))
            self._do(job, cancel, tally)
        return self._slept(tally, self._clock.monotonic() - start)

    def _do(self, job: Job, cancel: threading.Event, tally: Tally) -> None:
        before = self._used()
        try:
            written = self._writer.write(job.target, job.intent, cancel)
        except ContextOverflowError as error:
            written = Written(None, Cost(), reason=error.message)
        except EngineDiedError as error:
            self._store.jobs.fail(job, error.message)
            raise
        tally.cost.add(written.cost)
        self._store.ledger.add(_entry(job, written, self._model.name, self._used().since(before)))
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
        self._store.jobs.finish(job)

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
