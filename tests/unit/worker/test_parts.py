import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.shop import FILES
from sleeptime.core.messages import Ask
from sleeptime.core.settings import Settings
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository
from sleeptime.store import Store, open_writer
from sleeptime.worker.machine import Machine
from sleeptime.worker.parts import RepositoryPlace


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def place(tmp_path: Path, store: Store) -> RepositoryPlace:
    root = tmp_path / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    place = RepositoryPlace(str(root), open_repository(root), store, FixedClock(), Machine())
    place.index(Settings(), threading.Event(), lambda *_: None)
    return place


def test_a_question_that_facts_answer_is_written_down_once(place: RepositoryPlace, store: Store) -> None:
    assert place.ready_answer(Ask(root="", question="Who calls `price_of`?"))
    (asked,) = store.ledger.questions()
    assert (asked.target.symbol, asked.intent, asked.outcome) == ("price_of", "callers", "facts")


def test_a_live_answer_is_written_down_with_its_tokens(place: RepositoryPlace, store: Store) -> None:
    ask = Ask(root="", question="How does `Cart.total` round?")
    assert place.ready_answer(ask) is None
    place.answer(ask, EchoModel, threading.Event(), lambda _: None)
    (asked,) = store.ledger.questions()
    assert asked.outcome == "live"
    assert store.ledger.totals()["answer", "live"].generated_tokens > 0
