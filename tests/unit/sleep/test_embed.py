import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.embedder import LetterEmbedder
from fakes.stored import put_files
from sleeptime.core.types import Answer, GateResults, Target
from sleeptime.sleep import embed
from sleeptime.sleep.embed import fill_vectors
from sleeptime.store import Store, open_writer

WORKTREE = "/one"
CART = '"""Carts."""\nclass Cart:\n    """Holds skus. And more."""\n    size = 1\n    def add(self, sku): ...\n'
ZOO = "def zzz(): ...\n"
FILES = {"shop/cart.py": CART, "shop/zoo.py": ZOO, "tests/test_cart.py": "def test_add(): ...\n"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as opened:
        put_files(opened, WORKTREE, FILES)
        yield opened


def fill(store: Store, embedder: LetterEmbedder, cancel: threading.Event | None = None) -> int:
    return fill_vectors(sorted(FILES), store, WORKTREE, embedder, cancel or threading.Event())


def near(store: Store, embedder: LetterEmbedder, text: str) -> list[str]:
    return [str(hit.target) for hit in store.search.near(WORKTREE, embedder.name, embedder.embed([text])[0])]


def test_files_classes_and_functions_are_embedded_but_no_fields(store: Store) -> None:
    embedder = LetterEmbedder()
    fill(store, embedder)
    assert sorted(near(store, embedder, "x")) == [
        "shop/cart.py",
        "shop/cart.py::Cart",
        "shop/cart.py::Cart.add",
        "shop/zoo.py",
        "shop/zoo.py::zzz",
        "tests/test_cart.py",
        "tests/test_cart.py::test_add",
    ]
    assert near(store, embedder, "zzz")[0] == "shop/zoo.py::zzz"


def test_a_text_says_the_signature_and_the_first_sentence(store: Store) -> None:
    embedder = LetterEmbedder()
    fill(store, embedder)
    assert "Cart: class Cart. Holds skus." in embedder.texts
    assert "cart.py (shop/cart.py). Carts." in embedder.texts


def test_nothing_is_embedded_twice(store: Store) -> None:
    embedder = LetterEmbedder()
    assert fill(store, embedder) == 7
    assert fill(store, embedder) == 0


def test_a_new_summary_takes_the_old_texts_place(store: Store) -> None:
    embedder = LetterEmbedder()
    fill(store, embedder)
    target = Target("symbol", "shop/zoo.py", "zzz")
    gates = GateResults(names=1, citations=1)
    store.answers.put(Answer("key", target, "purpose", "", "Counts qqq.", (), "", "m", "p", 0.0, gates))
    assert fill(store, embedder) == 1
    assert near(store, embedder, "qqq")[0] == "shop/zoo.py::zzz"
    assert len(near(store, embedder, "x")) == 7


def test_a_changed_file_is_found_by_what_it_says_now(store: Store) -> None:
    embedder = LetterEmbedder()
    fill(store, embedder)
    put_files(store, WORKTREE, {"shop/zoo.py": "def www(): ...\n"})
    assert "shop/zoo.py::zzz" not in near(store, embedder, "zzz")
    fill(store, embedder)
    assert near(store, embedder, "www")[0] == "shop/zoo.py::www"


def test_a_cancelled_run_embeds_nothing_more_and_the_next_one_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "BATCH_TEXTS", 1)
    cancel = threading.Event()

    class Interrupted(LetterEmbedder):
        def embed(self, texts):
            cancel.set()
            return super().embed(texts)

    assert fill(store, Interrupted(), cancel) == 1
    assert fill(store, LetterEmbedder()) == 6


def test_two_files_of_one_content_are_two_places(store: Store) -> None:
    put_files(store, WORKTREE, {"shop/copy.py": ZOO})
    embedder = LetterEmbedder()
    fill_vectors(["shop/copy.py", "shop/zoo.py"], store, WORKTREE, embedder, threading.Event())
    assert {"shop/copy.py::zzz", "shop/zoo.py::zzz"} <= set(near(store, embedder, "zzz"))
