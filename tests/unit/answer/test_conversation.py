import pytest

from fakes.shop import ADD, MODULE, shop
from sleeptime.answer.conversation import Topic, follow, standalone
from sleeptime.answer.retrieve import understand
from sleeptime.core.messages import Ask
from sleeptime.core.types import Target

SHOP = shop()
ERRORS = Topic(ADD, "errors")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("and who calls it?", "who calls `Cart.add`?"),
        ("who calls it", "who calls `Cart.add`"),
        ("And what does it call?", "what does `Cart.add` call?"),
        ("what about its errors?", "What does `Cart.add` raise?"),
        ("what about the tests?", "Which tests exercise `Cart.add`?"),
        ("callers?", "Who calls `Cart.add`?"),
        ("its parameters", "What are the parameters of `Cart.add`?"),
        ("how?", "How does `Cart.add` work?"),
        ("ok, and where?", "Where is `Cart.add` defined?"),
        ("why?", "Why does `Cart.add` raise that?"),
        ("but why is that?", "Why does `Cart.add` raise that?"),
        ("and `price_of`?", "What does `price_of` raise?"),
        ("what about price_of?", "What does `price_of` raise?"),
        ("what about GiftCart?", "What does `GiftCart` raise?"),
        ("what about its performance?", "What is the performance of `Cart.add`?"),
        ("when was this function last changed?", "when was `Cart.add` last changed?"),
        ("what does this do?", "what does `Cart.add` do?"),
        ("and which tests cover them?", "which tests cover `Cart.add`?"),
        ("and who calls?", "who calls `Cart.add`?"),
    ],
)
def test_a_question_that_leans_on_the_last_one_is_made_to_stand_by_itself(said: str, meant: str) -> None:
    assert standalone(said, ERRORS, SHOP) == meant


@pytest.mark.parametrize(
    "said",
    [
        "Who calls `Cart.total`?",
        "How does Cart hold what it holds?",
        "What is price_of for?",
        "Where does the repository's work begin?",
        "Which modules are tested?",
        "",
    ],
)
def test_a_question_that_names_what_it_is_about_is_left_alone(said: str) -> None:
    assert standalone(said, ERRORS, SHOP) == said


def test_this_is_what_the_cursor_is_on() -> None:
    assert standalone("what does this do?", ERRORS, SHOP, at_cursor=True) == "what does this do?"
    assert standalone("who calls it?", ERRORS, SHOP, at_cursor=True) == "who calls `Cart.add`?"


def test_why_after_an_explanation_asks_why_the_code_is_so() -> None:
    assert standalone("why?", Topic(ADD, "explain"), SHOP) == "Why is `Cart.add` written this way?"


def test_modules_and_the_repository_are_named_too() -> None:
    assert standalone("what imports it?", Topic(MODULE, "purpose"), SHOP) == "what imports `shop/cart.py`?"
    assert standalone("and how is it tested?", Topic(Target("repository"), "overview"), SHOP) == (
        "how is the repository tested?"
    )


def test_a_follow_up_is_understood_of_the_last_target_and_no_namesake() -> None:
    asked = follow(
        Ask(root="", question="who calls it?"), Topic(Target("symbol", "shop/cart.py", "GiftCart.total")), SHOP
    )
    assert (asked.path, asked.line) == ("shop/cart.py", 22)
    understood = understand(asked.question, SHOP.outlines, Target("symbol", "shop/cart.py", "GiftCart.total"))
    assert understood.target == Target("symbol", "shop/cart.py", "GiftCart.total")
