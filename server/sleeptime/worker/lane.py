"""The one thread that owns the model. What a person asked for goes first; sleep gives way to it.

Deliberately absent: a second model thread. Two generations at once would each run at less than half the speed
and throw away the engine's cached prefix.
"""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
FAIR_SECONDS = 60.0
"""How long one sleep may go on once another one waits for its turn."""


class Lane:
    """A queue of work for the model's thread, on an event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._taken = False
        self._give_way: threading.Event | None = None
        self._share_over = False

    async def live(self, work: Callable[[], Result]) -> Result:
        """Run work that a person waits for: ahead of all sleep, which is told to give way."""
        if self._give_way is not None:
            self._give_way.set()
        return await self._run(work, None)

    async def yielding(self, work: Callable[[], Result], give_way: threading.Event) -> Result:
        """Run work that nobody waits for. Once `give_way` is set it must return within one token."""
        return await self._run(work, give_way)

    def close(self) -> None:
        """Wait for the work in hand and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], Result], give_way: threading.Event | None) -> Result:
        await self._enter(yields=give_way is not None)
        loop = asyncio.get_running_loop()
        self._give_way = give_way
        share = loop.call_later(FAIR_SECONDS, self._end_share) if give_way is not None else None
        try:
            return await loop.run_in_executor(self._thread, work)
        finally:
            if share is not None:
                share.cancel()
            self._give_way, self._share_over = None, False
            self._leave()

    def _end_share(self) -> None:
        """The sleep in hand had its share: it ends as soon as another one waits."""
        self._share_over = True
        if self._waiting and self._give_way is not None:
            self._give_way.set()

    async def _enter(self, *, yields: bool) -> None:
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (yields, next(self._numbers), turn))
        if self._share_over:
            self._end_share()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
