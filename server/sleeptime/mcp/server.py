"""Process 3, on demand: `sleeptime mcp` gives agents the same answers, over standard input and output.

Reads the store itself and asks the worker as every client does. Deliberately absent: any tool that writes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

import sleeptime
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError
from sleeptime.mcp.library import Library
from sleeptime.mcp.shapes import AnswerShape, Explanation, Overview, ReadyQuestion, SymbolShape, from_answered

INSTRUCTIONS = """\
Answers about one code repository that a local model worked out ahead of time and that were checked against the code,
and exact facts from its syntax tree and reference graph. Nothing leaves this machine. Prefer `overview` to listing
files, and `find_symbol` and `explain` to searching text; `ask` takes a whole question, and `suggest` tells which are
answered already. Answers cite `path:start-end`; one that is not `fresh` was written before its code changed."""

READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Talk = Callable[[say.ClientMessage, Callable[[say.AnyWorkerMessage], None]], Awaitable[say.AnyWorkerMessage]]
"""Puts a request to the worker; the callback hears of its progress."""

Returned = TypeVar("Returned")


class Tools:
    """The tools: each translates one look-up, or one question to the worker. Errors are sentences for the agent."""

    def __init__(self, root: Path, library: Library, talk: Talk) -> None:
        self._root = str(root)
        self._library = library
        self._talk = talk
        self._indexed: asyncio.Task[Any] | None = None
        self._looking = asyncio.Lock()  # the library is read by one at a time

    @asynccontextmanager
    async def lifespan(self, _server: MCPServer[None]) -> AsyncIterator[None]:
        """Have the repository indexed and watched from the start, without anyone waiting for that yet."""
        self._indexed = asyncio.create_task(self._ask_worker(say.OpenRepository(root=self._root)))
        try:
            yield
        finally:
            self._indexed.cancel()
            await asyncio.to_thread(self._library.close)

    async def ask(
        self, question: str, context: Context[None], path: str = "", line: int = 1, verbosity: int = 1
    ) -> AnswerShape:
        """Answer a question about the repository, with citations. Ready answers take milliseconds; others are written
        now by a small local model, which may take half a minute. `path` and `line` (from one) say what "this" means.
        """
        pieces = 0

        def on_reply(reply: say.AnyWorkerMessage) -> None:
            nonlocal pieces
            if isinstance(reply, say.Piece):
                pieces += 1
                self._report(context, pieces)

        asked = say.Ask(root=self._root, question=question, path=path, line=max(0, line - 1), verbosity=verbosity)
        answered = await self._ask_worker(asked, on_reply)
        assert isinstance(answered, say.Answered)
        return from_answered(answered)

    async def suggest(self, text: str = "", limit: int = 8) -> list[ReadyQuestion]:
        """Questions whose answers are ready, best first: those that have all the words of `text`, the last of which
        may be a beginning.
        """
        return await self._look_up(lambda: self._library.suggest(text, limit))

    async def explain(self, name: str) -> list[Explanation]:
        """All that is known about a file (`src/app.py`) or a symbol (`Flask.wsgi_app`): where it is, its signature, who
        calls it, what it raises and overrides, which tests exercise it, and what was written about it.
        """
        return await self._look_up(lambda: self._library.explain(name))

    async def overview(self) -> Overview:
        """The repository's packages, most central first, with what was written about each and about the whole."""
        return await self._look_up(self._library.overview)

    async def find_symbol(self, name: str, limit: int = 20) -> list[SymbolShape]:
        """Where classes, functions, methods, … of a name (`wsgi_app`, `Flask.wsgi_app`) are defined."""
        return await self._look_up(lambda: self._library.find_symbol(name, limit))

    async def _look_up(self, look: Callable[[], Returned]) -> Returned:
        assert self._indexed is not None
        await self._indexed
        try:
            async with self._looking:
                return await asyncio.to_thread(look)
        except SleeptimeError as error:
            raise ToolError(str(error)) from error

    async def _ask_worker(
        self, message: say.ClientMessage, on_reply: Callable[[say.AnyWorkerMessage], None] = lambda _reply: None
    ) -> say.AnyWorkerMessage:
        try:
            return await self._talk(message, on_reply)
        except SleeptimeError as error:
            raise ToolError(str(error)) from error

    def _report(self, context: Context[None], pieces: int) -> None:
        task = asyncio.ensure_future(context.report_progress(pieces, None, "writing an answer"))
        task.add_done_callback(lambda done: done.exception())


def build_server(tools: Tools) -> MCPServer[None]:
    """The server with its tools; `run("stdio")` serves one agent until it hangs up."""
    server: MCPServer[None] = MCPServer(
        "sleeptime",
        title="Sleeptime",
        instructions=INSTRUCTIONS,
        version=sleeptime.__version__,
        lifespan=tools.lifespan,
        log_level="WARNING",
    )
    for tool in (tools.ask, tools.suggest, tools.explain, tools.overview, tools.find_symbol):
        server.add_tool(tool, annotations=READ_ONLY)
    return server
