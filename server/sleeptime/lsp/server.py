"""Pygls, with what it does not do: commands that can be cancelled, bad requests that are answered, buffers cut into
lines as the protocol says, and a standard input that costs no thread.
"""

import asyncio
import logging
import os
import stat
import sys
import threading
from collections.abc import Generator
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCNotification, LanguageServerProtocol, lsp_method

import sleeptime
from sleeptime.core.errors import SleeptimeError
from sleeptime.core.meeting import log_directory
from sleeptime.core.ports import Clock
from sleeptime.lsp.protocol import REQUEST_MESSAGES, converter
from sleeptime.lsp.session import Session

REQUEST_FAILED = -32803
"""LSP's code for a request that was understood and could not be fulfilled."""

log = logging.getLogger(__name__)


class SleeptimeProtocol(LanguageServerProtocol):
    """The protocol's built-in handlers, where ours differ."""

    _server: "SleeptimeServer"

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]  # theirs is cached
        """LSP's messages, and our own."""
        return REQUEST_MESSAGES.get(method) or super().get_message_type(method)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Pygls leaves a request whose parameters make no sense without any answer; the editor would wait for ever."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            return JsonRPCNotification(method="$/badMessage", jsonrpc=self.VERSION, params=None)

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Generator[Any, Any, lsp.InitializeResult]:
        """Also says where the logs are, so that an editor can show them."""
        result: lsp.InitializeResult = yield from super().lsp_initialize(params)
        result.capabilities.experimental = {"logDirectory": str(log_directory())}
        return result

    @lsp_method(lsp.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]  # pygls takes coroutines as well
        self, params: lsp.ExecuteCommandParams
    ) -> Any:
        """One task for the whole command, so that `$/cancelRequest` reaches it: pygls cancels a future beside it."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command}.")
        try:
            return await handler(*(params.arguments or []))
        except SleeptimeError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> None:
        """The session keeps the buffers; pygls' own would cut lines at form feeds too."""
        self._server.session.opened(params.text_document)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> None:
        """Edits, in order."""
        self._server.session.changed(params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> None:
        """The file on disk counts again."""
        self._server.session.closed(params.text_document.uri)

    @lsp_method(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(
        self, params: lsp.DidChangeWorkspaceFoldersParams
    ) -> Generator[Any, Any, None]:
        """The session keeps the folders."""
        added, removed = ([folder.uri for folder in folders] for folders in (params.event.added, params.event.removed))
        yield self._server.session.change_folders, (added, removed), None


class SleeptimeServer(LanguageServer):
    """The language server of one editor."""

    protocol: SleeptimeProtocol

    def __init__(self, clock: Clock) -> None:
        super().__init__(
            "sleeptime",
            sleeptime.__version__,
            protocol_cls=SleeptimeProtocol,
            converter_factory=converter,
            max_workers=1,
        )
        self.session = Session(self, clock)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: pygls would show it to the person, who can do nothing about it."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def serve_stdio(self) -> None:
        """Until `exit` or the end of the input. Exits with 0 after a `shutdown`, else with 1."""
        protocol_output = _claim_stdout()
        self.protocol.set_writer(StdoutWriter(protocol_output))
        try:
            asyncio.run(self._read())
        except (BrokenPipeError, asyncio.IncompleteReadError):
            log.info("The editor is gone.")
        sys.exit(1)

    async def _read(self) -> None:
        reader = await _stdin_reader() or StdinAsyncReader(sys.stdin.buffer, self.thread_pool)
        try:
            await run_async(threading.Event(), reader, self.protocol, log, self.report_server_error)
        finally:
            await self.session.close()


def _claim_stdout() -> Any:
    """Our own handle on standard output; whatever else prints there goes to standard error from now on."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


async def _stdin_reader() -> asyncio.StreamReader | None:
    """Standard input read by the event loop itself, which saves three thread switches a message; None where that
    cannot be (Windows, plain files and devices, or input and output that are one socket, which must keep blocking on
    writes).
    """
    mode = os.fstat(0).st_mode
    if os.name == "nt" or not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) or _same_file(0, 1):
        return None
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _same_file(one: int, other: int) -> bool:
    return os.path.samestat(os.fstat(one), os.fstat(other))
