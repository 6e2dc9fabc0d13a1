"""The real server process, with the echo model."""

import asyncio
import mmap
import sys
import tomllib
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

import sleeptime
from fakes.editor import Editor, until
from fakes.home import Home

SELL = 11
"""The line of `def sell` in shop.py."""
CALL = 15
"""The line `emoji = "🙂🙂"; return self.till.take(price, emoji)` there."""
BEFORE_TAKE = '        emoji = "🙂🙂"; return self.till.t'

OpenEditor = Any


async def ended(editor: Editor) -> int:
    return await asyncio.wait_for(editor.client._server.wait(), 20)


async def worker_of(home: Home) -> psutil.Process:
    async def find() -> psutil.Process | None:
        return next((process for process in home.processes() if "worker" in process.cmdline()), None)

    return await until(find)


async def test_hover_tells_the_facts_of_a_definition(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        hover = await editor.hover(uri, SELL, 9)
        assert "sell(self, price: int) -> int" in hover
        assert "ValueError" in hover


@pytest.mark.parametrize(
    ("name", "encoding"), [("neovim", "utf-8"), ("visual-studio-code", "utf-16"), ("emacs", "utf-32")]
)
async def test_positions_are_right_after_emoji_in_every_encoding(
    open_editor: OpenEditor, shop: Path, name: str, encoding: str
) -> None:
    codec, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    async with open_editor(shop, name=name) as editor:
        assert editor.client.protocol is not None
        uri = await editor.indexed(shop / "shop.py")
        column = len(BEFORE_TAKE.encode(codec)) // size
        assert "take(self, amount: int" in await editor.hover(uri, CALL, column)


async def test_what_is_not_known_is_null(open_editor: OpenEditor, shop: Path, tmp_path: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        (tmp_path / "other.py").write_text("def f(): ...\n")
        assert await editor.hover(uri, 1, 0) is None
        assert await editor.hover(uri, 9999, 9999) is None
        assert await editor.hover((shop / "not_open.py").as_uri(), 0, 0) is None
        assert await editor.hover("untitled:Untitled-1", 0, 0) is None
        assert await editor.hover(editor.open(tmp_path / "other.py"), 0, 5) is None


async def test_a_file_opened_without_a_folder_gets_a_hover_from_its_repository(
    open_editor: OpenEditor, shop: Path
) -> None:
    (shop / "deep").mkdir()
    (shop / "deep" / "user.py").write_text("from shop import Shop\n\n\ndef visit(shop: Shop):\n    shop.sell(1)\n")
    async with open_editor() as editor:
        uri = await editor.indexed(shop / "deep" / "user.py", 4, 10)
        assert "sell(self, price: int) -> int" in await editor.hover(uri, 4, 10)


async def test_hover_can_be_switched_off(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, hover={"enabled": False}) as editor:
        uri = editor.open(shop / "shop.py")
        await editor.command("sleeptime.ask", {"question": "Where is `Shop` defined?"})  # indexed by now
        assert await editor.hover(uri, SELL, 9) is None


async def test_hover_follows_unsaved_text(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        edit = lsp.TextDocumentContentChangePartial(
            lsp.Range(lsp.Position(SELL, 0), lsp.Position(SELL, 0)), "    def give(self, thing): return thing\n\n"
        )
        document = lsp.VersionedTextDocumentIdentifier(uri=uri, version=2)
        editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [edit]))
        assert "give(self, thing)" in await editor.hover(uri, SELL, 9)
        assert "sell(self, price: int)" in await editor.hover(uri, SELL + 2, 9)


async def test_a_file_saved_is_known_by_the_others(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        (shop / "till.py").write_text("class Till:\n    def take(self, lots, more): ...\n")
        editor.client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier((shop / "till.py").as_uri()))
        )
        column = len(BEFORE_TAKE.encode("utf-16-le")) // 2

        async def knows() -> bool:
            return "take(self, lots, more)" in (await editor.hover(uri, CALL, column) or "")

        assert await until(knows)


