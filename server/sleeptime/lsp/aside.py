"""One folder's store read beside the hovers: in a thread of its own, with a view of its own, so that no hover waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from sleeptime.answer import ReadyAnswers, Suggester, target_for
from sleeptime.core.errors import StoreError
from sleeptime.core.ports import Clock
from sleeptime.core.types import Span, Target
from sleeptime.index import find_symbol
from sleeptime.lsp.view import View, open_view
from sleeptime.repo import Repository

Result = TypeVar("Result")


class Reading:
    """What is read: the view, the ready answers in it, and suggestions among them."""

    def __init__(self, view: View, clock: Clock) -> None:
        self.view = view
        self.ready = ReadyAnswers(view.sources, view.graph, view.store, clock)
        self.suggester = Suggester(self.ready, view.store.answers, self._definitions)
        self._version = -1

    def settle(self) -> None:
        """See the store as it is now.

        Raises:
            StoreError: it can no longer be read.
        """
        self.view.settle()
        version = self.view.store.version()
        if version != self._version:
            self._version = version
            self.suggester.refresh()

    def target(self, path: str, symbol: str = "") -> Target | None:
        """What a place of the workspace is: a symbol, a file, a folder ("." is the repository); None if unknown."""
        if path in ("", "."):
            return Target("repository")
        outline = self.view.outlines.outline(path)
        if outline is None:
            return None if symbol else Target("package", path)
        if not symbol:
            return Target("module", path)
        found = find_symbol(outline, symbol)
        return target_for(path, found) if found else None

    def name_span(self, target: Target) -> Span | None:
        """Where a symbol's name stands."""
        symbol = self.view.sources.symbol(target) if target.symbol else None
        return symbol.name_span if symbol else None

    def _definitions(self, name: str) -> list[Target]:
        found = self.view.outlines.definitions(name)
        return [target_for(path, symbol) for path, symbol in found if symbol.kind != "heading"]


class Aside:
    """Reads for one folder, one thing after the other."""

    def __init__(self, repository: Repository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._reading: Reading | None = None

    async def read(self, work: Callable[[Reading], Result]) -> Result | None:
        """What `work` finds in the store as it is now; None before the first index.

        Raises:
            StoreError: it cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, work)

    def close(self) -> None:
        """Let go of the store, once what is being read is read. Closing twice is fine."""
        with suppress(RuntimeError):
            self._thread.submit(self._let_go)
        self._thread.shutdown(wait=False)

    def _read(self, work: Callable[[Reading], Result]) -> Result | None:
        if self._reading is not None and self._reading.view.store.replaced():
            self._let_go()
        if self._reading is None:
            view = open_view(self._repository)
            self._reading = Reading(view, self._clock) if view else None
        if self._reading is None:
            return None
        self._reading.settle()
        return work(self._reading)

    def _let_go(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            with suppress(StoreError):
                reading.view.store.close()
