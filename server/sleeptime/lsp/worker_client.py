"""Finds the worker, starts it when it is absent, replaces one of an older version, and talks to it.

Used by the editor's process and by the command line; it knows nothing of LSP.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

import sleeptime
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError, WorkerError
from sleeptime.core.meeting import MeetingPoint, log_directory, meeting_point
from sleeptime.core.settings import Settings
from sleeptime.lsp.link import Link, OnReply, ignore

START_SECONDS = 30.0
"""A cold start on a busy two-core machine takes two seconds; past this something is wrong."""
REPLACE_SECONDS = 20.0
"""How long a worker of another version may take to finish its job in hand."""
POLL_SECONDS = 0.03
LOSSES_ALLOWED = 5
LOSSES_WINDOW_SECONDS = 600.0
BACKOFF_SECONDS = (0.0, 0.2, 1.0, 3.0, 10.0)
"""Pause before the next start, by the number of recent losses."""


class Launched(Protocol):
    """A process just started: `subprocess.Popen`, or a test's stand-in."""

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        ...


def launch_worker() -> subprocess.Popen[bytes]:
    """Start the worker as a daemon: its own session, no terminal, not this working directory (`-P`: a repository
    must not be able to shadow our modules).
    """
    logs = log_directory()
    logs.mkdir(parents=True, exist_ok=True)
    meeting = meeting_point()
    meeting.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (logs / "worker-stderr.log").open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "sleeptime", "worker"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=meeting.directory,
            start_new_session=True,
        )