@pytest.mark.skipif(sys.platform != "linux", reason="only inotify is known to miss what is written through a mapping")
async def test_a_change_that_no_event_told_of_is_found_when_the_window_is_focused(
    open_editor: OpenEditor, shop: Path
) -> None:
    async with open_editor(shop) as editor:
        uri = await editor.indexed(shop / "shop.py")
        column = len(BEFORE_TAKE.encode("utf-16-le")) // 2
        with (shop / "till.py").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
            at = mapped.find(b"amount: int, note")
            mapped[at : at + len("amount")] = b"coinss"
            mapped.flush()

            async def knows() -> bool:
                editor.client.protocol.notify("sleeptime/focus", None)
                return "take(self, coinss: int" in (await editor.hover(uri, CALL, column) or "")

            assert await until(knows)


async def test_ask_answers_with_evidence_that_exists(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        answer = await editor.command("sleeptime.ask", {"question": "Where is `Shop` defined?"})
        assert "shop.py" in answer["markdown"]
        assert answer["source"] == "facts"
        link = answer["evidence"][0]
        assert (link["uri"], link["path"]) == ((shop / "shop.py").as_uri(), "shop.py")
        assert link["range"]["start"]["line"] <= 5 < link["range"]["end"]["line"]


async def test_ask_streams_its_pieces_when_it_is_given_a_token(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        pieces: list[str] = []
        features = editor.client.protocol.fm.features
        features[lsp.PROGRESS] = lambda params: pieces.append(params.value.get("text", ""))
        question = "How would the `Till` of a `Shop` be emptied?"
        answer = await editor.command("sleeptime.ask", {"question": question, "partialResultToken": "t"})
        assert answer["source"] in {"live", "notes"}
        assert "".join(pieces).split()[:4] == answer["markdown"].split()[:4]


async def test_explain_module_writes_what_it_is_for(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        answer = await editor.command("sleeptime.explainModule", {"uri": (shop / "shop.py").as_uri()})
        assert answer["markdown"]
        again = await editor.command("sleeptime.explainModule", {"uri": (shop / "shop.py").as_uri()})
        assert (again["source"], again["markdown"]) == ("cache", answer["markdown"])


@pytest.mark.parametrize(
    ("command", "arguments", "sentence"),
    [
        ("sleeptime.ask", [], "takes one object with at least: question"),
        ("sleeptime.ask", [{"position": 3}], "takes one object with at least: question"),
        ("sleeptime.ask", [{"question": "x", "uri": "file:///elsewhere.py"}], "is in no folder of this workspace"),
        ("sleeptime.dance", [], "There is no command sleeptime.dance"),
    ],
)
async def test_wrong_commands_get_one_sentence(
    open_editor: OpenEditor, shop: Path, command: str, arguments: list[Any], sentence: str
) -> None:
    async with open_editor(shop) as editor:
        with pytest.raises(JsonRpcException, match=sentence):
            await editor.command(command, *arguments)


async def test_a_request_without_sense_is_answered_and_the_server_goes_on(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        protocol = editor.client.protocol
        future: Future[Any] = Future()
        protocol._request_futures["bad"] = future
        protocol._send_data({"jsonrpc": "2.0", "id": "bad", "method": "textDocument/hover", "params": {"a": 1}})
        with pytest.raises(JsonRpcException, match="Invalid Params"):
            await asyncio.wait_for(asyncio.wrap_future(future), 10)
        assert await editor.indexed(shop / "shop.py")


async def test_a_missing_model_is_one_clear_sentence(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, model={"name": "qwen2.5-coder-0.5b"}) as editor:
        with pytest.raises(JsonRpcException, match=r"is not on this machine.*sleeptime model pull"):
            await editor.command("sleeptime.ask", {"question": "How would a shop be closed?", "fresh": True})


async def test_bad_settings_are_shown_once_and_defaulted(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, hover={"enabled": "perhaps"}) as editor:
        assert await editor.indexed(shop / "shop.py")
        assert ["hover.enabled" in message.message for message in editor.client.messages] == [True]


async def test_a_killed_worker_is_replaced_and_the_next_question_works(
    open_editor: OpenEditor, shop: Path, home: Home
) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        worker = await worker_of(home)
        worker.kill()

        async def answered() -> Any:
            try:
                return await editor.command("sleeptime.ask", {"question": "Where is `Shop` defined?"})
            except JsonRpcException:  # the one in the middle of which it died
                return None

        assert (await until(answered))["markdown"]
        assert (await worker_of(home)).pid != worker.pid
        assert "stopped" in {status.state for status in editor.statuses}


async def test_two_editors_share_one_worker(open_editor: OpenEditor, shop: Path, home: Home) -> None:
    async with open_editor(shop) as one, open_editor(shop) as other:
        await one.indexed(shop / "shop.py")
        await other.indexed(shop / "shop.py")

        async def one_is_left() -> bool:  # a second one, started at the same moment, finds the lock taken and ends
            return len([process for process in home.processes() if "worker" in process.cmdline()]) == 1

        assert await until(one_is_left)


async def test_several_folders_each_have_their_store(open_editor: OpenEditor, shop: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "lonely.py").write_text("def lonely(x): ...\n")
    late = tmp_path / "late"
    late.mkdir()
    (late / "late.py").write_text("def late(y): ...\n")
    async with open_editor(shop, plain) as editor:
        await editor.indexed(shop / "shop.py")
        uri = await editor.indexed(plain / "lonely.py", 0, 5)
        assert "lonely(x)" in await editor.hover(uri, 0, 5)
        event = lsp.WorkspaceFoldersChangeEvent([lsp.WorkspaceFolder(late.as_uri(), "late")], [])
        editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
        assert await editor.indexed(late / "late.py", 0, 5)
        event = lsp.WorkspaceFoldersChangeEvent([], [lsp.WorkspaceFolder(plain.as_uri(), "plain")])
        editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))

        async def gone() -> bool:
            return await editor.hover(uri, 0, 5) is None

        assert await until(gone)


async def test_a_folder_that_is_not_there_is_said_and_harms_nothing(
    open_editor: OpenEditor, shop: Path, tmp_path: Path
) -> None:
    async with open_editor(tmp_path / "nowhere", shop) as editor:
        await editor.indexed(shop / "shop.py")
        assert any("nowhere" in message.message for message in editor.client.messages)


async def test_a_damaged_store_is_set_aside_said_and_made_anew(open_editor: OpenEditor, shop: Path, home: Home) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
    (await worker_of(home)).kill()
    (store,) = (home.path / "cache" / "sleeptime" / "stores").glob("*.db")
    for log in store.parent.glob("*.db-*"):
        log.unlink()
    store.write_bytes(b"this is no database" * 1000)
    async with open_editor(shop) as editor:

        async def said() -> bool:
            return any("set aside" in message.message for message in editor.client.messages)

        assert await until(said)
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
    assert len(list(store.parent.glob("*corrupt*"))) == 1


async def test_consent_is_asked_once_and_kept(open_editor: OpenEditor, shop: Path, home: Home) -> None:
    home.write_settings('# mine\n[model]\nname = "echo"\n')
    asked: list[lsp.ShowMessageRequestParams] = []

    def prepare(client: Any) -> None:
        @client.feature(lsp.WINDOW_SHOW_MESSAGE_REQUEST)
        def choose(params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem:
            asked.append(params)
            return lsp.MessageActionItem("Never")

    file = home.path / "config" / "sleeptime" / "settings.toml"

    async def written() -> bool:
        return "sleep" in tomllib.loads(file.read_text())

    async with open_editor(shop, prepare=prepare):
        assert await until(written)
    assert tomllib.loads(file.read_text()) == {"model": {"name": "echo"}, "sleep": {"consent": "no"}}
    assert file.read_text().startswith("# mine\n")
    async with open_editor(shop, prepare=prepare) as editor:
        await editor.indexed(shop / "shop.py")
    assert [[action.title for action in params.actions] for params in asked] == [["Yes", "Not now", "Never"]]


async def test_consent_lets_it_sleep_and_hovers_then_show_notes(
    open_editor: OpenEditor, shop: Path, home: Home
) -> None:
    async with open_editor(shop, sleep={"consent": "yes", "quietSeconds": 0, "busyPercent": 100}) as editor:
        uri = await editor.indexed(shop / "shop.py")

        async def noted() -> bool:
            return "echo" in (await editor.hover(uri, SELL, 9) or "")

        assert await until(noted)
        assert "asleep" in {status.state for status in editor.statuses}


async def test_progress_is_shown_where_the_editor_can(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")

        async def reported() -> bool:
            kinds = [report.kind for reports in editor.client.progress_reports.values() for report in reports]
            return {"begin", "end"} <= set(kinds)

        assert await until(reported)


async def test_an_editor_that_can_do_nothing_is_served_too(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, capabilities=lsp.ClientCapabilities()) as editor:
        uri = await editor.indexed(shop / "shop.py")
        assert "sell" in await editor.hover(uri, SELL, 9)


async def test_the_editors_process_never_loads_an_engine(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        await editor.command("sleeptime.ask", {"question": "Where is `Shop` defined?"})
        mapped = " ".join(region.path for region in psutil.Process(editor.pid).memory_maps())
        assert "torch" not in mapped
        assert "xllamacpp" not in mapped
        assert "tokenizers" not in mapped


async def test_shutdown_and_exit_end_it_with_zero(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        await editor.client.shutdown_async(None)
        editor.client.exit(None)
        assert await ended(editor) == 0


async def test_an_editor_that_dies_ends_the_server(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        editor.client._server.stdin.close()
        assert await ended(editor) == 1


async def test_a_cancelled_ask_stops_the_model_and_answers_request_cancelled(
    open_editor: OpenEditor, shop: Path, home: Home
) -> None:
    fake = Path(__file__).parents[1] / "fakes" / "worker_process.py"
    worker = await asyncio.create_subprocess_exec(sys.executable, fake, sleeptime.__version__, env=home.env)
    async with open_editor(shop) as editor:
        arguments = [{"question": "endless", "partialResultToken": "t"}]
        started = asyncio.Event()
        editor.client.protocol.fm.features[lsp.PROGRESS] = lambda _params: started.set()
        params = lsp.ExecuteCommandParams("sleeptime.ask", arguments)
        asking = editor.client.protocol.send_request("workspace/executeCommand", params, msg_id="ask")
        await asyncio.wait_for(started.wait(), 30)
        editor.client.cancel_request(lsp.CancelParams("ask"))
        with pytest.raises(JsonRpcException, match="cancel"):
            await asyncio.wait_for(asyncio.wrap_future(asking), 10)
        answer = await editor.command("sleeptime.ask", {"question": "and now?"})
        assert answer["markdown"] == "it is echo"
    worker.kill()
    await worker.wait()


async def test_settings_changed_in_the_editor_hold_without_a_restart(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, capabilities=lsp.ClientCapabilities()) as editor:
        uri = await editor.indexed(shop / "shop.py")
        settings = {"sleeptime": {"hover": {"enabled": False}}}
        editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings))

        async def switched_off() -> bool:
            return await editor.hover(uri, SELL, 9) is None

        assert await until(switched_off)


async def test_other_settings_leave_the_last_status_one_of_the_folder(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, capabilities=lsp.ClientCapabilities()) as editor:
        await editor.indexed(shop / "shop.py")
        settings = {"sleeptime": {"model": {"name": "qwen2.5-coder-0.5b"}}}
        editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings))

        async def told() -> bool:
            return "qwen2.5-coder-0.5b" in {status.model for status in editor.statuses}

        assert await until(told)
        assert editor.statuses[-1].root == str(shop)


async def test_a_model_that_nobody_knows_costs_no_index(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop, model={"name": "mistrall"}) as editor:

        async def indexing() -> bool:
            return "indexing" in {status.state for status in editor.statuses}

        assert await until(indexing)
        assert "mistrall" in editor.statuses[0].modelReason


async def test_a_briefing_is_a_request_with_an_answer_like_others(open_editor: OpenEditor, shop: Path) -> None:
    async with open_editor(shop) as editor:
        await editor.indexed(shop / "shop.py")
        told = await editor.client.protocol.send_request_async("sleeptime/briefing", {})
        assert told.markdown.startswith("Nothing changed since you were here")
        with pytest.raises(JsonRpcException, match="neither a revision nor a time"):
            await editor.client.protocol.send_request_async("sleeptime/briefing", {"since": "blub"})
