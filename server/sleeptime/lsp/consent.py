"""The one question of the first start: may Sleeptime think while the person is away?"""

from typing import TYPE_CHECKING, Literal

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from sleeptime.lsp.server import SleeptimeServer

QUESTION = (
    "May Sleeptime think about your code while you are away? It runs a language model and stops when you are back. "
    "{estimate} You can change this in the settings at any time."
)
YES, LATER, NEVER = "Yes", "Not now", "Never"


def can_ask(server: "SleeptimeServer") -> bool:
    """Whether the editor shows messages with buttons."""
    window = server.client_capabilities.window
    return window is not None and window.show_message is not None


async def ask_consent(server: "SleeptimeServer", estimate: str) -> Literal["yes", "no"] | None:
    """The person's answer; None if it was postponed or the question was closed. `estimate` says what it would take."""
    actions = [lsp.MessageActionItem(title) for title in (YES, LATER, NEVER)]
    params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, QUESTION.format(estimate=estimate), actions)
    chosen = await server.window_show_message_request_async(params)
    if chosen is None or chosen.title == LATER:
        return None
    return "yes" if chosen.title == YES else "no"
