from typing import Any

import pytest

from fakes.shop import ADD, CLASS, PRICE_OF, shop
from sleeptime.answer.hover import age, hover_markdown
from sleeptime.core.types import Answer, GateResults, Target
from sleeptime.index import Graph

NOTE = Answer(
    key="k",
    target=ADD,
    intent="purpose",
    question="What is `Cart.add` for?",
    text="It puts things in.",
    evidence=(),
    code_hash="h",
    model="small",
    prompt="p",
    created_at=1000.0,
    gates=GateResults(1.0, 1.0),
)


def hover(target: Target, note: Answer | None = None, **changes: Any) -> str:
    facts = Graph(shop().outlines).facts(target)
    assert facts is not None
    return hover_markdown(facts, note, **({"fresh": True, "now": 1000.0 + 7200} | changes))


def test_facts_alone_are_a_hover() -> None:
    text = hover(ADD)
    assert text.startswith("```python\ndef add(self, sku, count=1)\n```")
    assert "Put `count` of `sku` in." in text
    assert "Raises `ValueError`" in text


def test_a_fresh_note_stands_with_its_model_and_age() -> None:
    text = hover(ADD, NOTE)
    assert "It puts things in." in text
    assert "*small · 2 h ago*" in text
    assert "Out of date" not in text


def test_a_note_whose_code_changed_is_never_shown_as_fresh() -> None:
    text = hover(ADD, NOTE, fresh=False)
    assert "Out of date" in text
    assert "> It puts things in." in text


def test_callers_link_to_their_lines() -> None:
    text = hover(PRICE_OF, link=lambda path, line: f"<{path}@{line}>")
    assert "Called from `Cart.total` (<shop/cart.py@" in text


def test_a_class_names_what_extends_it() -> None:
    assert "Extended by `GiftCart`" in hover(CLASS)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "just now"), (90, "1 min ago"), (7200, "2 h ago"), (200_000, "2 d ago")],
)
def test_ages_are_told_in_the_largest_unit_that_fits(seconds: float, said: str) -> None:
    assert age(seconds) == said
