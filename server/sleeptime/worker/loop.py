"""The worker's event loop: what each message does. Nothing here blocks: files and the store are read on the index
thread, the model runs on the lane's.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from msgspec import Struct

import sleeptime
from sleeptime.core import messages as say
from sleeptime.core.errors import CorruptStoreError, SleeptimeError, WorkerError
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings
from sleeptime.sleep.idle import MachineState
from sleeptime.worker.chores import Chores
from sleeptime.worker.client import Client, Request
from sleeptime.worker.doing import Doing
from sleeptime.worker.errands import Errands
from sleeptime.worker.index_thread import IndexThread, Listeners
from sleeptime.worker.keeper import OpenModel
from sleeptime.worker.nights import Nights, Resident, Surroundings
from sleeptime.worker.place import OpenPlace
from sleeptime.worker.thinking import Thinking

log = logging.getLogger(__name__)


class Collaborators(Struct, frozen=True):
    """What the worker is made of; tests pass fakes."""

    open_place: OpenPlace
    open_model: OpenModel
    choose_model: Callable[[Settings], tuple[str, str]]
    """Name of the model that these settings mean, and the reason in one sentence."""
    clock: Clock
    read_machine: Callable[[], MachineState] = MachineState


class Worker:
    """Answers clients until `finished`. One instance is one process."""

    def __init__(self, parts: Collaborators) -> None:
        self._parts = parts
        self._clients: set[Client] = set()
        self._residents: dict[str, Resident] = {}
        self._opening = asyncio.Lock()
        self._thinking = Thinking(parts.open_model, parts.clock)
        self._doing = Doing(self._residents, lambda: self._thinking.model_name, self._tell)
        surroundings = Surroundings(
            parts.clock, parts.read_machine, lambda resident: self._tell(self._doing.state(resident.root))
        )
        self._nights = Nights(surroundings, self._residents.values, self._sleep_unasked)
        listeners = Listeners(self._doing, self._nights, self._tell, self._spawn)
        self._index_thread = IndexThread(self._residents, listeners)
        self._chores = Chores(parts.clock, self._residents.values, self._index_thread.sweep, self._index_thread.tidy)
        self._tasks: set[asyncio.Task[None]] = set()
        self._company = asyncio.Event()
        self._alone = asyncio.Event()
        self._alone.set()
        self.finished = asyncio.Event()
        errands = Errands(self._nights, self._resident, self._tell, self._status_now)
        self._handlers: dict[type[say.ClientMessage], Callable[[Client, Any, Request], Awaitable[say.WorkerMessage]]]
        self._handlers = {
            say.Hello: self._hello,
            say.OpenRepository: self._open_repository,
            say.Sleep: self._sleep,
            say.Ask: self._ask,
            say.Think: self._think,
            say.Control: errands.control,
            say.Feedback: errands.feedback,
            say.DeleteThread: errands.delete_thread,
            say.ForgetQuestions: errands.forget_questions,
            say.Brief: self._brief,
            say.GetEstimate: self._estimate,
            say.GetStatus: self._status,
            say.Shutdown: self._shutdown,
        }

    # ---- life

    async def run(self, linger_seconds: float) -> None:
        """Until a client asks for the end, or nobody has been connected for `linger_seconds`."""
        chores = [
            asyncio.create_task(self._nights.run()),
            asyncio.create_task(self._chores.run()),
            asyncio.create_task(self._thinking.forget_when_quiet()),
            asyncio.create_task(self._end_when_alone(linger_seconds)),
        ]
        try:
            await self.finished.wait()
        finally:
            for chore in chores:
                chore.cancel()
            await self._close()

    async def _end_when_alone(self, linger_seconds: float) -> None:
        while not self.finished.is_set():
            await self._alone.wait()
            try:
                await asyncio.wait_for(self._company.wait(), linger_seconds)
            except TimeoutError:
                log.info("Nobody has been here for %.0f s.", linger_seconds)
                self.finished.set()

    async def _close(self) -> None:
        self._nights.activity()
        self._index_thread.end()
        for client in tuple(self._clients):
            client.leave()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for root in tuple(self._residents):
            await self._let_go(root)
        await asyncio.to_thread(self._thinking.close)
        self._index_thread.close()

    # ---- clients

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it leaves."""
        client = Client(writer)
        self._join(client)
        try:
            while line := await reader.readline():
                self._receive(client, line)
        except (ConnectionError, ValueError) as error:  # ValueError: a line longer than the reader's limit
            log.info("A client was lost: %s", error)
        finally:
            await self._part(client)

    def _join(self, client: Client) -> None:
        self._clients.add(client)
        self._alone.clear()
        self._company.set()

    async def _part(self, client: Client) -> None:
        client.leave()
        self._clients.discard(client)
        if not self._clients:
            self._company.clear()
            self._alone.set()
        wanted = set().union(*(other.roots for other in self._clients))
        for root in client.roots - wanted:
            await self._let_go(root)
        self._nights.look_again()

    def _receive(self, client: Client, line: bytes) -> None:
        try:
            message = say.decode_from_client(line)
        except msgspec.DecodeError as error:
            client.refuse(f"The worker did not understand a message: {error}.")
            return
        match message:
            case say.Cancel():
                client.cancel(message.request)
            case say.Activity():
                self._nights.activity()
                self._chores.activity(message.root, message.kind)
                if resident := self._residents.get(message.root):
                    self._noticed(resident, message)
                if message.kind == "save" and message.path:
                    self._index_thread.changed(message.root, frozenset({message.path}))
            case _:
                self._spawn(self._respond(client, message))

    def _noticed(self, resident: Resident, message: say.Activity) -> None:
        if message.path:
            resident.place.noticed(message.path, message.kind)
        if resident.is_due(self._parts.clock.monotonic()):
            self._spawn(self._index_thread.look(resident, active=True))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, client: Client, message: say.ClientMessage) -> None:
        request = client.begin(message.id)
        try:
            result = await self._handlers[type(message)](client, message, request)
        except SleeptimeError as error:
            result = say.Failed(error=type(error).__name__, message=error.message, hint=error.hint)
            if isinstance(error, CorruptStoreError):
                await self._let_go(getattr(message, "root", ""))
        except Exception as error:
            log.exception("Request %s failed", type(message).__name__)
            sentence = f"The worker met an unexpected {type(error).__name__}: {error}."
            result = say.Failed(error="WorkerError", message=sentence, hint="Its log has the details.")
        finally:
            client.end(message.id)
        client.answer(message.id, result)

    # ---- what each message does

    async def _hello(self, client: Client, message: say.Hello, _request: Request) -> say.WorkerMessage:
        if message.version != sleeptime.__version__:
            raise WorkerError(f"The worker that runs is version {sleeptime.__version__}, not {message.version}.")
        client.name, client.settings = message.client, message.settings
        for root in client.roots & self._residents.keys():
            self._residents[root].settings = message.settings
        self._nights.look_again()
        return self._status_now(client)

    async def _status(self, client: Client, message: say.GetStatus, _request: Request) -> say.WorkerMessage:
        return self._status_now(client, message.root)

    async def _shutdown(self, client: Client, _message: say.Shutdown, _request: Request) -> say.WorkerMessage:
        asyncio.get_running_loop().call_later(0.05, self.finished.set)  # after the answer has left
        return self._status_now(client)

    async def _open_repository(
        self, client: Client, message: say.OpenRepository, request: Request
    ) -> say.WorkerMessage:
        resident = await self._resident(client, message.root)
        if client.name == "editor" or not self._has_editor(resident):
            resident.settings = client.settings
        indexed = await self._index(resident, client, message.id, request)
        if resident.stop_watching is None:
            resident.stop_watching = await self._index_thread.watch(resident)
        return indexed

    async def _sleep(self, client: Client, message: say.Sleep, request: Request) -> say.WorkerMessage:
        resident = await self._resident(client, message.root)
        await self._index(resident, client, message.id, request)
        report = client.reporter(message.id, self._parts.clock)
        usual, resident.settings = resident.settings, client.settings  # for this sleep: an editor's come back
        try:
            with self._doing.being("asleep", message.root):
                slept = await self._thinking.sleep_for(resident, message.minutes * 60, request, report)
        finally:
            if self._has_editor(resident):
                resident.settings = usual
        self._tell(say.Changed(root=message.root))
        return slept

    async def _ask(self, client: Client, message: say.Ask, request: Request) -> say.WorkerMessage:
        self._nights.activity()
        resident = await self._indexed_resident(client, message, request)
        place = resident.place
        if not message.fresh and (ready := await asyncio.to_thread(place.ready_answer, message)):
            return ready
        loop = asyncio.get_running_loop()

        def on_text(text: str) -> None:
            loop.call_soon_threadsafe(client.send, say.Piece(id=message.id, text=text))

        lend = self._thinking.lender(client.settings, client.reporter(message.id, self._parts.clock))
        with self._doing.being("answering", message.root):
            return await self._thinking.live(lambda: place.answer(message, lend, request.cancelled, on_text))

    async def _think(self, client: Client, message: say.Think, request: Request) -> say.WorkerMessage:
        self._nights.activity()
        resident = await self._indexed_resident(client, message, request)
        lend = self._thinking.lender(client.settings, client.reporter(message.id, self._parts.clock))
        with self._doing.being("answering", message.root):
            answered = await self._thinking.live(lambda: resident.place.think(message, lend, request.cancelled))
        self._tell(say.Changed(root=message.root, paths=(message.target.path,)))
        return answered

    async def _brief(self, client: Client, message: say.Brief, request: Request) -> say.WorkerMessage:
        resident = await self._indexed_resident(client, message, request)
        answered = await asyncio.to_thread(resident.place.brief, message.since)
        await self._index_thread.look(resident, active=False)
        return answered

    async def _estimate(self, client: Client, message: say.GetEstimate, request: Request) -> say.WorkerMessage:
        resident = await self._indexed_resident(client, message, request)
        return await asyncio.to_thread(resident.place.estimate, client.settings)

    async def _sleep_unasked(self, resident: Resident, give_way: threading.Event) -> say.Slept:
        def report(done: int, total: int, text: str, _unit: str) -> None:
            loop.call_soon_threadsafe(self._tell, self._doing.state(resident.root, text, done, total))

        loop = asyncio.get_running_loop()
        with self._doing.being("asleep", resident.root):
            slept = await self._thinking.sleep_slice(resident, give_way, report)
        if slept.answers:
            self._tell(say.Changed(root=resident.root))
        return slept

    # ---- repositories

    async def _resident(self, client: Client, root: str) -> Resident:
        client.roots.add(root)
        async with self._opening:
            if root not in self._residents:
                place = await asyncio.to_thread(self._parts.open_place, root)
                self._residents[root] = Resident(place, client.settings)
            return self._residents[root]

    def _has_editor(self, resident: Resident) -> bool:
        """Whether an editor has it open, whose settings count before those of a command."""
        return any(client.name == "editor" and resident.root in client.roots for client in self._clients)

    async def _indexed_resident(
        self, client: Client, message: say.Ask | say.Think | say.Brief | say.GetEstimate, request: Request
    ) -> Resident:
        resident = await self._resident(client, message.root)
        if not resident.indexed:
            await self._index(resident, client, message.id, request)
        return resident

    async def _index(self, resident: Resident, client: Client, number: int, request: Request) -> say.Indexed:
        report = client.reporter(number, self._parts.clock)
        return await self._index_thread.index(resident, client.settings, request.cancelled, report)

    async def _let_go(self, root: str) -> None:
        resident = self._residents.pop(root, None)
        if resident is None:
            return
        if resident.stop_watching is not None:
            await asyncio.to_thread(resident.stop_watching)
        await self._index_thread.after_work()  # after the index run in hand
        await self._thinking.after_work(resident.place.close)

    # ---- status

    def _status_now(self, client: Client, root: str = "") -> say.Status:
        name, reason = self._parts.choose_model(client.settings)
        loaded = self._thinking.model_name
        return msgspec.structs.replace(
            self._doing.state(root),
            model=loaded or name,
            model_reason=reason,
            pid=os.getpid(),
            version=sleeptime.__version__,
        )

    def _tell(self, message: say.Changed | say.Status) -> None:
        for client in self._clients:
            if message.root in client.roots:
                client.send(message)
