import json
import threading
from pathlib import Path

from fakes.clock import FixedClock
from fakes.shop import CART, MODULE, shop
from sleeptime.core.ports import ChatRequest
from sleeptime.core.types import Target
from sleeptime.index import Scope
from sleeptime.model import EchoModel
from sleeptime.sleep import Sleeper, Tools
from sleeptime.sleep.propose import KEPT, proposals, sifted
from sleeptime.sleep.verify import Sifted
from sleeptime.store import open_writer

GOOD = "What happens when `Cart.add` is given a negative count?"


def sift(*questions: str) -> Sifted:
    outline, passage = shop().outlines.outline("shop/cart.py"), shop().passage(MODULE)
    assert outline is not None
    assert passage is not None
    return sifted(json.dumps({"questions": questions}), MODULE, outline, Scope([passage], shop().outlines))


def test_a_question_about_what_only_this_code_does_is_kept() -> None:
    assert sift(GOOD) == Sifted(f"- {GOOD}", {})


def test_what_could_be_asked_of_any_file_is_dropped() -> None:
    generic = ("What is an overview of Cart?", "How could `Cart` be improved?", "How does the program start?")
    assert sift(*generic) == Sifted("", {"generic": 3})


def test_names_that_do_not_exist_are_dropped() -> None:
    assert sift("How does `Cart` call `reserve_stock`?") == Sifted("", {"names": 1})


def test_what_only_asks_what_is_prepared_anyway_is_dropped() -> None:
    standard = (
        "How does the `Cart` class work?",
        "Why is the `Cart` class used?",
        "What is the purpose of the `total` method in the `Cart` class?",
        "What happens when the `add` method is called?",
        "Where is `GiftCart` defined?",
        "Which errors does `Cart.add` raise?",
    )
    assert sift(*standard) == Sifted("", {"duplicate": len(standard)})


def test_why_something_is_so_is_kept_where_facts_only_say_that_it_is() -> None:
    assert sift("What does `GiftCart` inherit from?").dropped == {"duplicate": 1}
    assert sift("Why does `GiftCart` inherit from `Cart`?").dropped == {}


def test_of_questions_about_the_same_definitions_the_most_predictable_is_kept() -> None:
    strange = "What happens when `Cart.add` is given a purple unicorn?"
    assert sift(strange, GOOD) == Sifted(f"- {GOOD}", {"duplicate": 1})


def test_a_question_that_also_names_something_new_is_kept() -> None:
    more = "How does `Cart.total` treat a purple unicorn that `Cart.add` was given?"
    assert len(sift(GOOD, more).text.split("\n")) == 2


def test_a_question_about_a_method_leaves_room_for_one_about_its_class() -> None:
    assert len(sift(GOOD, "How does `Cart` count its lines?").text.split("\n")) == 2


def test_no_more_than_a_few_are_kept() -> None:
    names = "abcdefgh"
    files = {"shop/cart.py": "".join(f"def {one}_goods(count):\n    return count\n\n\n" for one in names)}
    outline, passage = shop(files).outlines.outline("shop/cart.py"), shop(files).passage(MODULE)
    assert outline is not None
    assert passage is not None
    many = [f"What happens when `{one}_goods` is given a negative count?" for one in names]
    text = sifted(json.dumps({"questions": many}), MODULE, outline, Scope([passage], shop(files).outlines)).text
    assert len(text.split("\n")) == KEPT


def test_a_reply_that_was_cut_off_keeps_its_whole_questions() -> None:
    assert proposals('{"questions": ["Why `a`?", "How \\"b\\"?", "Where is') == ["Why `a`?", 'How "b"?']


def test_what_was_proposed_about_a_module_is_asked_of_the_code_that_it_names(tmp_path: Path) -> None:
    asked: list[ChatRequest] = []

    def reply(request: ChatRequest) -> str:
        asked.append(request)
        return json.dumps({"questions": [GOOD]}) if request.json_schema else "`Cart.add` raises `ValueError`."

    long = CART + "".join(f"\n\ndef more_{n}():\n    return {n}\n" for n in range(4))
    with open_writer(tmp_path / "shop.db") as store:
        sleeper = Sleeper(shop({"shop/cart.py": long}), store, "/shop", Tools(EchoModel(reply), FixedClock()))
        sleeper.run(threading.Event(), lambda _done, _total, _text: None)
        (answer,) = store.answers.for_target(Target("topic", "shop/cart.py", GOOD))
    assert answer.question == GOOD
    assert Target("symbol", "shop/cart.py", "Cart.add") in [read.target for read in answer.read]
    assert any(GOOD in request.messages[-1].content and "def add" in request.messages[-1].content for request in asked)
