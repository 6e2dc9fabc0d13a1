import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.embedder import LetterEmbedder
from fakes.shop import FILES
from sleeptime.core.errors import ModelMissingError
from sleeptime.core.messages import Ask
from sleeptime.core.ports import Embedder
from sleeptime.core.settings import Settings
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository
from sleeptime.report.ledger import ledger_report
from sleeptime.store import Store, open_writer
from sleeptime.worker.embedding import EmbedderKeeper
from sleeptime.worker.machine import Machine
from sleeptime.worker.parts import RepositoryPlace, Shared


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db") as store:
        yield store


def shared(open_embedder: Callable[[], Embedder]) -> Shared:
    return Shared(FixedClock(), Machine(), EmbedderKeeper(open_embedder, FixedClock()))


@pytest.fixture
def place(tmp_path: Path, store: Store) -> RepositoryPlace:
    root = tmp_path / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    place = RepositoryPlace(str(root), open_repository(root), store, shared(LetterEmbedder))
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


def test_a_question_that_nothing_matches_is_counted_as_such_and_not_as_facts(
    place: RepositoryPlace, store: Store
) -> None:
    ask = Ask(root="", question="Quid est veritas?")
    assert place.ready_answer(ask) is None
    place.answer(ask, EchoModel, threading.Event(), lambda _: None)
    (asked,) = store.ledger.questions()
    assert asked.outcome == "nothing"
    assert store.ledger.missed_counts() == {}
    report = ledger_report(store, "shop")
    assert report.asked == {"nothing": 1}
    assert report.saved.seconds == report.saved.tokens == 0


def test_sleep_makes_the_repository_searchable_by_bodies_and_by_meaning(place: RepositoryPlace, store: Store) -> None:
    place.sleep(EchoModel, threading.Event(), lambda *_: None)
    vector = LetterEmbedder().embed(["cart"])[0]
    assert store.search.near(place.root, "letters", vector)


def test_without_an_embedder_sleep_goes_on_and_the_reason_is_kept(tmp_path: Path, store: Store) -> None:
    def missing() -> Embedder:
        raise ModelMissingError("The embedder is not on this machine.", "Run pull.")

    keeper = EmbedderKeeper(missing, FixedClock())
    (tmp_path / "a.py").write_text("def total():\n    return 1\n")
    place = RepositoryPlace(str(tmp_path), open_repository(tmp_path), store, Shared(FixedClock(), Machine(), keeper))
    place.index(Settings(), threading.Event(), lambda *_: None)
    assert place.sleep(EchoModel, threading.Event(), lambda *_: None).jobs_done
    assert keeper.problem == "The embedder is not on this machine. Run pull."


def test_what_changed_is_answered_by_a_briefing(place: RepositoryPlace) -> None:
    answered = place.ready_answer(Ask(root="", question="What changed since I was here?"))
    assert answered is not None
    assert answered.text.startswith("Nothing changed since you were here")
    assert place.ready_answer(Ask(root="", question="What changed since the flood?")) is None


def test_a_question_that_no_model_could_answer_is_a_miss(place: RepositoryPlace, store: Store) -> None:
    def missing() -> EchoModel:
        raise ModelMissingError("No weights.")

    with pytest.raises(ModelMissingError):
        place.answer(Ask(root="", question="How does `Cart.total` work?"), missing, threading.Event(), lambda _: None)
    assert store.ledger.missed_counts() == {("symbol", "explain"): 1}
    place.forget_questions()
    assert store.ledger.intent_counts() == store.ledger.missed_counts() == {}
