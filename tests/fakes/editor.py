"""An editor for tests: a client of the real server process, and what it was told."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pytest_lsp import LanguageClient


class Editor:
    """A client with one or more folders open, and what it was told."""

    def __init__(self, client: LanguageClient, statuses: list[Any]) -> None:
        self.client = client
        self.statuses = statuses
        self.pid: int = client._server.pid

    def open(self, file: Path, text: str | None = None) -> str:
        uri = file.as_uri()
        content = file.read_text("utf-8") if text is None else text
        document = lsp.TextDocumentItem(uri, language_id="python", version=1, text=content)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        return uri

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        where = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line, character))
        found = await self.client.text_document_hover_async(where)
        return found.contents.value if found else None

    async def command(self, name: str, *arguments: Any) -> Any:
        params = lsp.ExecuteCommandParams(name, list(arguments))
        return plain(await self.client.workspace_execute_command_async(params))

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        return plain(await self.client.protocol.send_request_async(method, params))

    async def untyped(self, method: str, params: Any) -> Any:
        """A request whose result is left as it comes: lsprotocol takes a code action with a command for a command."""
        protocol = self.client.protocol
        asking = protocol.send_request(method, params)
        protocol._result_types.update(dict.fromkeys(protocol._result_types, None))
        return plain(await asyncio.wrap_future(asking))

    async def indexed(self, file: Path, line: int = 5, character: int = 7) -> str:
        """Open a file and wait until hovers know it."""
        uri = self.open(file)
        await until(lambda: self.hover(uri, line, character))
        return uri


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(30):
        while not (value := await holds()):  # noqa: ASYNC110 - what is awaited happens in other processes
            await asyncio.sleep(0.02)
        return value


def plain(value: Any) -> Any:
    """Pygls turns the outermost JSON object into a named tuple, and some below it too; this turns them back."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
