from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.embedder import LetterEmbedder
from fakes.outlines import OutlinesInMemory
from fakes.shop import FILES
from fakes.stored import put_files
from sleeptime.answer import Finder, Vector
from sleeptime.index import Graph, Sources
from sleeptime.store import Store, open_writer

WORKTREE = "/one"
MORE = FILES | {
    "shop/till.py": "from shop.prices import price_of\n\n\ndef pay(sku):\n    return price_of(sku)\n",
    "docs/prices.md": "# Prices\n\nWhat price each sku has.\n",
    "docs/leaving.md": "# Leaving\n\nWhoever goes calls `pay()` first, as ``docs/prices.md`` says.\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as opened:
        put_files(opened, WORKTREE, MORE)
        yield opened


def finder(store: Store) -> Finder:
    outlines = store.outlines(WORKTREE)
    return Finder(store, WORKTREE, Graph(outlines), Sources(outlines, OutlinesInMemory(MORE).read))


def test_the_first_target_of_each_file_comes_in_the_files_order(store: Store) -> None:
    found = finder(store).find("What is the price of a sku?")
    assert [target.path for target in found.targets[: len(found.files)]] == list(found.files)


def test_who_calls_what_was_found_is_found_too(store: Store) -> None:
    assert "shop/till.py" in finder(store).find("cost").files  # only the docstring of price_of says "costs"


def test_what_documentation_names_is_found_with_it(store: Store) -> None:
    assert finder(store).find("what to do when leaving").files[:2] == ("docs/leaving.md", "shop/till.py")


def test_source_stands_before_tests_unless_the_question_is_about_tests(store: Store) -> None:
    assert finder(store).find("total of a cart").files[0] == "shop/cart.py"
    assert finder(store).find("which test has the total of a cart").files[0] == "tests/test_cart.py"


def test_meaning_finds_what_no_word_does(store: Store) -> None:
    embedder = LetterEmbedder()
    (hit,) = [path for path in MORE if path == "shop/till.py"]
    text = "yap"
    store.vectors.put("letters", {"key": embedder.embed(["pay"])[0]})
    store.vectors.describe(WORKTREE, hit, {0: "key"})
    assert finder(store).find(text).files == ()
    store.vectors.put("letters", {"other": embedder.embed(["qqq"])[0]})
    store.vectors.describe(WORKTREE, "shop/cart.py", {0: "other"})
    assert finder(store).find(text, Vector("letters", embedder.embed([text])[0])).files[0] == hit


def test_a_question_without_words_finds_nothing(store: Store) -> None:
    assert finder(store).find("?!").targets == ()
