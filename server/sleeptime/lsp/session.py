"""What the editor's process knows: settings, folders, buffers, and the line to the worker."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from sleeptime.core import messages as say
from sleeptime.core.errors import RepositoryError, SettingsError, SleeptimeError, StoreError
from sleeptime.core.estimates import in_words
from sleeptime.core.ports import Clock
from sleeptime.core.settings import Settings, merged, parse_settings, read_user_settings, write_user_setting
from sleeptime.core.types import Outline
from sleeptime.lsp.buffers import Buffer
from sleeptime.lsp.configuration import changed_options, follow, options_in
from sleeptime.lsp.consent import ask_consent, can_ask
from sleeptime.lsp.conversation import Conversations
from sleeptime.lsp.convert import Point, path_of, to_point
from sleeptime.lsp.folders import Folder, open_around, open_folder
from sleeptime.lsp.lenses import Lenses
from sleeptime.lsp.news import News
from sleeptime.lsp.protocol import STATUS_NOTIFICATION, AnswerPiece
from sleeptime.lsp.results import status_params
from sleeptime.lsp.show import Show
from sleeptime.lsp.surfaces import Surfaces
from sleeptime.lsp.work_done import WorkDone
from sleeptime.lsp.worker_client import WorkerClient

if TYPE_CHECKING:
    from sleeptime.lsp.server import SleeptimeServer

ACTIVITY_SECONDS = 1.0
"""The worker is told of hovers and edits at most once in this time: it only asks how long it has been quiet."""

SLEEP_MINUTES = 60.0
"""How long a person who says "sleep now", and no more, means."""

log = logging.getLogger(__name__)


class Session:
    """One editor's session. Everything runs on the event loop's thread; what reads disks goes to a thread."""

    def __init__(self, server: "SleeptimeServer", clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self.settings = Settings()
        self._options: Mapping[str, Any] = {}
        self._problems: list[str] = []
        self._shown: set[str] = set()
        self._roots: list[Path] = []
        self._opening = asyncio.Lock()
        self.folders: list[Folder] = []
        self._places: dict[str, tuple[Folder, str] | None] = {}
        self._buffers: dict[str, Buffer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sleeping: dict[str, WorkDone] = {}
        self._ready = asyncio.Event()
        self._indexed = asyncio.Event()
        self._told_at = 0.0
        self.encoding = "utf-16"
        self._news = News(server)
        self.worker = WorkerClient("editor", self.settings, self._heard)
        self.surfaces = Surfaces(self)
        self.conversations = Conversations(self)
        self.lenses = Lenses(self)
        self.documents = Show(self)

    # ---- life

    def initialize(self, params: lsp.InitializeParams) -> None:
        """Take the editor's settings and folders; nothing is opened yet."""
        self._options = options_in(params.initialization_options)
        self._read_settings()
        self.encoding = lsp.PositionEncodingKind(self._server.workspace.position_encoding or "utf-16").value
        folders = [folder.uri for folder in params.workspace_folders or []] or [params.root_uri or ""]
        self._roots = [path for uri in folders if (path := path_of(uri))]

    async def begin(self) -> None:
        """Open the folders, meet the worker, and put the one question of the first start."""
        for problem in self._problems:
            self._show(problem)
        await self._add(self._roots)
        self._ready.set()
        self._spawn(self.worker.keep_connected(self._connected))
        self._spawn(follow(self._server))
        if self.settings.sleep.consent == "ask" and can_ask(self._server):
            self._spawn(self._ask_consent())

    async def configured(self, sent: Any) -> None:
        """The person changed settings in the editor: they hold from now on, in the worker too."""
        self._options = await changed_options(self._server, sent)
        self._read_settings()
        for problem in self._problems:
            self._show(problem)
        await self._greet_again()

    async def close(self) -> None:
        """Hang up and let go of everything."""
        self._news.close()
        for task in self._tasks:
            task.cancel()
        await self.worker.close()
        for folder in self.folders:
            folder.close()

    def _read_settings(self) -> None:
        problems: list[str] = []
        try:
            user = read_user_settings()
        except SettingsError as error:
            user = {}
            problems.append(str(error))
        self.settings, more = parse_settings(merged(user, self._options))
        self._problems = [*problems, *more]
        self.worker.settings = self.settings

    async def _greet_again(self) -> None:
        """Other settings, so perhaps another model and another verdict on sleep: the editor is told for each folder."""
        await self.worker.greet_again()
        for folder in self.folders if self.worker.connected else ():
            self._heard(await self.worker.request(say.GetStatus(root=folder.root)))

    async def _ask_consent(self) -> None:
        await self._indexed.wait()
        answer = await ask_consent(self._server, await self._estimate())
        if answer is None:
            return
        try:
            write_user_setting("sleep", "consent", answer)
        except SettingsError as error:
            self._show(str(error))
            return
        self._read_settings()
        await self._greet_again()

    async def _estimate(self) -> str:
        """What thinking would take; "" if nobody can tell, for the question is asked all the same."""
        try:
            estimated = await self.worker.request(say.GetEstimate(root=self.folders[0].root))
        except (SleeptimeError, IndexError) as error:
            log.info("There is no estimate: %s", error)
            return ""
        assert isinstance(estimated, say.Estimated)
        return in_words(estimated)

    # ---- folders and documents

    async def change_folders(self, added: list[str], removed: list[str]) -> None:
        """The person added folders to the workspace or took some away, given by their URIs."""
        gone = {path_of(uri) for uri in removed}
        for folder in [folder for folder in self.folders if folder.path in gone]:
            self.folders.remove(folder)
            folder.close()
        before = len(self.folders)
        await self._add([path for uri in added if (path := path_of(uri))])
        if self.worker.connected:
            for folder in self.folders[before:]:
                self._spawn(self._index(folder))

    async def _open_around(self, uri: str, file: Path) -> None:
        """Without a workspace, a file's own repository or folder is opened for it."""
        async with self._opening:
            if self.place(uri) is not None:
                return
            try:
                folder = await asyncio.to_thread(open_around, file, self._clock)
            except RepositoryError as error:
                log.info("%s is on its own: %s", file, error)
                return
            self.folders.append(folder)
            self._places.clear()
            if self.worker.connected:
                self._spawn(self._index(folder))

    async def _add(self, paths: list[Path]) -> None:
        for path in paths:
            try:
                self.folders.append(await asyncio.to_thread(open_folder, path, self._clock))
            except RepositoryError as error:
                self._show(str(error))
        self._places.clear()

    def opened(self, document: lsp.TextDocumentItem) -> None:
        """A document is open in the editor; its text on disk no longer counts."""
        path = path_of(document.uri)
        if path is not None:
            self._buffers[document.uri] = Buffer(path.name, document.text, document.version)
            if not self._roots and path.is_file():
                self._spawn(self._open_around(document.uri, path))
            self.active("open", document.uri)
            if found := self.place(document.uri):
                found[0].opened(found[1])

    def changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        """The person typed."""
        buffer = self._buffers.get(params.text_document.uri)
        if buffer is not None:
            buffer.change(params.content_changes, params.text_document.version, self.encoding)
            self.active("change", params.text_document.uri)

    def closed(self, uri: str) -> None:
        """The document's text on disk counts again."""
        self._buffers.pop(uri, None)
        if found := self.place(uri):
            found[0].closed(found[1])

    def active(self, kind: Any, uri: str) -> None:
        """The person is here: tell the worker, but not with every keystroke."""
        now = self._clock.monotonic()
        found = self.place(uri)
        if found is None or (kind in ("request", "change") and now - self._told_at < ACTIVITY_SECONDS):
            return
        self._told_at = now
        self.worker.tell(say.Activity(root=found[0].root, kind=kind, path=found[1]))

    def focused(self) -> None:
        """The person is back at the editor's window: changes made elsewhere, of which no event told, are looked for."""
        for folder in self.folders:
            self.worker.tell(say.Activity(root=folder.root, kind="focus"))

    def place(self, uri: str) -> tuple[Folder, str] | None:
        """The innermost folder that holds a document, and its path there."""
        if uri not in self._places:
            path = path_of(uri)
            found = [(f, inside) for f in self.folders if path and (inside := f.relative(path)) is not None]
            self._places[uri] = min(found, key=lambda place: len(place[1]), default=None)
        return self._places[uri]

    # ---- questions

    async def hover(self, uri: str, position: lsp.Position) -> str | None:
        """Markdown about the name at a position, or None at once."""
        found = self.place(uri) if self.settings.hover.enabled else None
        buffer = self._buffers.get(uri)
        if found is None or found[0].view is None or buffer is None:
            return None
        folder, path = found
        point = to_point(buffer.lines, position.line, position.character, self.encoding)
        try:
            markdown = folder.hover(path, point, await self.unsaved(folder, path, uri), buffer.data())
        except StoreError as error:
            log.warning("A hover could not be read: %s", error)
            self._spawn(self._refresh(folder))
            return None
        if folder.has_unfinished:
            self._spawn(asyncio.to_thread(folder.finish))
        return markdown

    async def cursor(self, uri: str | None, position: lsp.Position | None) -> tuple[Folder, str, Point]:
        """Which folder is meant, the file in it ("" for none), and the place in that file.

        Raises:
            RepositoryError: no folder is open, or none that holds the file.
        """
        await self._ready.wait()
        found = self.place(uri) if uri else None
        if uri and found is None:
            raise RepositoryError(f"{uri} is in no folder of this workspace.", "Open the folder that holds it.")
        if not self.folders:
            raise RepositoryError("No folder is open, so there is nothing to ask about.", "Open a folder first.")
        folder, path = found or (self.folders[0], "")
        buffer = self._buffers.get(uri or "")
        if position is None or buffer is None:
            return folder, path, Point(0, 0)
        return folder, path, to_point(buffer.lines, position.line, position.character, self.encoding)

    async def unsaved(self, folder: Folder, path: str, uri: str) -> Outline | None:
        """What an open document says where it differs from the index."""
        buffer = self._buffers.get(uri)
        return None if buffer is None or folder.is_saved(path, buffer.blob()) else await buffer.outline()

    def lines(self, uri: str) -> list[str]:
        """The lines of an open document, each with its end; [] if it is not open."""
        buffer = self._buffers.get(uri)
        return buffer.lines if buffer else []

    # ---- the editor

    def stream(self, token: str | int, text: str) -> None:
        """Send a piece of the answer that the editor waits for under a token."""
        self._server.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, AnswerPiece(text)))

    @property
    def capabilities(self) -> lsp.ClientCapabilities:
        """What the editor can do."""
        return self._server.client_capabilities

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    async def show_document(self, params: lsp.ShowDocumentParams) -> bool:
        """Have the editor open a document; whether it did."""
        try:
            return (await self._server.window_show_document_async(params)).success
        except JsonRpcException:
            return False

    # ---- the worker

    def sleep(self, folder: Folder, minutes: float) -> None:
        """Think about a folder now, for so long (0: an hour), because a person said so."""
        self._spawn(self._sleep(say.Sleep(root=folder.root, minutes=minutes or SLEEP_MINUTES)))

    async def _sleep(self, message: say.Sleep) -> None:
        try:
            await self.worker.request(message)
        except SleeptimeError as error:
            self._show(str(error))

    async def _connected(self) -> None:
        for folder in self.folders:
            self._spawn(self._index(folder))

    async def _index(self, folder: Folder) -> None:
        try:
            async with WorkDone(self._server, f"Indexing {folder.path.name}") as progress:
                await self.worker.request(say.OpenRepository(root=folder.root), progress.on_reply)
            await self._refresh(folder)
            await asyncio.to_thread(folder.look_ahead, everything=True)
        except SleeptimeError as error:
            self._show(str(error))
        finally:
            self._indexed.set()

    async def _refresh(self, folder: Folder, *, look_ahead: bool = False) -> None:
        try:
            await asyncio.to_thread(folder.refresh)
            if look_ahead:
                await asyncio.to_thread(folder.look_ahead, everything=False)
        except StoreError as error:
            self._show(str(error))

    def _heard(self, message: say.AnyWorkerMessage) -> None:
        """What the worker says without being asked."""
        match message:
            case say.Status():
                self._server.protocol.notify(STATUS_NOTIFICATION, status_params(message))
                self._spawn(self._show_sleep(message))
            case say.Changed():
                self._news.take(message)
                for folder in self.folders:
                    if folder.root == message.root:
                        self._spawn(self._refresh(folder, look_ahead=bool(message.paths)))
            case _:
                log.info("The worker said %s.", message)

    async def _show_sleep(self, status: say.Status) -> None:
        progress = self._sleeping.get(status.root)
        if status.state != "asleep":
            if self._sleeping.pop(status.root, None) and progress:
                await progress.__aexit__(None, None, None)
        elif progress is None:
            progress = self._sleeping[status.root] = WorkDone(self._server, "Thinking while it is quiet")
            await progress.__aenter__()
            if self._sleeping.get(status.root) is not progress:
                await progress.__aexit__(None, None, None)
        else:
            progress.report(status.jobs_done, status.jobs_total, status.detail)

    def _show(self, sentence: str) -> None:
        """Show a sentence to the person, once."""
        if sentence not in self._shown:
            self._shown.add(sentence)
            self._server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, sentence))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Something in the background failed", exc_info=error)