class WorkerClient:
    """One client of the worker, connected when it is needed."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        on_message: Callable[[say.AnyWorkerMessage], None] = ignore,
        launch: Callable[[], Launched] = launch_worker,
    ) -> None:
        self._name = name
        self.settings = settings
        self._on_message = on_message
        self._launch = launch
        self._meeting = meeting_point()
        self._link: Link | None = None
        self._connecting = asyncio.Lock()
        self._losses: deque[float] = deque(maxlen=LOSSES_ALLOWED)
        self._launched: Launched | None = None

    @property
    def connected(self) -> bool:
        """Whether a worker is on the line now."""
        return self._link is not None and not self._link.lost.is_set()

    async def request(self, message: say.ClientMessage, on_reply: OnReply = ignore) -> say.AnyWorkerMessage:
        """Ask, and wait for the one result; `on_reply` gets each `Piece` and `Progress` before it. Cancelling this
        cancels the request.

        Raises:
            SleeptimeError: the worker's own, by its class; WorkerError if it cannot be reached or stops.
        """
        link = await self.connect()
        return await link.request(message, on_reply)

    def tell(self, message: say.ClientMessage) -> None:
        """Say something that has no answer; silently nothing while no worker is on the line."""
        if self._link is not None and self.connected:
            self._link.tell(message)

    async def greet_again(self) -> None:
        """Tell the worker that `settings` changed; a later connection tells it anyway."""
        if self._link is not None and self.connected:
            await self._greet(self._link)

    async def connect(self, *, start: bool = True) -> Link:
        """The link to a worker of this version.

        Raises:
            WorkerError: none runs and `start` is false, or none could be started.
        """
        async with self._connecting:
            if self._link is not None and self.connected:
                return self._link
            self._link = None
            await self._back_off()
            self._link = await self._find(start=start)
            return self._link

    async def keep_connected(self, on_connected: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled: stay connected, and call `on_connected` after each (re)start."""
        while True:
            try:
                link = await self.connect()
                await on_connected()
                await link.lost.wait()
            except SleeptimeError as error:
                self._on_message(say.Status(state="stopped", detail=str(error)))
                await asyncio.sleep(BACKOFF_SECONDS[-1])

    async def close(self) -> None:
        """Hang up; the worker cancels what was asked through this client."""
        if self._link is not None:
            link, self._link = self._link, None
            await link.close()

    # ---- finding it

    async def _find(self, *, start: bool) -> Link:
        deadline = time.monotonic() + START_SECONDS
        self._launched = None  # how an earlier one ended says nothing about the next
        while time.monotonic() < deadline:
            link = await self._open()
            if link is not None:
                if await self._same_version(link):
                    return link
            elif not start:
                raise WorkerError("No worker is running.", "It starts by itself with the next request.")
            else:
                self._start_if_needed()
                await asyncio.sleep(POLL_SECONDS)
        raise WorkerError(f"The worker did not start within {START_SECONDS:.0f} seconds.", _where_the_log_is())

    async def _open(self) -> Link | None:
        try:
            return await open_link(self._meeting, self._received, self._lost)
        except (OSError, ValueError, asyncio.IncompleteReadError):
            return None

    def _start_if_needed(self) -> None:
        code = self._launched.poll() if self._launched else 0
        if code is None:
            return
        if code != 0:
            self._launched = None
            raise WorkerError(f"The worker could not start (exit code {code}).", _where_the_log_is())
        self._launched = self._launch()

    async def _same_version(self, link: Link) -> bool:
        """True: greeted and ready. False: an older worker was asked to end and has gone."""
        try:
            self._on_message(await self._greet(link))
        except (WorkerError, msgspec.DecodeError) as error:
            theirs = await _version(link)
            if _as_numbers(theirs) > _as_numbers(sleeptime.__version__):
                await link.close()
                hint = "Update this one, or end that one."
                raise WorkerError(f"A newer Sleeptime's worker ({theirs}) is running.", hint) from error
            link.tell(say.Shutdown())
            await _wait_gone(link)
            return False
        return True

    async def _greet(self, link: Link) -> say.AnyWorkerMessage:
        hello = say.Hello(version=sleeptime.__version__, client=self._name, settings=self.settings)
        return await link.request(hello, ignore)

    # ---- losing it

    def _received(self, message: say.AnyWorkerMessage) -> None:
        self._on_message(message)

    def _lost(self) -> None:
        if self._link is None:
            return  # it was still ending when it was found
        self._losses.append(time.monotonic())
        self._on_message(say.Status(state="stopped", detail="The worker stopped; it is started again."))

    async def _back_off(self) -> None:
        now = time.monotonic()
        recent = [at for at in self._losses if now - at < LOSSES_WINDOW_SECONDS]
        if len(recent) >= LOSSES_ALLOWED:
            sentence = f"The worker stopped {len(recent)} times within ten minutes, so it is left alone for a while."
            raise WorkerError(sentence, _where_the_log_is())
        if recent:
            await asyncio.sleep(max(0.0, BACKOFF_SECONDS[len(recent)] - (now - recent[-1])))


async def open_link(
    meeting: MeetingPoint, on_message: Callable[[say.AnyWorkerMessage], None], on_lost: Callable[[], None]
) -> Link:
    """Connect to a worker that runs. Raises OSError or ValueError if none does."""
    if meeting.has_unix_sockets:
        streams = await asyncio.open_unix_connection(meeting.socket, limit=Link.LINE_BYTES)
    else:
        port, token = meeting.card.read_text("ascii").split()
        streams = await asyncio.open_connection("127.0.0.1", int(port), limit=Link.LINE_BYTES)
        streams[1].write(token.encode() + b"\n")
    return Link(*streams, on_message, on_lost)


async def _version(link: Link) -> str:
    try:
        status = await asyncio.wait_for(link.request(say.GetStatus(), ignore), REPLACE_SECONDS)
    except (SleeptimeError, TimeoutError):
        return ""
    return status.version if isinstance(status, say.Status) else ""


async def _wait_gone(link: Link) -> None:
    try:
        await asyncio.wait_for(link.lost.wait(), REPLACE_SECONDS)
    except TimeoutError:
        raise WorkerError("A worker of another version is running and does not end.") from None
    finally:
        await link.close()


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version))


def _where_the_log_is() -> str:
    return f"Its logs are in {log_directory()}."
