"""Ready questions and answers through the real server process."""

from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from fakes.editor import Editor, until

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
