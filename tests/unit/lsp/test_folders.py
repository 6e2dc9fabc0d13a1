import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from sleeptime.core.errors import RepositoryError
from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Answer, GateResults, Target
from sleeptime.index import parse, token_hash
from sleeptime.lsp.convert import Point
from sleeptime.lsp.folders import Folder, open_around, open_folder
from sleeptime.repo import open_repository
from sleeptime.store import Store, open_writer, store_path
from sleeptime.worker.indexing import index_repository

TEXT = "def greet(name):\n    return name\n\n\ndef main():\n    greet(1)\n"


class Written:
    """A folder, and the store that a worker writes for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = open_repository(root)
        self.store: Store = open_writer(store_path(self.repository.identity))

    def index(self) -> None:
        index_repository(self.repository, self.store, IndexSettings())

    def note(self, text: str, code_hash: str) -> None:
        gates = GateResults(names=1.0, citations=1.0)
        target = Target("symbol", "a.py", "greet")
        answer = Answer(text, target, "purpose", "What is `greet` for?", text, (), code_hash, "echo", "p", 0.0, gates)
        self.store.answers.put(answer)


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    written = Written(root)
    written.index()
    yield written
    written.store.close()


@pytest.fixture
def folder(written: Written) -> Iterator[Folder]:
    folder = open_folder(written.root, FixedClock())
    yield folder
    folder.close()


def test_a_folder_that_was_never_indexed_has_nothing_to_say(tmp_path: Path) -> None:
    folder = open_folder(tmp_path, FixedClock())
    assert folder.view is None
    assert folder.hover("a.py", Point(0, 4)) is None


def test_a_call_tells_about_what_is_called_with_links_into_the_editor(folder: Folder, written: Written) -> None:
    hover = folder.hover("a.py", Point(5, 5))
    assert hover
    assert "greet(name)" in hover
    assert f"[`a.py:6`]({(written.root / 'a.py').as_uri()}#L6)" in hover


def test_what_the_worker_writes_is_seen_by_the_next_hover(folder: Folder, written: Written) -> None:
    assert "renamed" not in (folder.hover("a.py", Point(0, 5)) or "")
    (written.root / "a.py").write_text(TEXT.replace("greet", "renamed"))
    written.index()
    assert "renamed(name)" in (folder.hover("a.py", Point(0, 5)) or "")


def test_a_note_of_this_very_code_is_shown_before_a_newer_one_of_other_code(folder: Folder, written: Written) -> None:
    view = folder.view
    assert view
    symbol = view.graph.symbol(Target("symbol", "a.py", "greet"))
    assert symbol
    written.note("It greets.", symbol.text_hash)
    written.note("It once did something else.", "other")
    assert "It greets." in (folder.hover("a.py", Point(0, 5)) or "")


def test_a_note_of_other_code_is_marked_as_out_of_date(folder: Folder, written: Written) -> None:
    written.note("It once did something else.", "other")
    assert "Out of date" in (folder.hover("a.py", Point(0, 5)) or "")


def test_unsaved_text_counts_before_the_index(folder: Folder) -> None:
    outline = parse(b"def fresh(x):\n    return x\n", "python")
    assert "fresh(x)" in (folder.hover("a.py", Point(0, 5), outline) or "")
    assert "greet(name)" in (folder.hover("a.py", Point(0, 5)) or "")


def test_looking_ahead_leaves_nothing_to_work_out(folder: Folder) -> None:
    folder.hover("a.py", Point(0, 0))  # settles
    folder.look_ahead(everything=True)
    view = folder.view
    assert view
    assert view.knows(Target("symbol", "a.py", "greet"))
    assert view.knows(Target("symbol", "a.py", "main"))


class Hurried(FixedClock):
    """A second passes whenever somebody looks."""

    def monotonic(self) -> float:
        self.advance(1.0)
        return super().monotonic()


def test_a_hover_without_time_tells_what_is_near_and_the_next_one_all(written: Written) -> None:
    for name in "bcd":
        (written.root / f"{name}.py").write_text(f"from a import greet\n\n\ndef {name}():\n    greet(2)\n")
    written.index()
    folder = open_folder(written.root, Hurried())
    first = folder.hover("a.py", Point(0, 5)) or ""
    assert "Called from `main`" in first
    assert "Mentioned in 4 files, of which the nearest were searched" in first
    assert folder.has_unfinished
    folder.finish()
    second = folder.hover("a.py", Point(0, 5)) or ""
    assert "`b`" in second
    assert "Mentioned in" not in second
    assert not folder.has_unfinished
    folder.close()


def test_only_open_files_are_looked_at_after_a_change(folder: Folder, written: Written) -> None:
    (written.root / "b.py").write_text("def other(): ...\n")
    written.index()
    folder.opened("b.py")
    folder.hover("a.py", Point(9, 9))
    folder.look_ahead(everything=False)
    view = folder.view
    assert view
    assert view.knows(Target("symbol", "b.py", "other"))
    assert not view.knows(Target("symbol", "a.py", "greet"))


def test_a_store_that_was_replaced_is_opened_anew(folder: Folder, written: Written) -> None:
    before = folder.view
    path = written.store.path
    written.store.close()
    path.rename(path.with_suffix(".corrupt-1"))
    for log in path.parent.glob("*.db-*"):
        log.unlink()
    written.store = open_writer(path)
    written.index()
    folder.refresh()
    assert folder.view is not before
    assert folder.hover("a.py", Point(0, 5))


def test_a_file_on_its_own_opens_its_repository_or_else_its_folder(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "project")
    (tmp_path / "project" / "deep").mkdir(parents=True)
    assert open_around(link / "deep" / "a.py", FixedClock()).path == link / "deep"
    subprocess.run(["git", "init", "-q"], cwd=link, check=True)
    assert open_around(link / "deep" / "a.py", FixedClock()).path == link


def test_a_file_at_home_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(RepositoryError, match="is no project"):
        open_around(tmp_path / "a.py", FixedClock())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    with pytest.raises(RepositoryError, match="is no project"):
        open_around(tmp_path / "a.py", FixedClock())
    (tmp_path / "notes").mkdir()
    assert open_around(tmp_path / "notes" / "a.py", FixedClock()).path == tmp_path / "notes"


def test_a_link_to_the_folder_keeps_the_editors_spelling(written: Written, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(written.root)
    folder = open_folder(link, FixedClock())
    assert folder.relative(link / "a.py") == "a.py"
    assert folder.uri("a.py") == (link / "a.py").as_uri()
    assert folder.relative(tmp_path / "elsewhere.py") is None
    folder.close()


def test_hovers_and_looking_ahead_go_on_together(folder: Folder) -> None:
    ahead = threading.Thread(target=folder.look_ahead, kwargs={"everything": True})
    ahead.start()
    hovers = {folder.hover("a.py", Point(0, 5)) for _ in range(200)}
    ahead.join()
    assert len(hovers) == 1


def test_a_comment_that_is_typed_or_saved_leaves_a_note_fresh(folder: Folder, written: Written) -> None:
    target = Target("symbol", "a.py", "greet")
    text = TEXT.replace("    return name\n", "    # politely\n    return name\n")
    gates = GateResults(names=1.0, citations=1.0)
    view = folder.view
    assert view
    symbol = view.graph.symbol(target)
    assert symbol
    tokens = token_hash(TEXT.encode(), "python", symbol.span)
    written.store.answers.put(
        Answer("k", target, "purpose", "?", "It greets.", (), "of old", "echo", "p", 0.0, gates, token_hash=tokens)
    )
    outline = parse(text.encode(), "python")
    for hover in (folder.hover("a.py", Point(0, 5), outline, text.encode()), folder.hover("a.py", Point(0, 5))):
        assert "It greets." in (hover or "")
        assert "Out of date" not in (hover or "")
    (written.root / "a.py").write_text(text)
    written.index()
    assert "Out of date" not in (folder.hover("a.py", Point(0, 5)) or "")
