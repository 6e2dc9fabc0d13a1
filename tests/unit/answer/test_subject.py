import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.answer.subject import Phrase, phrase_of


def of(question: str, *words: str) -> Phrase:
    return phrase_of(question, frozenset(words))


def test_the_subject_stands_before_what_qualifies_it() -> None:
    found = of("Why does it have sessions for concurrent orders?", "sessions", "concurrent", "orders")
    assert found.subject == {"sessions"}
    assert found.besides == {"concurrent", "orders"}


def test_what_something_is_contrasted_with_is_neither() -> None:
    found = of("Why use a cart pattern instead of plain lists?", "cart", "plain", "lists")
    assert (found.subject, found.besides, found.foil) == ({"cart"}, frozenset(), {"plain", "lists"})


@pytest.mark.parametrize(
    ("question", "heads"),
    [
        ("How does connection pooling work?", [{"pooling"}]),
        ("How are connection pooling and reuse done?", [{"pooling"}, {"reuse"}]),
        ("Why is there a cart-based order?", [{"order"}]),
        ("Why is there cart-local storage?", [{"cart", "local"}]),
    ],
)
def test_a_subject_comes_down_to_its_last_word_for_each_thing(question: str, heads: list[set[str]]) -> None:
    assert list(of(question, "connection", "pooling", "reuse", "cart", "local", "order").heads) == heads


def test_kinds_that_share_a_head_qualify_it() -> None:
    found = of("Why are open and closed orders kept?", "open", "closed", "orders")
    assert found.subject == {"orders"}
    assert found.besides == {"open", "closed"}


def test_a_preposition_before_the_subject_does_not_end_it() -> None:
    assert of("Where in the shop's code is the cart logic?", "cart").subject == {"cart"}


def test_a_verb_that_says_what_something_is_good_for_qualifies_it() -> None:
    found = of("How does the cart system facilitate big orders?", "cart", "big", "orders")
    assert (found.subject, found.besides) == ({"cart"}, {"big", "orders"})


@given(st.text(alphabet="ab -'.?,and for", max_size=60))
def test_each_counted_word_is_in_one_part_of_any_question(question: str) -> None:
    words = frozenset({"a", "b", "ab"})
    found = phrase_of(question, words)
    assert not found.subject & found.besides
    assert not found.foil & (found.subject | found.besides)
    assert found.subject | found.besides | found.foil <= words
    assert all(head <= found.subject for head in found.heads)
