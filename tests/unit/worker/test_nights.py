import asyncio
import threading
from collections.abc import Callable
from typing import Any

from fakes.clock import FixedClock
from fakes.place import FakePlace, slept
from sleeptime.core.settings import Settings, SleepSettings
from sleeptime.sleep.idle import MachineState, Spent
from sleeptime.worker import nights
from sleeptime.worker.nights import Nights, Resident, Surroundings


class Night:
    """Nights over one repository on a machine that tests describe."""

    def __init__(self, **settings: Any) -> None:
        self.clock = FixedClock()
        self.machine = MachineState(on_mains=True)
        self.resident = Resident(FakePlace("/somewhere"), Settings(sleep=SleepSettings(consent="yes", **settings)))
        self.resident.indexed = True
        self.reasons: list[str] = []
        self.sleeping = False
        self.slices = 0
        around = Surroundings(self.clock, lambda: self.machine, lambda r: self.reasons.append(r.verdict.reason))
        self.nights = Nights(around, lambda: [self.resident], self._sleep)

    async def _sleep(self, _resident: Resident, give_way: threading.Event) -> Any:
        self.sleeping, self.slices = True, self.slices + 1
        while not give_way.is_set():  # noqa: ASYNC110 - as the real one: it is stopped from outside
            await asyncio.sleep(0.001)
        self.sleeping = False
        return slept(done=1, left=1)

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - what is awaited is another task's doing
                await asyncio.sleep(0.001)


async def test_it_sleeps_after_the_quiet_and_wakes_with_the_person() -> None:
    night = Night(quiet_seconds=60)
    running = asyncio.create_task(night.nights.run())
    await night.until(lambda: night.reasons)
    assert not night.sleeping
    night.clock.advance(60)
    night.nights.look_again()
    await night.until(lambda: night.sleeping)
    night.nights.activity()
    await night.until(lambda: not night.sleeping and night.resident.verdict.phase == "awake")
    running.cancel()


async def test_a_pulled_plug_ends_the_sleep_and_says_why(monkeypatch: Any) -> None:
    monkeypatch.setattr(nights, "WATCH_SECONDS", 0.001)
    night = Night(quiet_seconds=0)
    running = asyncio.create_task(night.nights.run())
    await night.until(lambda: night.sleeping)
    night.machine = MachineState(on_mains=False)
    await night.until(lambda: night.resident.verdict.phase == "paused" and not night.sleeping)
    assert night.reasons[-1] == "on battery"
    running.cancel()


async def test_todays_budget_ends_the_sleep(monkeypatch: Any) -> None:
    monkeypatch.setattr(nights, "WATCH_SECONDS", 0.001)
    night = Night(quiet_seconds=0, budget_tokens=100)
    running = asyncio.create_task(night.nights.run())
    await night.until(lambda: night.sleeping)
    night.resident.place.has_spent = Spent(tokens=100)  # type: ignore[attr-defined]
    await night.until(lambda: not night.sleeping and "used up" in night.reasons[-1])
    assert night.slices == 1
    running.cancel()


async def test_consent_that_is_taken_back_ends_the_sleep(monkeypatch: Any) -> None:
    monkeypatch.setattr(nights, "WATCH_SECONDS", 0.001)
    night = Night(quiet_seconds=0)
    running = asyncio.create_task(night.nights.run())
    await night.until(lambda: night.sleeping)
    night.resident.settings = Settings(sleep=SleepSettings(consent="no"))
    await night.until(lambda: not night.sleeping and night.reasons[-1] == "switched off")
    running.cancel()


async def test_two_repositories_take_turns(monkeypatch: Any) -> None:
    monkeypatch.setattr(nights, "SLICE_SECONDS", 0.005)
    clock, turns = FixedClock(), []
    residents = [
        Resident(FakePlace(root), Settings(sleep=SleepSettings(consent="yes", quiet_seconds=0)))
        for root in ("/a", "/b")
    ]
    for resident in residents:
        resident.indexed = True

    async def sleep(resident: Resident, give_way: threading.Event) -> Any:
        turns.append(resident.root)
        while not give_way.is_set():  # noqa: ASYNC110 - as the real one: it is stopped from outside
            await asyncio.sleep(0.001)
        clock.advance(60)
        return slept(done=1, left=1)

    around = Surroundings(clock, lambda: MachineState(on_mains=True), lambda _: None)
    running = asyncio.create_task(Nights(around, lambda: residents, sleep).run())
    async with asyncio.timeout(5):
        while len(turns) < 6:  # noqa: ASYNC110 - what is awaited is another task's doing
            await asyncio.sleep(0.001)
    running.cancel()
    assert turns[:6] in (["/a", "/b"] * 3, ["/b", "/a"] * 3)
