import threading
from collections.abc import Callable

import pytest

from fakes.shop import shop
from sleeptime.core.ports import ChatRequest
from sleeptime.index import compare_outlines, parse
from sleeptime.model import EchoModel
from sleeptime.repo import History
from sleeptime.sleep.changes import Changes, ModuleChange
from sleeptime.sleep.phrasing import Phrased, phrase
from sleeptime.store import Visit

BEFORE = "def price_of(sku): ...\n\n\ndef tax_of(sku): ...\n"
AFTER = "def price_of(sku, day): ...\n\n\ndef rate_of(country): ...\n"
FACTS = """**Since Friday:** 1 source file.

- `def price_of(sku, day)` was `def price_of(sku)` (`shop/prices.py:1-1`)
- `tax_of` is gone (was `shop/prices.py:4-4`)
- added `rate_of` (`shop/prices.py:4-4`)
"""


def changes() -> Changes:
    symbols = compare_outlines("shop/prices.py", *(parse(text.encode(), "python") for text in (BEFORE, AFTER)))
    module = ModuleChange("shop/prices.py", "shop/prices.py", False, False, tuple(symbols), ())
    return Changes(Visit(0.0, "", {}), "", History(), (module,), (), ())


def phrased(say: Callable[[ChatRequest], str] | str) -> Phrased:
    reply = say if callable(say) else lambda _request: say
    return phrase(FACTS, changes(), shop({"shop/prices.py": AFTER}), EchoModel(reply), threading.Event())


def test_sentences_that_name_what_changed_are_kept() -> None:
    text = "`price_of` wants a `day` now. `tax_of` was removed from `shop/prices.py`, and `rate_of` was added."
    assert phrased(text).text == text


@pytest.mark.parametrize(
    "said",
    [
        "These changes amount to a significant refactoring of a popular shop.",
        "`Cart.add` is more robust.",
        "`price_of` was removed.",
        "`tax_of` was introduced.",
    ],
    ids=["names nothing", "names what did not change", "did not go", "did not come"],
)
def test_what_the_changes_do_not_say_is_dropped(said: str) -> None:
    assert phrased(f"{said} `tax_of` is gone.").text == "`tax_of` is gone."


def test_a_parameter_that_came_is_something_that_came() -> None:
    assert phrased("`day` was added to `price_of`.").text


def test_a_list_becomes_sentences() -> None:
    listed = "1. **Prices**: `price_of` wants a `day` now.\n2. **Taxes:** `tax_of` is gone.\n- `rate_of` was added."
    assert phrased(listed).text == "`price_of` wants a `day` now. `tax_of` is gone. `rate_of` was added."


def test_no_more_than_three_sentences_are_kept() -> None:
    many = " ".join(f"`price_of` is wanted in case {word}." for word in ("one", "two", "three", "four", "five"))
    assert phrased(many).text.count(".") <= 3


def test_a_name_that_does_not_exist_is_asked_for_again() -> None:
    asked: list[ChatRequest] = []

    def say(request: ChatRequest) -> str:
        asked.append(request)
        return "`tax_of` is gone." if len(asked) > 1 else "`reserve_stock` is gone."

    assert phrased(say).text == "`tax_of` is gone."
    assert "reserve_stock" in asked[-1].messages[-1].content


def test_only_sentences_are_asked_for_of_which_there_is_something_to_say() -> None:
    asked: list[str] = []

    def say(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return "Code that uses `tax_of` must now call `rate_of`. New is `rate_of`."

    assert phrased(say).text == "Code that uses `tax_of` must now call `rate_of`. New is `rate_of`."
    assert asked[0].endswith('"Code that uses … must now …" and "New is …, which …"')
    assert phrased("Code that uses `rate_of` must now call `tax_of`. New is `tax_of`.").text == ""
