import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.clock import FixedClock
from fakes.shop import CLASS, FILES
from sleeptime.answer import META_KEY, Answerer, Live, acceptance_from
from sleeptime.core.messages import Answered, Ask
from sleeptime.core.ports import ChatRequest
from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Evidence, Target
from sleeptime.index import Graph, Sources, rank, still_holds
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import Sleeper, Tools
from sleeptime.store import Store, open_writer
from sleeptime.worker.indexing import index_repository

EDITS = (
    ("code", "count < 1", "count < 2"),
    ("body", "return 0", "return 1"),
    ("docstring", "More words.", "Other words."),
    ("name", "self.lines = {}", "self.rows = {}"),
)
NOTE = "It keeps `lines` of skus."


class Shop:
    """The shop on disk, indexed into a real store."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        for path, text in FILES.items():
            self.write(path, text)
        subprocess.run(["git", "init", "-q", folder], check=True)
        self.repository = open_repository(folder)
        self.sources = Sources(store.outlines(self.repository.worktree), lambda path: read_file(self.repository, path))
        graph = Graph(self.sources.outlines)
        self.answerer = Answerer(self.sources, graph, store, self.repository.worktree, FixedClock())
        self.index()

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def index(self) -> None:
        index_repository(self.repository, self.store, IndexSettings())

    def sleep(self) -> None:
        model = EchoModel(lambda _: NOTE)
        sleeper = Sleeper(self.sources, self.store, self.repository.worktree, Tools(model, FixedClock()))
        sleeper.run(threading.Event(), lambda *_: None)

    def ready(self, question: str, **where: int | str) -> Answered | None:
        return self.answerer.ready(Ask(root="", question=question, **where))

    def calibrate(self) -> None:
        paths = rank(self.sources.outlines)
        self.answerer.calibrate(paths, 0.05, threading.Event(), self.store.set_meta)

    def live(self, question: str, reply: str, budget: int = 900, raw: int = 0) -> tuple[Answered, list[ChatRequest]]:
        requests: list[ChatRequest] = []

        def answer(request: ChatRequest) -> str:
            requests.append(request)
            return reply

        live = Live(EchoModel(answer), budget, threading.Event(), lambda _: None, raw_budget_tokens=raw)
        return self.answerer.live(Ask(root="", question=question), live), requests


def source(answered: Answered | None) -> str:
    return answered.source if answered else "miss"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_writer(tmp_path / "store.db") as store:
        yield Shop(tmp_path / "shop", store)


def test_a_typed_question_is_answered_by_facts_before_any_sleep(shop: Shop) -> None:
    answered = shop.ready("Who calls `price_of`?")
    assert answered is not None
    assert (answered.source, answered.generated_tokens) == ("facts", 0)


def test_before_a_sleep_documentation_says_what_something_is_for(shop: Shop) -> None:
    answered = shop.ready("What is `Cart` for?")
    assert answered is not None
    assert answered.source == "facts"
    assert answered.text == "Holds skus and how many of each.\n\nIt offers `add`, `total`; keeps `lines`."


def test_an_open_question_is_a_miss_before_a_sleep_and_a_hit_after(shop: Shop) -> None:
    assert shop.ready("What is `Cart.total` for?") is None
    shop.sleep()
    answered = shop.ready("what does the Cart class do?")
    assert answered is not None
    assert (answered.source, answered.question) == ("cache", "What is `Cart` for?")
    assert answered.text == f"{NOTE} It offers `add`, `total`.\n\nSee also `price_of` (`shop/prices.py:1`)."
    assert all(still_holds(evidence, shop.sources.lines(evidence.path)) for evidence in answered.evidence)


def test_nothing_stale_is_served_and_a_revert_makes_it_fresh_again(shop: Shop) -> None:
    shop.sleep()
    path = "shop/cart.py"
    shop.write(path, FILES[path].replace("count < 1", "count < 2"))
    shop.index()
    assert source(shop.ready("What is `Cart` for?")) == "facts"
    assert source(shop.ready("What is `GiftCart` for?")) == "cache"
    shop.write(path, FILES[path])
    shop.index()
    assert source(shop.ready("What is `Cart` for?")) == "cache"


@pytest.mark.parametrize(
    "question",
    [
        "What is `Cart` for when skus are sold out?",
        "Why is `Cart` not a dict?",
        "What is `Basket` for?",
        "How fast is it?",
    ],
)
def test_a_question_that_asks_for_more_is_never_served_from_the_cache(shop: Shop, question: str) -> None:
    shop.sleep()
    assert shop.ready(question) is None


def test_this_means_the_symbol_under_the_cursor(shop: Shop) -> None:
    line = FILES["shop/prices.py"].split("\n").index("def price_of(sku):")
    answered = shop.ready("Who calls this?", path="shop/prices.py", line=line, column=5)
    assert answered is not None
    assert "`price_of` is called from" in answered.text


def test_a_live_answer_reads_notes_within_its_budget_and_cites_existing_lines(shop: Shop) -> None:
    shop.sleep()
    answered, (request,) = shop.live("How does a cart know its prices?", "`Cart.total` asks `price_of`.", budget=200)
    assert answered.source == "notes"
    assert NOTE in request.messages[-1].content
    assert EchoModel().count_tokens(request.messages[-1].content) < 200 + 100
    assert answered.evidence
    assert all(still_holds(evidence, shop.sources.lines(evidence.path)) for evidence in answered.evidence)


def test_places_that_do_not_exist_are_removed_and_counted(shop: Shop) -> None:
    answered, _ = shop.live("How does Cart.total add up?", "See shop/cart.py:9999 and shop/prices.py:1.")
    assert "9999" not in answered.text
    assert "shop/prices.py:1" in answered.text
    assert answered.removed_citations == 1


def test_without_evidence_no_model_is_asked(shop: Shop) -> None:
    answered, requests = shop.live("Quid est veritas?", "Truth.")
    assert requests == []
    assert "no evidence" in answered.text
    assert answered.outcome == "nothing"


def test_a_served_answer_whose_cited_lines_changed_says_so(shop: Shop) -> None:
    shop.sleep()
    (note,) = shop.store.answers.for_target(CLASS, "purpose")
    elsewhere = Evidence("shop/prices.py", 1, 2, text_hash="what it was")
    shop.store.answers.put(replace(note, evidence=(*note.evidence, elsewhere)))
    answered = shop.ready("What is `Cart` for?")
    assert answered is not None
    assert answered.changed_lines == 2
    assert elsewhere not in answered.evidence
    assert "evidence changed (2 lines)" in answered.footer


def test_where_something_is_written_about_the_very_thing_little_else_is_read(shop: Shop) -> None:
    question = "How does `Cart` keep count?"
    before, (without,) = shop.live(question, "It keeps `lines`.")
    shop.sleep()
    after, (request,) = shop.live(question, "It keeps `lines`.")
    assert "raise ValueError(count)" in without.messages[-1].content
    assert "nothing was written about this" in before.footer
    assert "raise ValueError(count)" not in request.messages[-1].content
    assert NOTE in request.messages[-1].content
    assert "nothing was written" not in after.footer


def test_source_is_not_read_for_what_is_only_described(shop: Shop) -> None:
    answered, (request,) = shop.live("How does the cost mechanism work?", "`price_of` says it.")
    assert "price_of(sku)" in request.messages[-1].content
    assert "```" not in request.messages[-1].content
    assert "nothing was written about this" in answered.footer


def test_where_nothing_is_written_and_nothing_named_little_is_read(shop: Shop) -> None:
    shelves = (f"def shelf_{number}():\n    'A shelf where goods of kind {number} stand.'\n" for number in range(40))
    shop.write("shop/shelves.py", "\n\n".join(shelves))
    shop.index()
    _, (request,) = shop.live("How does the shelf mechanism work?", "So.")
    assert 5 <= request.messages[-1].content.count("A shelf where") <= 20


def test_a_whole_budget_is_read_for_a_question_with_many_particulars(shop: Shop) -> None:
    shop.sleep()
    answered, (request,) = shop.live(RAMBLING, "`Cart.add` counts.")
    assert "raise ValueError(count)" in request.messages[-1].content
    assert "many particulars" in answered.footer


def test_what_is_read_begins_alike_for_every_question(shop: Shop) -> None:
    requests = [shop.live(f"How does `{name}` work?", "So.")[1][0] for name in ("Cart.add", "price_of")]
    assert requests[0].messages[0] == requests[1].messages[0]
    beginnings = [request.messages[1].content.partition("[shop/")[0] for request in requests]
    assert beginnings[0] == beginnings[1]
    assert "two or three sentences" in beginnings[0]


def test_an_answer_from_a_note_may_cite_whatever_the_note_cites(shop: Shop) -> None:
    shop.sleep()
    (note,) = shop.store.answers.for_target(CLASS, "purpose")
    cited = (*note.evidence, Evidence("shop/prices.py", 1, 3, "price_of"))
    shop.store.answers.put(replace(note, evidence=cited))
    answered, _ = shop.live("How does `Cart` keep count?", "`price_of` looks up `tea`.")
    assert "shop/prices.py" in {evidence.path for evidence in answered.evidence}


def test_an_answer_that_ran_out_of_room_ends_with_its_last_whole_sentence(shop: Shop) -> None:
    answered, _ = shop.live("How does `Cart.total` add up?", "`Cart.total` sums. It asks " + "`price_of` and " * 200)
    assert answered.text.startswith("`Cart.total` sums.\n\nSee also ")
    endless, _ = shop.live("How does `Cart.total` add up?", "and " * 200)
    assert endless.text.startswith("and and")


def test_an_answer_says_where_else_to_look(shop: Shop) -> None:
    answered, _ = shop.live("How does `Cart.total` add up?", "`Cart.total` sums.")
    assert answered.text.startswith("`Cart.total` sums.\n\nSee also ")
    assert "shop/prices.py:1" in answered.text
    assert "shop/prices.py" not in {cited.path for cited in answered.evidence}


RAMBLING = "Once the till, the tax and the customs officer disagree, which count of skus would win in `Cart.add`?"


def test_source_is_read_instead_of_notes_only_if_unforeseen_and_allowed(shop: Shop) -> None:
    shop.sleep()
    answered, (request,) = shop.live(RAMBLING, "`Cart.add` counts.", raw=2000)
    assert answered.source == "live"
    assert "not foreseen" in answered.footer
    assert NOTE not in request.messages[-1].content
    assert "raise ValueError(count)" in request.messages[-1].content
    assert shop.live(RAMBLING, "`Cart.add` counts.")[0].source == "notes"
    assert shop.live("How does `Cart.add` work?", "It counts.", raw=2000)[0].source == "notes"


def test_calibration_is_kept_until_what_it_was_made_from_changes(shop: Shop) -> None:
    shop.calibrate()
    first = shop.store.meta(META_KEY)
    assert acceptance_from(first) is not None
    shop.store.set_meta(META_KEY, first.replace('"asked":', '"asked":1'))
    marked = shop.store.meta(META_KEY)
    shop.calibrate()
    assert shop.store.meta(META_KEY) == marked
    shop.write("shop/till.py", "class Till:\n    def ring(self): ...\n")
    shop.index()
    shop.calibrate()
    assert shop.store.meta(META_KEY) != marked


def test_a_concept_that_was_written_about_is_calibrated_with(shop: Shop) -> None:
    shop.calibrate()
    before = acceptance_from(shop.store.meta(META_KEY))
    shop.sleep()
    assert shop.store.answers.concepts()
    shop.calibrate()
    after = acceptance_from(shop.store.meta(META_KEY))
    assert before is not None
    assert after is not None
    assert after.key != before.key


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.booleans()), min_size=1, max_size=6))
def test_no_sequence_of_edits_makes_a_stale_answer_look_fresh(
    shop: Shop, edits: list[tuple[tuple[str, str, str], bool]]
) -> None:
    """What is served from the cache was written about this very code."""
    path = "shop/cart.py"
    text = FILES[path]
    for (_, old, new), sleeps in edits:
        text = text.replace(old, new) if old in text else text.replace(new, old)
        shop.write(path, text)
        shop.index()
        if sleeps:
            shop.sleep()
        for symbol in ("Cart", "Cart.add", "Cart.total", "GiftCart"):
            answered = shop.ready(f"What is `{symbol}` for?")
            if answered is not None and answered.source == "cache":
                note = shop.store.answers.by_key(answered.key)
                target = Target("class" if symbol[-4:] == "Cart" else "symbol", path, symbol)
                now = shop.sources.code_hash(target)
                assert note is not None
                assert note.code_hash == now
