"""When to sleep without being asked: only with consent, only while it is quiet and the machine has nothing better to
do, fair between repositories. What decides is `sleep/idle.py`; here is who asks it, and when.
"""

import asyncio
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from msgspec import Struct

from sleeptime.core.errors import SleeptimeError
from sleeptime.core.messages import Slept
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings
from sleeptime.sleep.idle import MachineState, Spent, Verdict, judge
from sleeptime.worker.place import Place

SLICE_SECONDS = 60.0
"""How long one repository sleeps while another one waits."""
REST_SECONDS = 600.0
"""A repository whose sleep failed (no model on this machine, say) is left alone for this long."""
LOOK_SECONDS = 60.0
"""How often it is noted that the person is here, and how their files look now."""
WATCH_SECONDS = 5.0
"""While asleep, how often the machine is looked at: a pulled plug ends the sleep this soon."""

log = logging.getLogger(__name__)


class Resident:
    """A repository that is open in the worker, and what the worker remembers about it."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self.place = place
        self.settings = settings
        self.indexed = False
        self.changes: deque[frozenset[str]] = deque()
        self.stop_watching: Callable[[], None] | None = None
        self.slept_at = 0.0
        self.rests_until = 0.0
        self.finished = False
        self.verdict = Verdict("awake", "")
        self.briefing = ""
        self._looked_at = float("-inf")

    @property
    def root(self) -> str:
        """The path that clients name it by."""
        return self.place.root

    def take_changes(self) -> frozenset[str] | None:
        """All paths that changed since the last call, from any thread; the empty set means that any may have changed,
        None that none did.
        """
        taken: list[frozenset[str]] = []
        while self.changes:
            taken.append(self.changes.popleft())
        if not taken:
            return None
        return frozenset() if frozenset() in taken else frozenset[str]().union(*taken)

    def is_due(self, now: float) -> bool:
        """Whether to note that the person is here: true once in `LOOK_SECONDS`."""
        if now - self._looked_at < LOOK_SECONDS:
            return False
        self._looked_at = now
        return True

    def stir(self) -> None:
        """Something new is here to think about."""
        self.finished = False
        self.rests_until = 0.0


SleepSlice = Callable[[Resident, threading.Event], Awaitable[Slept]]
"""(who, give_way) -> what was done."""


class Surroundings(Struct, frozen=True):
    """What nights know the time and the machine from, and whom they tell of a new verdict."""

    clock: Clock
    read_machine: Callable[[], MachineState]
    on_verdict: Callable[[Resident], None]


class Nights:
    """Sleeps in slices while nobody is active."""

    def __init__(
        self, surroundings: Surroundings, residents: Callable[[], Iterable[Resident]], sleep_slice: SleepSlice
    ) -> None:
        self._clock = surroundings.clock
        self._read_machine = surroundings.read_machine
        self._on_verdict = surroundings.on_verdict
        self._residents = residents
        self._sleep_slice = sleep_slice
        self._active_at = self._clock.monotonic()
        self._paused_until = -math.inf
        self._stirred = asyncio.Event()
        self._slice = threading.Event()
        self._spent: dict[str, Spent] = {}
        self._spent_on = -1.0

    def activity(self) -> None:
        """The person is here: whatever is asleep wakes."""
        self._active_at = self._clock.monotonic()
        self._slice.set()
        self._stirred.set()

    def pause(self, seconds: float) -> None:
        """A person wants no sleep for so long; 0 until `resume`."""
        self._paused_until = self._clock.monotonic() + seconds if seconds > 0 else math.inf
        self._slice.set()
        self._stirred.set()

    def resume(self) -> None:
        """Sleep may go on."""
        self._paused_until = -math.inf
        self._stirred.set()

    def look_again(self) -> None:
        """There may be a new reason to sleep, or one less."""
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled: sleep whenever that is allowed and there is something to think about."""
        while True:
            self._stirred.clear()
            await self._judge_all()
            waits = {resident: self._seconds_to_wait(resident) for resident in self._residents()}
            allowed = {resident: seconds for resident, seconds in waits.items() if seconds is not None}
            ready = [resident for resident, seconds in allowed.items() if seconds <= 0]
            if ready:
                first = min(ready, key=lambda resident: resident.slept_at)
                await self._sleep_once(first, SLICE_SECONDS if len(ready) > 1 else None)
            else:
                await self._wait(min(allowed.values(), default=None))

    # ---- may it sleep?

    async def _judge_all(self) -> None:
        willing = [resident for resident in self._residents() if resident.settings.sleep.consent == "yes"]
        machine = await asyncio.to_thread(self._read_machine) if willing else MachineState()
        await self._count(willing)
        # From here to the slice nothing is awaited: a person who comes back is either seen here or stops the slice.
        for resident in self._residents():
            self._judge(resident, machine, asleep=False)

    def _judge(self, resident: Resident, machine: MachineState, *, asleep: bool) -> None:
        quiet_for = self._clock.monotonic() - self._active_at
        spent = sum(self._spent.values(), Spent())
        verdict = self._pause() or judge(resident.settings.sleep, quiet_for, machine, spent, asleep=asleep)
        changed = (verdict.phase, verdict.reason) != (resident.verdict.phase, resident.verdict.reason)
        resident.verdict = verdict
        if changed:
            self._on_verdict(resident)

    def _pause(self) -> Verdict | None:
        left = self._paused_until - self._clock.monotonic()
        if left <= 0:
            return None
        if left == math.inf:
            return Verdict("paused", "you paused it")
        end = time.strftime("%H:%M", time.localtime(self._clock.now() + left))
        return Verdict("paused", f"you paused it until {end}", left)

    async def _count(self, residents: Iterable[Resident]) -> None:
        """What was spent today, of repositories closed since too: the budget is the person's, not a repository's."""
        midnight = _midnight(self._clock.now())
        if midnight != self._spent_on:
            self._spent, self._spent_on = {}, midnight
        for resident in residents:
            with suppress(SleeptimeError):
                self._spent[resident.root] = await asyncio.to_thread(resident.place.spent, midnight)

    def _seconds_to_wait(self, resident: Resident) -> float | None:
        if resident.finished or not resident.indexed:
            return None
        rest = resident.rests_until - self._clock.monotonic()
        if resident.verdict.phase == "asleep":
            return rest
        wait = resident.verdict.look_again_seconds
        return None if wait is None else max(wait, rest)

    async def _wait(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._stirred.wait(), seconds)
        except TimeoutError:
            return

    # ---- asleep

    async def _sleep_once(self, resident: Resident, seconds: float | None) -> None:
        self._slice = slice_ = threading.Event()
        alarm = asyncio.get_running_loop().call_later(seconds, slice_.set) if seconds else None
        watch = asyncio.create_task(self._watch(resident, slice_))
        try:
            slept = await self._sleep_slice(resident, slice_)
        except SleeptimeError as error:
            log.warning("Sleep over %s failed: %s", resident.root, error)
            resident.rests_until = self._clock.monotonic() + REST_SECONDS
        else:
            did_nothing = slept.jobs_done == slept.jobs_failed == 0
            resident.finished = not slice_.is_set() and (slept.jobs_left == 0 or did_nothing)
        finally:
            watch.cancel()
            if alarm is not None:
                alarm.cancel()
        resident.slept_at = self._clock.monotonic()

    async def _watch(self, resident: Resident, slice_: threading.Event) -> None:
        """End the slice as soon as the machine or the budget speak against it."""
        while not slice_.is_set():
            await asyncio.sleep(WATCH_SECONDS)
            machine = await asyncio.to_thread(self._read_machine)
            await self._count([resident])
            self._judge(resident, machine, asleep=True)
            if resident.verdict.phase != "asleep":
                slice_.set()


def _midnight(now: float) -> float:
    """When the local day began that `now` (seconds since the epoch) lies in."""
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
