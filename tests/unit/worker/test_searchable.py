import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.embedder import LetterEmbedder
from fakes.git import write
from fakes.shop import FILES
from sleeptime.answer import META_KEY, Answerer
from sleeptime.core.ports import Embedder
from sleeptime.core.settings import IndexSettings
from sleeptime.index import Graph, Sources
from sleeptime.repo import open_repository, read_file
from sleeptime.store import open_writer
from sleeptime.worker.indexing import Listener, index_repository
from sleeptime.worker.searchable import Worktree, make_searchable


@pytest.fixture
def worktree(tmp_path: Path) -> Iterator[Worktree]:
    write(tmp_path / "shop", FILES)
    repository = open_repository(tmp_path / "shop")
    with open_writer(tmp_path / "store.db") as store:
        index_repository(repository, store, IndexSettings())
        sources = Sources(store.outlines(repository.worktree), lambda path: read_file(repository, path))
        answerer = Answerer(sources, Graph(sources.outlines), store, repository.worktree, FixedClock())
        yield Worktree(repository.worktree, sources, store, answerer)


def test_what_was_indexed_is_found_by_meaning_and_ready_answers_are_judged(worktree: Worktree) -> None:
    steps: list[str] = []
    make_searchable(worktree, LetterEmbedder, 0.05, Listener(lambda _done, _total, text: steps.append(text)))
    assert worktree.store.search.near(worktree.name, "letters", LetterEmbedder().embed(["cart"])[0])
    assert worktree.store.meta(META_KEY)
    assert steps == ["reading for search", "embedding for search", "calibrating answers"]


def test_without_an_embedder_answers_are_judged_all_the_same(worktree: Worktree) -> None:
    make_searchable(worktree, lambda: None, 0.05, Listener())
    assert worktree.store.meta(META_KEY)


def test_once_cancelled_no_embedder_is_loaded_and_nothing_is_judged(worktree: Worktree) -> None:
    cancelled = threading.Event()
    cancelled.set()

    def never() -> Embedder | None:
        raise AssertionError

    make_searchable(worktree, never, 0.05, Listener(cancel=cancelled))
    assert not worktree.store.meta(META_KEY)
