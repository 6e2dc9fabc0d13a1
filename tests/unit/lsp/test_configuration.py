from types import SimpleNamespace
from typing import Any

from lsprotocol import types as lsp

from sleeptime.lsp.configuration import changed_options, options_in


def test_settings_are_taken_with_or_without_our_name_around_them() -> None:
    given = {"hover": {"enabled": False}}
    assert options_in(given) == options_in({"sleeptime": given}) == given


def test_what_is_null_or_the_clients_own_is_left_out() -> None:
    given = {"hover": None, "answer": {"verbosity": None, "budgetTokens": 500}, "server": {"command": []}, "trace": {}}
    assert options_in(given) == {"answer": {"budgetTokens": 500}}
    assert options_in(None) == options_in([1]) == options_in({"sleeptime": 3}) == {}


class Client:
    def __init__(self, answer: list[Any], *, can_be_asked: bool) -> None:
        self.client_capabilities = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(configuration=can_be_asked)
        )
        self.answer = answer

    async def workspace_configuration_async(self, params: lsp.ConfigurationParams) -> list[Any]:
        assert [item.section for item in params.items] == ["sleeptime"]
        return self.answer


async def test_a_client_that_can_be_asked_is_asked_and_others_are_believed() -> None:
    asked, sent = {"hover": {"enabled": False}}, {"sleeptime": {"hover": {"enabled": True}}}
    assert await changed_options(Client([asked], can_be_asked=True), sent) == asked  # type: ignore[arg-type]
    assert await changed_options(Client([], can_be_asked=False), sent) == sent["sleeptime"]  # type: ignore[arg-type]
    nobody = SimpleNamespace(client_capabilities=lsp.ClientCapabilities())
    assert await changed_options(nobody, sent) == sent["sleeptime"]  # type: ignore[arg-type]
