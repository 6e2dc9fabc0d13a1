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
    BRIEFING_REQUEST,
    CONTROL_REQUEST,
    DELETE_THREAD_REQUEST,
    EXPLAIN_MODULE_COMMAND,
    FEEDBACK_REQUEST,
    FOCUS_NOTIFICATION,
    FORGET_COMMAND,
    MODULES_REQUEST,
    QUESTIONS_REQUEST,
    SHOW_COMMAND,
    STATUS_REQUEST,
    SUGGEST_REQUEST,
    THREAD_REQUEST,
    THREADS_REQUEST,
    AnswerResult,
    AskArguments,
    ExplainModuleArguments,
    QuestionsArguments,
    ShowArguments,
    ShowResult,
)
from sleeptime.lsp.server import REQUEST_FAILED, SleeptimeServer


def register(server: SleeptimeServer) -> None:
    """Teach the server its features; this decides the capabilities that it announces."""
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.SHUTDOWN)(shutdown)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    server.feature(FOCUS_NOTIFICATION)(focus)
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions(resolve_provider=True))(code_lens)
    server.feature(lsp.CODE_LENS_RESOLVE)(resolve_code_lens)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)(code_action)
    surfaces, conversations = server.session.surfaces, server.session.conversations
    for method, answer in (
        (SUGGEST_REQUEST, surfaces.suggest),
        (QUESTIONS_REQUEST, surfaces.questions),
        (ANSWER_REQUEST, surfaces.answer),
        (MODULES_REQUEST, surfaces.modules),
        (STATUS_REQUEST, surfaces.status),
        (THREADS_REQUEST, conversations.threads),
        (THREAD_REQUEST, conversations.thread),
        (DELETE_THREAD_REQUEST, conversations.delete_thread),
        (CONTROL_REQUEST, conversations.control),
        (FEEDBACK_REQUEST, conversations.feedback),
        (BRIEFING_REQUEST, conversations.briefing),
    ):
        server.feature(method)(_answering(answer))
    server.command(ASK_COMMAND)(ask)
    server.command(EXPLAIN_MODULE_COMMAND)(explain_module)
    server.command(SHOW_COMMAND)(show)
    server.command(FORGET_COMMAND)(forget)


def initialize(ls: SleeptimeServer, params: lsp.InitializeParams) -> None:
    ls.session.initialize(params)


async def initialized(ls: SleeptimeServer, _params: lsp.InitializedParams) -> None:
    await ls.session.begin()


async def shutdown(ls: SleeptimeServer, _params: None) -> None:
    await ls.session.close()


def did_save(ls: SleeptimeServer, params: lsp.DidSaveTextDocumentParams) -> None:
    ls.session.active("save", params.text_document.uri)


async def did_change_configuration(ls: SleeptimeServer, params: lsp.DidChangeConfigurationParams) -> None:
    await ls.session.configured(params.settings)


async def hover(ls: SleeptimeServer, params: lsp.HoverParams) -> lsp.Hover | None:
    markdown = await ls.session.hover(params.text_document.uri, params.position)
    ls.session.active("request", params.text_document.uri)
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, markdown)) if markdown else None


def focus(ls: SleeptimeServer, _params: Any) -> None:
    ls.session.focused()


async def ask(ls: SleeptimeServer, *arguments: Any) -> AnswerResult:
    return await ls.session.conversations.ask(_one(ls, AskArguments, arguments, ASK_COMMAND))


async def explain_module(ls: SleeptimeServer, *arguments: Any) -> AnswerResult:
    return await ls.session.conversations.explain_module(
        _one(ls, ExplainModuleArguments, arguments, EXPLAIN_MODULE_COMMAND)
    )


async def show(ls: SleeptimeServer, *arguments: Any) -> ShowResult:
    return await ls.session.documents.show(_one(ls, ShowArguments, arguments, SHOW_COMMAND))


async def forget(ls: SleeptimeServer, *arguments: Any) -> None:
    await ls.session.documents.forget(_one(ls, QuestionsArguments, arguments, FORGET_COMMAND))


async def code_lens(ls: SleeptimeServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    return await ls.session.lenses.lenses(params.text_document.uri)


async def resolve_code_lens(ls: SleeptimeServer, lens: lsp.CodeLens) -> lsp.CodeLens:
    return await ls.session.lenses.resolve(lens)


async def code_action(ls: SleeptimeServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
    return await ls.session.lenses.actions(params)


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
