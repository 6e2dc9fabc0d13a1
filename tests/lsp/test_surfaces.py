"""Ready questions and answers through the real server process."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from fakes.editor import Editor, plain, until
from fakes.home import Home

OpenEditor = Any
SELL = 11
"""The line of `def sell` in shop.py."""


async def thought_about(editor: Editor, file: Path) -> str:
    """Open a file and wait until something was written about its module."""
    uri = await editor.indexed(file)
    await editor.command("sleeptime.explainModule", {"uri": uri})
    return uri


async def test_suggestions_at_the_cursor_are_about_what_stands_there(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        found = await editor.request("sleeptime/suggest", {"uri": uri, "position": {"line": SELL, "character": 9}})
        assert {question["symbol"] for question in found} == {"Shop.sell"}
        assert "Who calls `Shop.sell`?" in [question["question"] for question in found]
        assert found[0]["range"]["start"]["line"] == SELL


async def test_a_suggestion_opens_its_answer(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await thought_about(editor, shop / "shop.py")
        (found, *_) = await editor.request("sleeptime/suggest", {"text": "what is shop.py"})
        assert found["preview"]
        answer = await editor.request("sleeptime/answer", {"id": found["id"]})
        assert (answer["question"], answer["source"], answer["fresh"]) == (found["question"], "cache", True)
        facts = await editor.request("sleeptime/suggest", {"text": "who calls Till"})
        answer = await editor.request("sleeptime/answer", {"id": facts[0]["id"]})
        assert answer["source"] == "facts"


async def test_the_explorer_knows_what_was_thought(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await thought_about(editor, shop / "shop.py")
        tree = await editor.request("sleeptime/modules", {})
        assert [(module["path"], module["state"], module["fresh"]) for module in tree["modules"]] == [
            ("shop.py", "ready", 1)
        ]
        (question,) = await editor.request("sleeptime/questions", {"uri": uri})
        assert question["fresh"]
        (shop / "shop.py").write_text("class Shop: ...\n")
        editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

        async def stale() -> bool:
            tree = await editor.request("sleeptime/modules", {})
            return tree["modules"][0]["state"] == "stale"

        assert await until(stale)
        assert await editor.request("sleeptime/suggest", {"text": "what is shop.py"}) == []
        (question,) = await editor.request("sleeptime/questions", {"uri": uri})
        assert not question["fresh"]


async def test_the_status_can_be_asked_for(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        status = await editor.request("sleeptime/getStatus", {})
        assert status["state"] == "awake"


async def test_a_conversation_is_understood_kept_found_and_deleted(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        first = await editor.command("sleeptime.ask", {"question": "What does `Shop.sell` raise?"})
        again = await editor.command("sleeptime.ask", {"question": "and who calls it?", "thread": first["thread"]})
        assert again["question"] == "Who calls `Shop.sell`?"
        (thread,) = await editor.request("sleeptime/threads", {"query": "raise"})
        assert (thread["id"], thread["title"], thread["turns"]) == (first["thread"], "What does `Shop.sell` raise?", 2)
        assert await editor.request("sleeptime/threads", {"query": "zeppelin"}) == []
        turns = await editor.request("sleeptime/thread", {"id": first["thread"]})
        assert [turn["asked"] for turn in turns] == ["What does `Shop.sell` raise?", "and who calls it?"]
        assert turns[0]["answer"]["markdown"] == first["markdown"]
        await editor.request("sleeptime/deleteThread", {"id": first["thread"]})
        assert await editor.request("sleeptime/threads", {}) == []


async def test_an_answer_offers_follow_ups_that_are_answered(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        answer = await editor.command("sleeptime.ask", {"question": "What does `Shop.sell` raise?"})
        assert len(answer["followUps"]) == 3
        for follow_up in map(plain, answer["followUps"]):
            opened = await editor.request("sleeptime/answer", {"id": follow_up["id"]})
            assert opened["question"] == follow_up["question"] != answer["question"]


async def test_lenses_count_fresh_answers_and_show_them(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, capabilities=lsp.ClientCapabilities()) as editor:
        uri = await thought_about(editor, shop / "shop.py")
        where = lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))
        (lens,) = await editor.client.text_document_code_lens_async(where)
        assert lens.command is None
        lens = await editor.client.code_lens_resolve_async(lens)
        assert (lens.command.title, lens.command.command) == ("1 answer", "sleeptime.show")
        shown = await editor.command(lens.command.command, *map(plain, lens.command.arguments))
        assert shown["uri"] is None
        assert "## What is `shop.py` for?" in shown["markdown"]


async def test_what_is_shown_opens_as_a_document_outside_the_working_tree(
    open_editor: OpenEditor, shop: Path, home: Home
) -> None:
    window = lsp.WindowClientCapabilities(show_document=lsp.ShowDocumentClientCapabilities(support=True))
    can = lsp.ClientCapabilities(window=window)
    async with open_editor(shop, capabilities=can) as editor:
        uri = await editor.indexed(shop / "shop.py")
        argument = {"uri": uri, "symbol": "Shop.sell", "intent": "impact"}
        shown = await editor.command("sleeptime.show", argument)
        (opened,) = editor.client.shown_documents
        assert shown["uri"] == opened.uri
        assert opened.uri.startswith((home.path / "cache" / "sleeptime" / "shown").as_uri())
    can.experimental = {"sleeptime": {"showsAnswers": True}}
    async with open_editor(shop, capabilities=can) as editor:
        await editor.indexed(shop / "shop.py")
        shown = await editor.command("sleeptime.show", argument)
        assert shown["uri"] is None
        assert editor.client.shown_documents == []


async def test_actions_are_offered_when_asked_for_and_never_unasked(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        here = lsp.Range(lsp.Position(SELL, 9), lsp.Position(SELL, 9))

        async def actions(kind: lsp.CodeActionTriggerKind) -> Any:
            context = lsp.CodeActionContext([], trigger_kind=kind)
            params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), here, context)
            return await editor.untyped("textDocument/codeAction", params)

        found = await actions(lsp.CodeActionTriggerKind.Invoked)
        assert [action["title"] for action in found] == [
            "Sleeptime: How does `Shop.sell` work?",
            "Sleeptime: Why was `Shop.sell` introduced?",
            "Sleeptime: What breaks if `Shop.sell` changes?",
        ]
        for action in found:
            shown = await editor.command(action["command"]["command"], *action["command"]["arguments"])
            assert shown["answers"]
        assert "first" in (await editor.command("sleeptime.show", found[1]["command"]["arguments"][0]))["markdown"]
        assert await actions(lsp.CodeActionTriggerKind.Automatic) is None


@pytest.mark.parametrize("surface", ["lens", "actions"])
async def test_each_surface_has_its_own_switch(open_editor: OpenEditor, shop: Path, surface: str) -> None:
    async with open_editor(shop, **{surface: {"enabled": False}}) as editor:
        uri = await thought_about(editor, shop / "shop.py")
        document = lsp.TextDocumentIdentifier(uri)
        here = lsp.Range(lsp.Position(SELL, 9), lsp.Position(SELL, 9))
        lenses = await editor.client.text_document_code_lens_async(lsp.CodeLensParams(document))
        asked = lsp.CodeActionParams(document, here, lsp.CodeActionContext([]))
        actions = await editor.client.text_document_code_action_async(asked)
        assert (lenses is None, actions is None) == (surface == "lens", surface == "actions")


async def test_what_was_written_can_be_forgotten_and_rated(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await thought_about(editor, shop / "shop.py")
        await editor.command("sleeptime.forget", {"uri": uri})
        assert await editor.request("sleeptime/questions", {"uri": uri}) == []
        await editor.command("sleeptime.explainModule", {"uri": uri})
        (question,) = await editor.request("sleeptime/questions", {"uri": uri})
        await editor.request("sleeptime/feedback", {"id": question["id"], "right": True})
        assert await editor.request("sleeptime/questions", {"uri": uri})
        await editor.request("sleeptime/feedback", {"id": question["id"], "right": False})
        assert await editor.request("sleeptime/questions", {"uri": uri}) == []
        with pytest.raises(JsonRpcException, match="no longer there"):
            await editor.request("sleeptime/answer", {"id": question["id"]})


async def test_sleep_is_paused_resumed_and_told_what_to_leave_alone(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, sleep={"consent": "yes", "quietSeconds": 3600}) as editor:
        uri = await editor.indexed(shop / "shop.py")
        await editor.request("sleeptime/control", {"action": "pause", "minutes": 60})

        async def state() -> tuple[str, str]:
            status = await editor.request("sleeptime/getStatus", {"uri": uri})
            return status["state"], status["detail"]

        async def paused() -> bool:
            return (await state())[0] == "paused"

        assert await until(paused)
        assert "you paused it until" in (await state())[1]
        await editor.request("sleeptime/control", {"action": "resume"})

        async def awake() -> bool:
            return (await state())[0] == "awake"

        assert await until(awake)
        await editor.request("sleeptime/control", {"action": "exclude", "uri": uri})
        tree = await editor.request("sleeptime/modules", {})
        assert [(module["path"], module["state"]) for module in tree["modules"]] == [("shop.py", "excluded")]
        await editor.request("sleeptime/control", {"action": "include", "uri": uri})
        assert (await editor.request("sleeptime/modules", {}))["modules"] == []
        with pytest.raises(JsonRpcException, match="cannot be excluded"):
            await editor.request("sleeptime/control", {"action": "exclude", "uri": shop.as_uri()})


async def test_the_editor_is_told_once_that_answers_changed(open_editor: OpenEditor, shop: Path) -> None:
    told: list[Any] = []
    refreshed: list[None] = []

    def prepare(client: Any) -> None:
        @client.feature("sleeptime/changed")
        def heard(params: Any) -> None:
            told.append(params)

        client.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)(lambda _params: refreshed.append(None))

    async with open_editor(shop, prepare=prepare) as editor:
        await thought_about(editor, shop / "shop.py")

        async def was_told() -> bool:
            return any("shop.py" in change.paths for change in told) or any(not change.paths for change in told)

        assert await until(was_told)
        assert refreshed


@pytest.mark.parametrize(
    ("method", "params", "sentence"),
    [
        ("sleeptime/suggest", {"uri": "file:///elsewhere.py"}, "is in no folder of this workspace"),
        ("sleeptime/suggest", {"position": 3}, "Invalid Params"),
        ("sleeptime/answer", {}, "Invalid Params"),
        ("sleeptime/answer", {"id": "facts/callers/symbol/nowhere.py::x"}, "no longer there"),
        ("sleeptime/answer", {"id": "facts/nonsense"}, "no longer there"),
        ("sleeptime/control", {"action": "dance"}, "Invalid Params"),
    ],
)
async def test_wrong_requests_get_one_sentence(
    open_editor: OpenEditor, shop: Path, method: str, params: dict[str, Any], sentence: str
) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        with pytest.raises(JsonRpcException, match=sentence):
            await editor.request(method, params)
