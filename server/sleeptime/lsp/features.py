"""What the editor may ask. A handler translates, calls, translates back."""

from collections.abc import Awaitable, Callable
from typing import Any

import cattrs
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from sleeptime.core.errors import SleeptimeError
from sleeptime.lsp.protocol import (
    ANSWER_REQUEST,
    ASK_COMMAND,
    EXPLAIN_MODULE_COMMAND,
    FOCUS_NOTIFICATION,
    MODULES_REQUEST,
    QUESTIONS_REQUEST,
    STATUS_REQUEST,
    SUGGEST_REQUEST,
    AnswerResult,
    AskArguments,
    ExplainModuleArguments,
)
from sleeptime.lsp.server import REQUEST_FAILED, SleeptimeServer


def register(server: SleeptimeServer) -> None:
    """Teach the server its features; this decides the capabilities that it announces."""
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.SHUTDOWN)(shutdown)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)
    server.feature(FOCUS_NOTIFICATION)(focus)
    surfaces = server.session.surfaces
    for method, answer in (
        (SUGGEST_REQUEST, surfaces.suggest),
        (QUESTIONS_REQUEST, surfaces.questions),
        (ANSWER_REQUEST, surfaces.answer),
        (MODULES_REQUEST, surfaces.modules),
        (STATUS_REQUEST, surfaces.status),
    ):
        server.feature(method)(_answering(answer))
    server.command(ASK_COMMAND)(ask)
    server.command(EXPLAIN_MODULE_COMMAND)(explain_module)


def initialize(ls: SleeptimeServer, params: lsp.InitializeParams) -> None:
    ls.session.initialize(params)


async def initialized(ls: SleeptimeServer, _params: lsp.InitializedParams) -> None:
    await ls.session.begin()


async def shutdown(ls: SleeptimeServer, _params: None) -> None:
    await ls.session.close()


def did_save(ls: SleeptimeServer, params: lsp.DidSaveTextDocumentParams) -> None:
    ls.session.active("save", params.text_document.uri)


async def hover(ls: SleeptimeServer, params: lsp.HoverParams) -> lsp.Hover | None:
    markdown = await ls.session.hover(params.text_document.uri, params.position)
    ls.session.active("request", params.text_document.uri)
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, markdown)) if markdown else None


def focus(ls: SleeptimeServer, _params: Any) -> None:
    ls.session.focused()


async def ask(ls: SleeptimeServer, *arguments: Any) -> AnswerResult:
    return await ls.session.ask(_one(ls, AskArguments, arguments, ASK_COMMAND))


async def explain_module(ls: SleeptimeServer, *arguments: Any) -> AnswerResult:
    return await ls.session.explain_module(_one(ls, ExplainModuleArguments, arguments, EXPLAIN_MODULE_COMMAND))


def _answering(answer: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
    """A handler of one of our own requests: its failures are sentences for the person."""

    async def handle(params: Any) -> Any:
        try:
            return await answer(params)
        except SleeptimeError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error

    return handle


def _one(ls: SleeptimeServer, kind: Any, arguments: tuple[Any, ...], command: str) -> Any:
    """The one argument of a command.

    Raises:
        JsonRpcInvalidParams: with a sentence that says what is wrong.
    """
    try:
        (argument,) = arguments
        return ls.protocol.fm.converter.structure(argument, kind)
    except (ValueError, cattrs.BaseValidationError, LookupError, TypeError) as error:
        wanted = ", ".join(field.name for field in kind.__attrs_attrs__ if field.default is not None)
        raise JsonRpcInvalidParams(f"{command} takes one object with at least: {wanted}.") from error
