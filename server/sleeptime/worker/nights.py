"""When to sleep without being asked: only with consent, only while it is quiet, fair between repositories."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from sleeptime.core.errors import SleeptimeError
from sleeptime.core.messages import Slept
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings, SleepSettings
from sleeptime.worker.place import Place

SLICE_SECONDS = 60.0
"""How long one repository sleeps while another one waits."""
REST_SECONDS = 600.0
"""A repository whose sleep failed (no model on this machine, say) is left alone for this long."""

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

    def stir(self) -> None:
        """Something new is here to think about."""
        self.finished = False
        self.rests_until = 0.0


SleepSlice = Callable[[Resident, threading.Event], Awaitable[Slept]]
"""(who, give_way) -> what was done."""


def quiet_seconds_left(settings: SleepSettings, quiet_for_seconds: float) -> float | None:
    """Seconds of quiet still missing before sleep may begin; None without consent."""
    return settings.quiet_seconds - quiet_for_seconds if settings.consent == "yes" else None


class Nights:
    """Sleeps in slices while nobody is active."""

    def __init__(self, clock: Clock, residents: Callable[[], Iterable[Resident]], sleep_slice: SleepSlice) -> None:
        self._clock = clock
        self._residents = residents
        self._sleep_slice = sleep_slice
        self._active_at = clock.monotonic()
        self._stirred = asyncio.Event()
        self._slice = threading.Event()

    def activity(self) -> None:
        """The person is here: whatever is asleep wakes."""
        self._active_at = self._clock.monotonic()
        self._slice.set()
        self._stirred.set()

    def look_again(self) -> None:
        """There may be a new reason to sleep, or one less."""
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled: sleep whenever that is allowed and there is something to think about."""
        while True:
            self._stirred.clear()
            waits = {resident: self._seconds_to_wait(resident) for resident in self._residents()}
            allowed = {resident: seconds for resident, seconds in waits.items() if seconds is not None}
            ready = [resident for resident, seconds in allowed.items() if seconds <= 0]
            if ready:
                first = min(ready, key=lambda resident: resident.slept_at)
                await self._sleep_once(first, SLICE_SECONDS if len(ready) > 1 else None)
            else:
                await self._wait(min(allowed.values(), default=None))

    def _seconds_to_wait(self, resident: Resident) -> float | None:
        if resident.finished or not resident.indexed:
            return None
        now = self._clock.monotonic()
        quiet = quiet_seconds_left(resident.settings.sleep, now - self._active_at)
        return None if quiet is None else max(quiet, resident.rests_until - now)

    async def _wait(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._stirred.wait(), seconds)
        except TimeoutError:
            return

    async def _sleep_once(self, resident: Resident, seconds: float | None) -> None:
        self._slice = threading.Event()
        alarm = asyncio.get_running_loop().call_later(seconds, self._slice.set) if seconds else None
        try:
            slept = await self._sleep_slice(resident, self._slice)
        except SleeptimeError as error:
            log.warning("Sleep over %s failed: %s", resident.root, error)
            resident.rests_until = self._clock.monotonic() + REST_SECONDS
        else:
            did_nothing = slept.jobs_done == slept.jobs_failed == 0
            resident.finished = not self._slice.is_set() and (slept.jobs_left == 0 or did_nothing)
        finally:
            if alarm is not None:
                alarm.cancel()
        resident.slept_at = self._clock.monotonic()
