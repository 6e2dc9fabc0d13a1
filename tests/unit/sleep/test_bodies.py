import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.shop import CART, FILES
from fakes.stored import put_files
from sleeptime.index import Sources, parse
from sleeptime.sleep.bodies import bodies, fill_bodies
from sleeptime.store import Store, open_writer

WORKTREE = "/one"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as opened:
        put_files(opened, WORKTREE, FILES)
        yield opened


def fill(store: Store, files: dict[str, str], cancel: threading.Event | None = None) -> int:
    sources = Sources(store.outlines(WORKTREE), lambda path: files[path].encode())
    return fill_bodies(sorted(files), sources, store, WORKTREE, cancel or threading.Event())


def found(store: Store, text: str) -> list[str]:
    return [str(hit.target) for hit in store.search.code(WORKTREE, text)]


def test_strings_and_comments_inside_a_function_are_found_once_sleep_has_read_them(store: Store) -> None:
    assert found(store, "tea") == []
    assert fill(store, FILES) == len(FILES)
    assert "shop/prices.py::price_of" in found(store, "tea")


def test_what_was_read_is_not_read_again(store: Store) -> None:
    fill(store, FILES)
    assert fill(store, FILES) == 0


def test_a_file_that_changed_since_it_was_indexed_waits_for_the_next_index(store: Store) -> None:
    changed = FILES | {"shop/prices.py": "# a new line\n" + FILES["shop/prices.py"]}
    assert fill(store, changed) == len(FILES) - 1
    assert found(store, "price")  # parsing alone still finds it


def test_a_cancelled_run_reads_nothing_more(store: Store) -> None:
    cancel = threading.Event()
    cancel.set()
    assert fill(store, FILES, cancel) == 0


def test_a_line_belongs_to_the_innermost_symbol() -> None:
    outline = parse(CART.encode(), "python")
    words = {index: text.split() for index, _, text in bodies("shop/cart.py", outline, CART.split("\n"))}
    add = next(index for index, symbol in enumerate(outline.symbols) if symbol.qualified_name == "Cart.add")
    cart = next(index for index, symbol in enumerate(outline.symbols) if symbol.qualified_name == "Cart")
    assert "valueerror" in " ".join(words[add])
    assert "valueerror" not in " ".join(words[cart])
    assert "skus" in words[cart]
    assert "import" in words[-1]
