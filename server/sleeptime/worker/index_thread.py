"""The thread on which repositories are indexed: as a whole, by what changed on the disk, and to keep stores small."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError
from sleeptime.core.settings import Settings
from sleeptime.worker.doing import Doing
from sleeptime.worker.nights import Nights, Resident
from sleeptime.worker.place import OnProgress

Done = TypeVar("Done")

MOST_NOTICED = 100
"""Files of one change on the disk that sleep turns to first: a checkout of more is no sign of attention to any."""

log = logging.getLogger(__name__)


class Listeners(Struct, frozen=True):
    """Who is concerned when an index changes. `tell` speaks to all clients who have a repository open, `spawn` lets
    work go on that the worker waits for when it ends.
    """

    doing: Doing
    nights: Nights
    tell: Callable[[say.Changed], None]
    spawn: Callable[[Coroutine[Any, Any, None]], None]


class IndexThread:
    """Everything here is called on the event loop, which it never blocks."""

    def __init__(self, residents: Mapping[str, Resident], listeners: Listeners) -> None:
        self._residents = residents
        self._listeners = listeners
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._ending = threading.Event()

    def end(self) -> None:
        """Ask the run in hand to come to its end."""
        self._ending.set()

    def close(self) -> None:
        """Wait for the run in hand; those that wait are dropped."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def after_work(self) -> None:
        """Until the runs asked for so far are done."""
        await self._run(lambda: None)

    async def index(
        self, resident: Resident, settings: Settings, cancelled: threading.Event, report: OnProgress
    ) -> say.Indexed:
        """Bring the index of a repository up to date; it counts as indexed unless that was cancelled."""
        with self._listeners.doing.being("indexing", resident.root):
            indexed = await self._run(lambda: resident.place.index(settings, cancelled, report))
        resident.indexed = resident.indexed or not cancelled.is_set()
        resident.stir()
        self._listeners.tell(say.Changed(root=resident.root))
        self._listeners.nights.look_again()
        await self.look(resident, active=False)
        return indexed

    async def look(self, resident: Resident, *, active: bool) -> None:
        """Whether there is something to tell the person; the status offers it."""
        look = partial(resident.place.look, active=active)
        with suppress(SleeptimeError, RuntimeError):  # a store that is gone is told elsewhere; the worker is ending
            self._listeners.doing.offer(resident, await self._run(look))

    async def watch(self, resident: Resident) -> Callable[[], None]:
        """Take in what changes on the disk from now on; what is returned ends that."""
        loop = asyncio.get_running_loop()

        def on_change(paths: frozenset[str]) -> None:
            loop.call_soon_threadsafe(self.changed, resident.root, paths)

        return await asyncio.to_thread(resident.place.watch, on_change)

    def changed(self, root: str, paths: frozenset[str]) -> None:
        """Files changed on the disk (the empty set: any may have). Changes that arrive during an index run are taken by
        the next one together.
        """
        resident = self._residents.get(root)
        if resident is None:
            return
        resident.changes.append(paths)
        if len(resident.changes) == 1:
            self._listeners.spawn(self._index_changes(resident))

    async def _index_changes(self, resident: Resident) -> None:
        moved = False

        def update() -> tuple[str, ...]:
            nonlocal moved
            paths = resident.take_changes()
            if paths is None:
                return ()
            moved = not paths or any(path.startswith(".git/") for path in paths)
            return resident.place.update(paths, self._ending)

        try:
            paths = await self._run(update)
        except (SleeptimeError, RuntimeError) as error:  # RuntimeError: the worker is ending
            log.warning("Changes in %s were not indexed: %s", resident.root, error)
            return
        if moved:
            await self.look(resident, active=False)
        if not paths:
            return
        for path in paths[:MOST_NOTICED]:
            resident.place.noticed(path, "disk")
        resident.stir()
        self._listeners.tell(say.Changed(root=resident.root, paths=paths))
        self._listeners.nights.look_again()

    async def sweep(self, resident: Resident) -> None:
        """Look at the whole repository again: a change that no event told of is found now."""
        resident.changes.append(frozenset())
        await self._index_changes(resident)

    async def tidy(self, resident: Resident) -> None:
        """Drop what the store of a repository has no room for."""
        try:
            await self._run(resident.place.tidy)
        except (SleeptimeError, RuntimeError) as error:  # RuntimeError: the worker is ending
            log.warning("The store of %s was not tidied: %s", resident.root, error)

    async def _run(self, work: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
