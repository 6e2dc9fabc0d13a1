import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.git import Git, write
from fakes.parsing import die_on_request
from sleeptime.core.settings import IndexSettings
from sleeptime.index import parse
from sleeptime.repo import Repository, open_repository
from sleeptime.store import Store, open_writer
from sleeptime.worker import indexing, parsing
from sleeptime.worker.indexing import IndexResult, Listener, index_paths, index_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "repo", {"a.py": "def f():\n    return g()\n", "sub/b.py": "def g(): ...\n", "c.png": "\0"})
    return tmp_path / "repo"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as opened:
        yield opened


def index(root: Path, store: Store, **options: object) -> IndexResult:
    return index_repository(open_repository(root), store, IndexSettings(), **options)


def update(root: Path, store: Store, *paths: str) -> IndexResult:
    return index_paths(open_repository(root), store, IndexSettings(), paths)


def indexed(root: Path, store: Store) -> dict[str, object]:
    """All that a reader can see of a worktree."""
    outlines = store.outlines(open_repository(root).worktree)
    return {path: outlines.outline(path) for path in outlines.paths()}


def fresh(root: Path, path: Path) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """What a new index of the same tree holds."""
    with open_writer(path) as store:
        index(root, store)
        return indexed(root, store), store.modules.skipped(open_repository(root).worktree)


def test_a_folder_is_indexed(root: Path, store: Store) -> None:
    result = index(root, store)
    assert (result.files, result.parsed, result.symbols, result.skipped) == (2, 2, 2, 0)
    assert result.changed == ("a.py", "sub/b.py")
    assert indexed(root, store) == {path: parse((root / path).read_bytes(), "python") for path in ("a.py", "sub/b.py")}


