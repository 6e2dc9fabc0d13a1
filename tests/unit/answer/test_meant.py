import pytest

from sleeptime.answer.meant import asks_to_compare, intent_described, intent_named, intent_of_whole, words_that_ask
from sleeptime.core.types import Target

CLASS = Target("class", "shop/carts.py", "Cart")
FUNCTION = Target("symbol", "shop/carts.py", "Cart.add")
MODULE = Target("module", "shop/carts.py")
CONCEPT = Target("topic", "", "cart")


@pytest.mark.parametrize(
    ("question", "of_class", "of_concept", "of_function"),
    [
        ("What is the shop's cart system?", "purpose", "purpose", None),
        ("How does the shop implement its carts?", "explain", "explain", None),
        ("Why does the shop use carts?", "rationale", "rationale", None),
        ("Where is the cart logic implemented?", "defined", "where", "defined"),
        ("What is the structure of the cart?", "attributes", None, None),
        ("Why do carts reduce memory usage?", "rationale", "rationale", None),
        ("What are the shop's carts?", None, None, None),
        ("Where is the error handling logic located?", "defined", None, "defined"),
    ],
)
def test_the_same_words_ask_other_things_of_other_targets(
    question: str, of_class: str | None, of_concept: str | None, of_function: str | None
) -> None:
    assert intent_described(CLASS, question) == of_class
    assert intent_described(CONCEPT, question) == of_concept
    assert intent_described(FUNCTION, question) == of_function


def test_a_function_that_is_named_can_be_asked_how_it_works() -> None:
    assert intent_named(FUNCTION, "How does `Cart.add` work?") == "explain"


def test_several_things_are_what_a_file_holds() -> None:
    assert intent_described(MODULE, "What are the shop's built-in carts?") == "contents"


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("How does the shop handle error handling?", "error_handling"),
        ("What is the request lifecycle?", "flow"),
        ("How does the shop implement its configuration system?", "configuration"),
        ("Why is error handling needed?", None),
        ("Where is the error handling logic?", None),
        ("How does the cart work?", None),
    ],
)
def test_what_every_repository_has_is_asked_of_the_repository(question: str, intent: str | None) -> None:
    found = intent_of_whole(question)
    assert (found.name if found else None) == intent


def test_words_that_say_what_is_asked_do_not_say_of_what() -> None:
    assert "structure" in words_that_ask("What is the structure of the cart?")
    assert "important" in words_that_ask("Why are carts important?")
    assert "cart" not in words_that_ask("What is the structure of the cart?")


@pytest.mark.parametrize(
    ("question", "compares"),
    [
        ("What is the difference between Cart and GiftCart?", True),
        ("How does a cart differ from an order?", True),
        ("How is Cart different from Order?", True),
        ("What do Cart and Order have in common?", True),
        ("Where are prices compared?", False),
        ("How does it handle different currencies?", False),
        ("Where are the differences of two carts listed?", False),
    ],
)
def test_who_wants_things_compared_is_told_from_who_asks_about_one(question: str, compares: bool) -> None:
    assert asks_to_compare(question) == compares
