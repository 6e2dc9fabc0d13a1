"""One connected client: what it told about itself, and its requests under way."""

import asyncio
import threading
from collections.abc import Callable

import msgspec

from sleeptime.core.messages import Failed, Progress, WorkerMessage, encode
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings

PROGRESS_SECONDS = 0.1
"""Ten reports a second are smooth to the eye; more only cost."""


class Request:
    """A request under way. `cancelled` is the client's wish; a slice of sleep is also stopped by it."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._slice: threading.Event | None = None

    def new_slice(self) -> threading.Event:
        """An event that stops the next slice of sleep; already set if the request is cancelled."""
        self._slice = threading.Event()
        if self.cancelled.is_set():
            self._slice.set()
        return self._slice

    def cancel(self) -> None:
        """Ask the request to end within one token."""
        self.cancelled.set()
        if self._slice is not None:
            self._slice.set()


class Client:
    """The worker's end of one connection. Used on the event loop's thread only, but for `reporter`."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._requests: dict[int, Request] = {}
        self.name = ""
        self.settings = Settings()
        self.roots: set[str] = set()

    def send(self, message: WorkerMessage) -> None:
        """Queue a message; a client that has gone is noticed by its reader."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))

    def answer(self, request: int, message: WorkerMessage) -> None:
        """Send the one result of a request; nobody waits for the result of request 0."""
        if request:
            self.send(msgspec.structs.replace(message, id=request))

    def refuse(self, sentence: str, hint: str = "", request: int = 0) -> None:
        """Say why what was asked cannot be done."""
        self.send(Failed(id=request, error="WorkerError", message=sentence, hint=hint))

    def begin(self, request: int) -> Request:
        """Register a request so that it can be cancelled."""
        begun = Request()
        if request:
            self._requests[request] = begun
        return begun

    def end(self, request: int) -> None:
        """Forget a request that was answered."""
        self._requests.pop(request, None)

    def cancel(self, request: int) -> None:
        """Cancel one request; one that is answered already is nothing to worry about."""
        if found := self._requests.get(request):
            found.cancel()

    def leave(self) -> None:
        """The client is gone: so is the reason for its requests."""
        for request in self._requests.values():
            request.cancel()
        self._writer.close()

    def reporter(self, request: int, clock: Clock) -> Callable[[int, int, str, str], None]:
        """A progress callback for any thread, limited in rate; first and last reports always pass."""
        loop = asyncio.get_running_loop()
        last_at = -PROGRESS_SECONDS

        def report(done: int, total: int, text: str, unit: str = "") -> None:
            nonlocal last_at
            now = clock.monotonic()
            if request and (now - last_at >= PROGRESS_SECONDS or done == total):
                last_at = now
                progress = Progress(id=request, done=done, total=total, text=text, unit=unit)
                loop.call_soon_threadsafe(self.send, progress)

        return report
