"""Work with the model: live answers, and sleep in slices that give way to them."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from sleeptime.core.errors import EngineDiedError
from sleeptime.core.messages import Slept
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings
from sleeptime.worker.client import Request
from sleeptime.worker.keeper import ModelKeeper, OpenModel
from sleeptime.worker.lane import Lane
from sleeptime.worker.nights import Resident
from sleeptime.worker.place import LendModel, OnProgress

Result = TypeVar("Result")
LOOK_SECONDS = 30.0
"""How often it is looked whether the model is still wanted."""


class Thinking:
    """The model, its thread, and the rules of who uses it when."""

    def __init__(self, open_model: OpenModel, clock: Clock) -> None:
        self._clock = clock
        self._keeper = ModelKeeper(open_model, clock)
        self._lane = Lane()

    @property
    def model_name(self) -> str:
        """The model in memory, or ""."""
        return self._keeper.name

    def lender(self, settings: Settings, report: OnProgress) -> LendModel:
        """How a piece of work on the lane gets its model."""
        return lambda: self._keeper.lend(settings, lambda: report(0, 0, "loading the model", ""))

    async def live(self, work: Callable[[], Result]) -> Result:
        """Work that a person waits for."""
        return await self._lane.live(lambda: self._careful(work))

    async def after_work(self, work: Callable[[], Result]) -> Result:
        """Work that must not overlap with the model's use of a repository."""
        return await self._lane.live(work)

    async def sleep_slice(self, resident: Resident, give_way: threading.Event, report: OnProgress) -> Slept:
        """Sleep over one repository until `give_way`: something live wants the model, or the person is back."""
        lend = self.lender(resident.settings, report)
        return await self._lane.yielding(
            lambda: self._careful(lambda: resident.place.sleep(lend, give_way, report)), give_way
        )

    async def sleep_for(self, resident: Resident, seconds: float, request: Request, report: OnProgress) -> Slept:
        """Sleep because a person said so: taken up again after each interruption, until time or jobs run out."""
        over = asyncio.get_running_loop().call_later(seconds, request.cancel)
        total = Slept(root=resident.root, **dict.fromkeys(_COUNTS, 0), jobs_left=0, seconds=0.0, model="")
        try:
            while True:
                give_way = request.new_slice()
                slept = await self.sleep_slice(resident, give_way, _continued(report, total.jobs_done))
                total = added(total, slept)
                did_nothing = slept.jobs_done == slept.jobs_failed == 0
                if request.cancelled.is_set() or slept.jobs_left == 0 or (did_nothing and not give_way.is_set()):
                    return total
        finally:
            over.cancel()

    async def forget_when_quiet(self, every_seconds: float = LOOK_SECONDS) -> None:
        """Until cancelled: unload the model once it was not used for as long as its settings say."""
        while True:
            await asyncio.sleep(every_seconds)
            if self._keeper.name:
                await self._lane.yielding(self._keeper.release_if_quiet, threading.Event())

    def close(self) -> None:
        """Wait for the work in hand, then free the model."""
        self._lane.close()
        self._keeper.release()

    def _careful(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except EngineDiedError:
            self._keeper.release()  # the next one starts afresh
            raise
        finally:
            self._keeper.touch()


def _continued(report: OnProgress, done_before: int) -> OnProgress:
    """Progress of a later slice, counted from the first one's start."""
    return lambda done, total, text, unit: report(done_before + done, done_before + total, text, unit)


_COUNTS = ("jobs_done", "jobs_failed", "answers", "dropped", "prompt_tokens", "cached_tokens", "generated_tokens")


def added(total: Slept, slept: Slept) -> Slept:
    """Two slices as one: counts add up, what is left is what the later one left."""
    return Slept(
        root=total.root,
        **{name: getattr(total, name) + getattr(slept, name) for name in _COUNTS},
        jobs_left=slept.jobs_left,
        seconds=total.seconds + slept.seconds,
        model=slept.model or total.model,
    )
