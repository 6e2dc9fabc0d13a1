import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.shop import ADD, CLASS, FILES, MODULE
from sleeptime.answer import Near, ReadyAnswers, Suggester, target_for
from sleeptime.core.settings import IndexSettings
from sleeptime.index import Graph, Sources
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import Sleeper, Tools
from sleeptime.store import Store, open_writer
from sleeptime.worker.indexing import index_repository


class Shop:
    """The shop on disk, indexed and slept on."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        self.repository = open_repository(folder)
        self.outlines = store.outlines(self.repository.worktree)
        self.sources = Sources(self.outlines, lambda path: read_file(self.repository, path))
        self.ready = ReadyAnswers(self.sources, Graph(self.outlines), store, FixedClock())
        self.suggester = Suggester(self.ready, store.answers, self.definitions, check_seconds=60)
        self.index()
        tools = Tools(EchoModel(lambda _: "It keeps `lines` of skus."), FixedClock())
        Sleeper(self.sources, store, self.repository.worktree, tools).run(threading.Event(), lambda *_: None)
        self.suggester.refresh()

    def index(self) -> None:
        index_repository(self.repository, self.store, IndexSettings())

    def definitions(self, name: str) -> list:
        return [target_for(path, symbol) for path, symbol in self.outlines.definitions(name)]

    def suggested(self, text: str = "", near: Near | None = None, limit: int = 50) -> list[str]:
        return [one.question for one in self.suggester.suggest(text, near or Near(), limit)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_writer(tmp_path / "store.db") as store:
        yield Shop(tmp_path / "shop", store)


def test_each_typed_word_may_be_the_beginning_of_one(shop: Shop) -> None:
    assert "What is `Cart` for?" in shop.suggested("wha car")
    assert shop.suggested("what cart zeppelin") == []
    assert all("pri" in question.lower() for question in shop.suggested("pri"))


def test_names_are_found_by_their_parts_and_by_the_whole(shop: Shop) -> None:
    for text in ("price_of", "price of", "Price"):
        assert "What is `price_of` for?" in shop.suggested(text)


def test_the_symbol_at_the_cursor_comes_first_then_its_file(shop: Shop) -> None:
    assert "Cart.add" in shop.suggested("what", Near(MODULE.path, ADD))[0]
    ready = shop.suggester.suggest("", Near(MODULE.path), 3)
    assert {one.target.path for one in ready} == {MODULE.path}


def test_facts_answer_what_nothing_was_written_about(shop: Shop) -> None:
    shop.store.answers.delete([note.key for note in shop.store.answers.all()])
    assert "Who calls `Cart.add`?" in shop.suggested("", Near(MODULE.path, ADD), 3)
    assert "Where is `Cart.add` defined?" not in shop.suggested("", Near(MODULE.path, ADD))
    assert "What does `Cart` call?" in shop.suggested("what Cart")


def test_what_went_stale_is_not_suggested(shop: Shop) -> None:
    assert "What is `price_of` for?" in shop.suggested("price_of")
    (shop.folder / "shop/prices.py").write_text("def price_of(sku):\n    return 4\n")
    shop.index()
    shop.suggester.refresh()
    assert "What is `price_of` for?" not in shop.suggested("price_of")


def test_no_more_than_the_limit_and_no_question_twice(shop: Shop) -> None:
    assert len(shop.suggested(limit=2)) == 2
    everything = shop.suggested(near=Near(MODULE.path, CLASS))
    assert len(everything) == len(set(everything))


def test_every_suggestion_opens(shop: Shop) -> None:
    for one in shop.suggester.suggest("", Near(MODULE.path, CLASS), 50):
        answered = shop.ready.open(one.key)
        assert answered is not None
        assert answered.question == one.question


def test_new_answers_are_taken_in_and_deleted_ones_passed_over(shop: Shop) -> None:
    (note, *_) = shop.store.answers.for_target(CLASS, "purpose")
    shop.store.answers.delete([note.key])
    assert note.question not in shop.suggested("cart")
    shop.store.answers.put(note)
    shop.suggester.refresh()
    assert note.question in shop.suggested("cart")
