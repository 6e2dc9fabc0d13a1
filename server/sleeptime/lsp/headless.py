"""An editor without a screen: drives a real server process over stdio, and times what a person would wait for.

The demo and the benchmarks use it, so that what they show has gone through the whole protocol.
"""

import asyncio
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

import sleeptime
from sleeptime.core.errors import WorkerError
from sleeptime.lsp.protocol import CHANGED_NOTIFICATION, STATUS_NOTIFICATION

SERVER = (sys.executable, "-P", "-m", "sleeptime", "serve")
"""The command that an editor runs; `-P` keeps the repository's own modules out of it."""


class HeadlessEditor:
    """One editor with one folder open; use it as an async context manager. Positions are UTF-8 columns."""

    def __init__(self, root: Path, settings: dict[str, Any] | None = None) -> None:
        self._root = root
        self._settings = settings or {}
        self._client = LanguageClient("sleeptime-headless", sleeptime.__version__)
        for notification in (STATUS_NOTIFICATION, CHANGED_NOTIFICATION):
            self._client.feature(notification)(lambda _params: None)
        self._opened: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._client.start_io(*SERVER)
        encodings = lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind.Utf8])
        await self._client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(general=encodings),
                workspace_folders=[lsp.WorkspaceFolder(self._root.as_uri(), self._root.name)],
                initialization_options=self._settings,
            )
        )
        self._client.initialized(lsp.InitializedParams())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]  # pygls leaves it untyped

    def open(self, path: str) -> str:
        """Open a file as an editor does, once; returns its URI."""
        uri = (self._root / path).as_uri()
        if path not in self._opened:
            self._opened.add(path)
            text = (self._root / path).read_text("utf-8")
            item = lsp.TextDocumentItem(uri, language_id=Path(path).suffix.lstrip("."), version=1, text=text)
            self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    async def hover(self, path: str, line: int, column: int) -> tuple[str, float]:
        """The hover's Markdown ("" if there is none) and the milliseconds it took."""
        where = lsp.HoverParams(lsp.TextDocumentIdentifier(self.open(path)), lsp.Position(line, column))
        started = time.perf_counter()
        found = await self._client.text_document_hover_async(where)
        elapsed_ms = (time.perf_counter() - started) * 1000
        text = found.contents.value if found and isinstance(found.contents, lsp.MarkupContent) else ""
        return text, elapsed_ms

    async def ask(self, question: str) -> tuple[dict[str, Any], float]:
        """The answer to `sleeptime.ask` as PROTOCOL.md describes it, and the milliseconds it took.

        Raises:
            WorkerError: the server answered with something else.
        """
        command = lsp.ExecuteCommandParams("sleeptime.ask", arguments=[{"question": question}])
        started = time.perf_counter()
        answer = await self._client.workspace_execute_command_async(command)
        elapsed_ms = (time.perf_counter() - started) * 1000
        plain = answer if isinstance(answer, dict) else _as_dict(answer)
        if not plain:
            raise WorkerError(f"The server gave no answer to {question!r}.")
        return plain, elapsed_ms

    async def settle(self, seconds: float) -> None:
        """Let the server finish what it does after opening, as a person who has not started yet."""
        await asyncio.sleep(seconds)


def _as_dict(value: object) -> dict[str, Any]:
    """Pygls turns JSON objects into named tuples; this turns them back."""
    fields = value._asdict() if hasattr(value, "_asdict") else {}
    return {name: _plain(item) for name, item in fields.items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return _as_dict(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value