def test_nothing_is_read_when_nothing_changed(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    index(root, store)
    monkeypatch.setattr(indexing, "read_file", None)
    result = index(root, store)
    assert (result.files, result.parsed, result.changed) == (2, 0, ())


def test_only_changed_files_are_parsed(root: Path, store: Store) -> None:
    index(root, store)
    (root / "a.py").write_text("def h(): ...\n")
    (root / "sub" / "b.py").unlink()
    result = index(root, store)
    assert (result.files, result.parsed, result.changed) == (1, 1, ("a.py", "sub/b.py"))
    assert store.outlines(str(root)).definitions("g") == []


def test_a_touched_copied_or_renamed_file_is_not_parsed_again(root: Path, store: Store) -> None:
    index(root, store)
    os.utime(root / "a.py")
    (root / "sub" / "b.py").rename(root / "moved.py")
    write(root, {"copy.py": (root / "a.py").read_text()})
    result = index(root, store)
    assert (result.files, result.parsed) == (3, 0)
    assert [path for path, _ in store.outlines(str(root)).definitions("f")] == ["a.py", "copy.py"]


def test_a_switch_of_branches_seen_before_reads_nothing(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = Git(root)
    git("init", "-q", "-b", "main", ".")
    git.commit("one")
    git("checkout", "-q", "-b", "other")
    write(root, {"a.py": "def other(): ...\n", "d.py": "x = 1\n"})
    git.commit("two")
    index(root, store)
    git("checkout", "-q", "main")
    assert index(root, store).parsed == 1
    git("checkout", "-q", "other")
    for path in ("a.py", "d.py"):  # a file as young as the index has to be read
        os.utime(root / path, (1, 1))
    git("update-index", "-q", "--refresh")
    monkeypatch.setattr(indexing, "read_file", None)
    result = index(root, store)
    assert (result.parsed, result.changed) == (0, ("a.py", "d.py"))
    assert [symbol.name for symbol in store.outlines(str(root)).outline("a.py").symbols] == ["other"]


def test_a_second_worktree_and_a_fresh_clone_parse_nothing(root: Path, tmp_path: Path) -> None:
    git = Git(root)
    git("init", "-q", "-b", "main", ".")
    git.commit("one")
    git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    git("clone", "-q", str(root), str(tmp_path / "clone"))
    with open_writer(tmp_path / "stores" / "one.db") as store:
        assert index(root, store).parsed == 2
        assert index(tmp_path / "tree", store).parsed == 0
        assert indexed(root, store) == indexed(tmp_path / "tree", store)
    with open_writer(tmp_path / "stores" / "two.db") as store:
        result = index(tmp_path / "clone", store)
        assert (result.files, result.parsed) == (2, 0)


def test_a_repository_of_the_other_hash_is_not_parsed_twice(root: Path, store: Store) -> None:
    git = Git(root)
    git("init", "-q", "--object-format=sha256", ".")
    git.commit("one")
    assert index(root, store).parsed == 2
    assert index(root, store).parsed == 0


def test_a_file_that_changed_after_git_looked_is_stored_under_what_it_holds_now(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = Git(root)
    git("init", "-q", ".")
    git.commit("one")
    real = indexing.read_file

    def change_and_read(repository: Repository, path: str) -> bytes:
        (root / path).write_text(f"late_{len(path)} = 1\n")
        return real(repository, path)

    monkeypatch.setattr(indexing, "read_file", change_and_read)
    index(root, store)
    monkeypatch.undo()
    git("checkout", "-q", ".")
    assert index(root, store).parsed == 2
    assert len(store.outlines(str(root)).definitions("f")) == 1


def test_a_newer_extractor_parses_everything_again(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    index(root, store)
    store.database.execute("UPDATE outlines SET version = version - 1")
    assert index(root, store).parsed == 2
    assert index(root, store).parsed == 0


def test_files_that_are_left_alone_are_told_with_their_reason_and_not_read_again(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        root,
        {"big.py": "x" * 2048, "gen.py": "# @generated\n", "LICENSE": "Free.\n", "id_rsa": "", "big.png": "x" * 2048},
    )
    (root / "latin.py").write_bytes(b"# caf\xe9\n")
    settings_ = IndexSettings(max_file_kb=1)
    result = index_repository(open_repository(root), store, settings_)
    assert store.modules.skipped(str(root)) == [
        ("LICENSE", "it is in no language that Sleeptime reads"),
        ("big.py", "it is larger than 1 KiB"),
        ("gen.py", "it is generated by a program"),
        ("id_rsa", "its name says that it holds secrets"),
        ("latin.py", "it is not UTF-8 text (byte 5)"),
    ]
    assert (result.files, result.skipped) == (2, 5)
    monkeypatch.setattr(indexing, "read_file", None)
    assert index_repository(open_repository(root), store, settings_).changed == ()


def test_a_file_of_200_000_lines_is_left_alone_unless_that_is_allowed(root: Path, store: Store) -> None:
    (root / "long.py").write_text("".join(f"def f{number}():\n" + "    g()\n" * 99 for number in range(2000)))
    index(root, store)
    assert dict(store.modules.skipped(str(root)))["long.py"].startswith("it is larger than")
    repository = open_repository(root)
    index_repository(repository, store, IndexSettings(max_file_kb=10_000))
    outline = store.outlines(repository.worktree).outline("long.py")
    assert outline is not None
    assert (outline.line_count, len(outline.symbols)) == (200_000, 2000)
    assert dict(store.modules.skipped(str(root))) == {}


def test_a_script_without_a_suffix_is_known_by_its_first_line(root: Path, store: Store) -> None:
    write(root, {"run": "#!/usr/bin/env python3\ndef main(): ...\n"})
    index(root, store)
    assert [path for path, _ in store.outlines(str(root)).definitions("main")] == ["run"]


def test_a_file_that_vanishes_mid_way_loses_nothing_else(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = indexing.read_file

    def vanish(repository: Repository, path: str) -> bytes:
        (root / "a.py").unlink(missing_ok=True)
        return real(repository, path)

    monkeypatch.setattr(indexing, "read_file", vanish)
    result = index(root, store)
    assert (result.files, result.skipped) == (1, 1)
    assert store.modules.skipped(str(root)) == [("a.py", "is no longer there")]
    assert index(root, store).skipped == 0


def test_an_unreadable_file_loses_its_old_row(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    index(root, store)
    (root / "a.py").unlink()
    os.mkfifo(root / "pipe")
    (root / "a.py").write_text("changed = 1\n")
    real = os.open

    def refuse(path: object, *rest: int) -> int:
        if str(path).endswith("a.py"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    result = index(root, store)
    assert (result.files, result.skipped) == (1, 1)
    assert store.modules.skipped(str(root)) == [("a.py", "cannot be read: permission denied")]


def test_a_bug_in_a_parser_costs_one_file(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: bytes, language: str) -> object:
        if b"return" in text:
            raise RecursionError
        return parse(text, language)

    monkeypatch.setattr(parsing, "parse", fail)
    assert (index(root, store).files, index(root, store).skipped) == (1, 1)
    assert store.modules.skipped(str(root)) == [("a.py", "its parser failed (RecursionError)")]


def test_progress_counts_up_to_the_total(root: Path, store: Store) -> None:
    told: list[tuple[int, int, str]] = []
    index(root, store, listener=Listener(progress=lambda *step: told.append(step)))
    assert told == [(2, 2, "sub/b.py")]


def test_a_cancelled_run_keeps_what_it_did_and_the_next_one_goes_on(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "BATCH_FILES", 1)
    cancel = threading.Event()
    listener = Listener(progress=lambda *_: cancel.set(), cancel=cancel)
    result = index(root, store, listener=listener)
    assert (result.cancelled, result.parsed) == (True, 1)
    assert index(root, store).parsed == 1


def test_changed_paths_are_brought_up_to_date_and_others_left(root: Path, store: Store) -> None:
    index(root, store)
    write(root, {"a.py": "def h(): ...\n", "new/n.py": "def n(): ...\n", "unseen.py": ""})
    result = update(root, store, "a.py", "new", ".git/HEAD")
    assert (result.parsed, result.changed) == (2, ("a.py", "new/n.py"))
    assert "unseen.py" not in indexed(root, store)
    assert update(root, store, ".git/HEAD", ".git/refs/heads/x").changed == ()


def test_a_deleted_or_renamed_folder_takes_its_files_with_it(root: Path, store: Store) -> None:
    write(root, {"subway.py": "def s(): ...\n"})
    index(root, store)
    (root / "sub").rename(root / "moved")
    result = update(root, store, "sub", "moved")
    assert (result.parsed, result.changed) == (0, ("moved/b.py", "sub/b.py"))
    assert list(indexed(root, store)) == ["a.py", "moved/b.py", "subway.py"]


def test_changed_rules_and_unknown_changes_sweep_everything(root: Path, store: Store) -> None:
    index(root, store)
    write(root, {"new.py": ""})
    assert update(root, store).changed == ("new.py",)
    write(root, {".sleeptimeignore": "sub\n"})
    assert update(root, store, ".sleeptimeignore").changed == ("sub/b.py",)


def test_several_processes_find_what_one_finds(
    root: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, {f"many/{number}.py": f"def f{number}(): return f{number - 1}()\n" for number in range(300)})
    write(root, {"gen.py": "# @generated\n"})
    expected, expected_skipped = fresh(root, tmp_path / "one.db")
    monkeypatch.setattr(indexing, "POOL_BYTES", 0)
    monkeypatch.setattr(parsing, "BATCH_FILES", 16)
    result = index(root, store)
    assert result.parsed == 303
    assert indexed(root, store) == expected
    assert store.modules.skipped(str(root)) == expected_skipped


def test_a_parser_that_kills_its_process_costs_one_file(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, {f"many/{number}.py": f"x = {number}\n" for number in range(40)} | {"many/7.py": "die = 1\n"})
    monkeypatch.setattr(indexing, "POOL_BYTES", 0)
    monkeypatch.setattr(parsing, "BATCH_FILES", 8)
    monkeypatch.setattr(parsing, "parse_batch", die_on_request)
    result = index(root, store)
    assert (result.files, result.skipped) == (41, 1)
    assert store.modules.skipped(str(root)) == [("many/7.py", "its parser crashed")]


PATHS = st.sampled_from(["a.py", "b.py", "sub/a.py", "sub/deep/c.py", "sub.py", "d.md", "LICENSE"])
TEXTS = st.sampled_from(
    ["", "def f(): ...\n", "class A:\n    def f(self): g()\n", "# @generated\n", "# T\n", "\0", "x = 1"]
)
EDITS = st.lists(st.tuples(PATHS, TEXTS | st.none()), max_size=8)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(EDITS, min_size=1, max_size=4))
def test_an_incremental_update_equals_a_fresh_index(
    rounds: list[list[tuple[str, str | None]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    root = folder / "repo"
    root.mkdir()
    with open_writer(folder / "store.db") as store:
        index(root, store)
        for clock, edits in enumerate(rounds):
            for path, text in edits:
                edit(root / path, text, clock)
            update(root, store, *(path for path, _ in edits))
        found = indexed(root, store), store.modules.skipped(str(root))
    assert found == fresh(root, folder / "fresh.db")


def edit(path: Path, text: str | None, clock: int) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (clock, clock))
