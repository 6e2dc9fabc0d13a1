"""One connection to the worker: requests and their answers, matched by id."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from sleeptime.core import errors
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError, WorkerError

OnReply = Callable[[say.AnyWorkerMessage], None]


def ignore(_message: say.AnyWorkerMessage) -> None:
    """For callers that only want the result."""


class Link:
    """Reads until the worker hangs up. Messages that belong to no request go to `on_message`."""

    LINE_BYTES: ClassVar[int] = 16 * 1024 * 1024

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_message: OnReply,
        on_lost: Callable[[], None],
    ) -> None:
        self.lost = asyncio.Event()
        self._writer = writer
        self._on_message = on_message
        self._on_lost = on_lost
        self._numbers = itertools.count(1)
        self._pending: dict[int, tuple[asyncio.Future[say.AnyWorkerMessage], OnReply]] = {}
        self._closed = False
        self._reading = asyncio.create_task(self._read(reader))

    def tell(self, message: say.ClientMessage) -> None:
        """Send and forget."""
        if not self._writer.is_closing():
            self._writer.write(say.encode(message))

    async def request(self, message: say.ClientMessage, on_reply: OnReply) -> say.AnyWorkerMessage:
        """Send and wait for the result. When this is cancelled the worker is told.

        Raises:
            SleeptimeError: what the worker answered, by its class.
            WorkerError: the worker stopped in the middle.
        """
        number = next(self._numbers)
        future: asyncio.Future[say.AnyWorkerMessage] = asyncio.get_running_loop().create_future()
        if self.lost.is_set():
            raise _stopped()
        self._pending[number] = (future, on_reply)
        self.tell(msgspec.structs.replace(message, id=number))
        try:
            return await future
        except asyncio.CancelledError:
            self.tell(say.Cancel(request=number))
            raise
        finally:
            self._pending.pop(number, None)

    async def close(self) -> None:
        """Hang up."""
        self._closed = True
        self._writer.close()
        await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._dispatch(say.decode_from_worker(line))
        except (OSError, ValueError, msgspec.DecodeError):
            pass  # a broken line is a broken worker: treated as gone
        finally:
            self._writer.close()
            self.lost.set()
            for future, _ in self._pending.values():
                if not future.done():
                    future.set_exception(_stopped())
            if not self._closed:
                self._on_lost()

    def _dispatch(self, message: say.AnyWorkerMessage) -> None:
        future, on_reply = self._pending.get(message.id, (None, self._on_message))
        if future is None or isinstance(message, say.Piece | say.Progress):
            on_reply(message)
        elif future.done():
            return
        elif isinstance(message, say.Failed):
            future.set_exception(raised(message))
        else:
            future.set_result(message)


def raised(failed: say.Failed) -> SleeptimeError:
    """The worker's error, as the class that it was there."""
    kind: Any = getattr(errors, failed.error, WorkerError)
    known = isinstance(kind, type) and issubclass(kind, SleeptimeError)
    return (kind if known else WorkerError)(failed.message, failed.hint)


def _stopped() -> WorkerError:
    return WorkerError("The worker stopped in the middle of this request.", "Ask again: it is started anew.")
