"""The worker process: a lock with a live owner, a local socket, a log; polite to everything else on the machine."""

import asyncio
import faulthandler
import logging
import os
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from sleeptime.core.meeting import MeetingPoint, log_directory, meeting_point
from sleeptime.worker.loop import Collaborators, Worker

LINE_BYTES = 16 * 1024 * 1024
"""The longest message accepted; a question with a pasted file fits, a runaway client does not."""
LINGER_SECONDS = 300.0
"""How long the worker stays after its last client: a restarted editor finds the model still loaded."""
LOG_BYTES = 1024 * 1024
NICENESS = 5
"""Indexing yields to what the person runs in the same terminal; the engine is nicer still, by itself."""
SESSION_NICENESS = 10
"""All that the person waits for gets nine times our share; a question asked on a busy machine still has its tenth."""
IDLE_PRIORITY_CLASS = 0x40
"""Windows' name for the lowest priority."""

log = logging.getLogger("sleeptime.worker")


def run(collaborators: Callable[[], Collaborators], linger_seconds: float = LINGER_SECONDS) -> None:
    """Be the worker of this user, unless a live one is here already. The parts are made on the event loop."""
    meeting = meeting_point()
    _make_private(meeting.directory)
    lock = FileLock(meeting.lock, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return
    with lock:
        _start_log(log_directory() / "worker.log")
        _be_polite()
        try:
            asyncio.run(_serve(meeting, collaborators, linger_seconds))
        except KeyboardInterrupt:
            log.info("Interrupted.")
        except Exception:
            log.exception("The worker failed")
            raise
    log.info("The worker ended.")


async def _serve(meeting: MeetingPoint, collaborators: Callable[[], Collaborators], linger_seconds: float) -> None:
    worker = Worker(collaborators())
    server = await (_serve_socket if meeting.has_unix_sockets else _serve_loopback)(meeting, worker)
    log.info("The worker listens at %s.", meeting.directory / meeting.stem)
    try:
        await worker.run(linger_seconds)
    finally:
        for address in (meeting.socket, meeting.card):
            address.unlink(missing_ok=True)
        server.close()


async def _serve_socket(meeting: MeetingPoint, worker: Worker) -> asyncio.Server:
    meeting.socket.unlink(missing_ok=True)  # a dead owner's: we hold the lock
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(os.fspath(meeting.socket))
    finally:
        os.umask(before)
    return await asyncio.start_unix_server(worker.serve, sock=listener, limit=LINE_BYTES)


async def _serve_loopback(meeting: MeetingPoint, worker: Worker) -> asyncio.Server:
    token = secrets.token_hex(32)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given = await reader.readline()
        if secrets.compare_digest(given.strip(), token.encode()):
            await worker.serve(reader, writer)
        else:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=LINE_BYTES)
    port = server.sockets[0].getsockname()[1]
    fresh = meeting.card.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as card:
        card.write(f"{port}\n{token}\n")
    fresh.replace(meeting.card)
    return server


def _make_private(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):
        directory.chmod(0o700)


def _start_log(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    faulthandler.enable(sys.stderr)


def _be_polite() -> None:
    """Low priority for processor and disk. Linux schedules each session as a group of its own, whose weight is set
    apart from the process's.
    """
    process = psutil.Process()
    with suppress(OSError, psutil.Error, AttributeError):
        process.nice(NICENESS if os.name == "posix" else IDLE_PRIORITY_CLASS)
    with suppress(OSError, psutil.Error, AttributeError, ValueError):
        process.ionice(psutil.IOPRIO_CLASS_IDLE if sys.platform == "linux" else 0)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(SESSION_NICENESS))
