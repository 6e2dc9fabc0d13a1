"""What the worker does for open repositories without being told: it looks for changes that no event told of, and keeps
stores under their size.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from sleeptime.core.ports import Clock
from sleeptime.worker.nights import Resident

SWEEP_SECONDS = 300.0
"""How old a sweep may be. Events are lost when a queue overflows, on network mounts and in WSL."""

FOCUS_SECONDS = 15.0
"""Who comes back to the editor may have changed files elsewhere: a sweep older than this is done again. It costs some
40 microseconds a file."""

IDLE_SECONDS = 60.0
"""After so long without activity a store may be tidied, which can hold up whoever reads it."""


class Chores:
    """`sweep` looks at a whole repository again, `tidy` drops what its store has no room for."""

    def __init__(
        self,
        clock: Clock,
        residents: Callable[[], Iterable[Resident]],
        sweep: Callable[[Resident], Awaitable[None]],
        tidy: Callable[[Resident], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._residents = residents
        self._sweep = sweep
        self._tidy = tidy
        self._swept_at: dict[str, float] = {}
        self._active_at = clock.monotonic()
        self._back: set[str] = set()
        self._stirred = asyncio.Event()

    def activity(self, root: str, kind: str) -> None:
        """The person is here; coming back to the editor, or opening a file, is when missed changes would be seen."""
        self._active_at = self._clock.monotonic()
        if kind in {"focus", "open"}:
            self._back.add(root)
            self._stirred.set()

    async def run(self) -> None:
        """Until cancelled: sweep each repository when it is due, and tidy its store while nobody is active."""
        while True:
            self._stirred.clear()
            back, self._back = self._back, set()
            due = [r for r in self._residents() if self._is_due(r, FOCUS_SECONDS if r.root in back else SWEEP_SECONDS)]
            for resident in due:
                self._swept_at[resident.root] = self._clock.monotonic()
                await self._sweep(resident)
                if self._clock.monotonic() - self._active_at >= IDLE_SECONDS:
                    await self._tidy(resident)
            await self._wait()

    def _is_due(self, resident: Resident, after_seconds: float) -> bool:
        if not resident.indexed:
            return False
        # A repository counts from when it was first seen here: opening it has just looked at everything.
        swept_at = self._swept_at.setdefault(resident.root, self._clock.monotonic())
        return self._clock.monotonic() - swept_at >= after_seconds

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stirred.wait(), FOCUS_SECONDS)
        except TimeoutError:
            return
