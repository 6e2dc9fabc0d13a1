import asyncio
from collections.abc import Callable
from typing import Any

from fakes.clock import FixedClock
from fakes.place import FakePlace
from sleeptime.core.settings import Settings
from sleeptime.worker.chores import FOCUS_SECONDS, IDLE_SECONDS, SWEEP_SECONDS, Chores
from sleeptime.worker.nights import Resident

ROOT = "/somewhere"


class Done:
    """What the chores did to one repository, while a clock is moved by hand."""

    def __init__(self, *, indexed: bool = True) -> None:
        self.log: list[str] = []
        self.clock = FixedClock()
        self.resident = Resident(FakePlace(ROOT), Settings())
        self.resident.indexed = indexed
        self.chores = Chores(self.clock, lambda: [self.resident], self._did("sweep"), self._did("tidy"))

    def _did(self, what: str) -> Callable[[Resident], Any]:
        async def do(_resident: Resident) -> None:
            self.log.append(what)

        return do

    async def turn(self, seconds: float, kind: str = "") -> list[str]:
        """What one look around does after so many seconds, which may end with the person's doing something."""
        self.clock.advance(seconds)
        if kind:
            self.chores.activity(ROOT, kind)
        running = asyncio.create_task(self.chores.run())
        await asyncio.sleep(0.01)
        running.cancel()
        done, self.log = self.log, []
        return done


async def test_a_repository_that_was_just_opened_is_not_swept() -> None:
    assert await Done().turn(0, "open") == []


async def test_every_few_minutes_everything_is_looked_at() -> None:
    done = Done()
    await done.turn(0)
    assert await done.turn(SWEEP_SECONDS - 1, "request") == []
    assert await done.turn(1, "request") == ["sweep"]
    assert await done.turn(1, "request") == []


async def test_coming_back_to_the_editor_sweeps_but_not_over_and_over() -> None:
    done = Done()
    await done.turn(0)
    assert await done.turn(FOCUS_SECONDS, "focus") == ["sweep"]
    assert await done.turn(FOCUS_SECONDS - 1, "focus") == []


async def test_typing_sweeps_nothing() -> None:
    done = Done()
    await done.turn(0)
    assert await done.turn(FOCUS_SECONDS, "change") == []


async def test_stores_are_tidied_only_while_nobody_is_active() -> None:
    done = Done()
    await done.turn(0)
    assert await done.turn(SWEEP_SECONDS + IDLE_SECONDS) == ["sweep", "tidy"]


async def test_a_repository_that_is_not_indexed_yet_is_left_alone() -> None:
    assert await Done(indexed=False).turn(10 * SWEEP_SECONDS, "focus") == []
