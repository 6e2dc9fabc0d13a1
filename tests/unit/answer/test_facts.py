import pytest

from fakes.shop import ADD, CLASS, FILES, MODULE, PRICE_OF, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.core.intents import INTENTS
from sleeptime.core.types import Evidence, Target
from sleeptime.index import Graph, still_holds


def answer(target: Target, intent: str) -> tuple[str, tuple[Evidence, ...]]:
    sources = shop()
    found = FactAnswers(Graph(sources.outlines), sources).answer(target, intent)  # type: ignore[arg-type]
    assert found is not None
    return found


def places(evidence: tuple[Evidence, ...]) -> list[str]:
    return [f"{item.path}:{item.start_line}" for item in evidence]


def line_of(path: str, text: str) -> str:
    number = next(n for n, line in enumerate(FILES[path].split("\n"), 1) if text in line)
    return f"{path}:{number}"


def test_callers_are_listed_with_the_lines_of_their_calls() -> None:
    text, evidence = answer(PRICE_OF, "callers")
    assert "called from 1 place" in text
    assert "`Cart.total`" in text
    assert places(evidence) == [line_of("shop/cart.py", "price_of(sku) *")]


def test_what_is_raised_is_named() -> None:
    text, _ = answer(ADD, "errors")
    assert "`ValueError`" in text


def test_a_class_tells_what_extends_it() -> None:
    assert "`GiftCart`" in answer(CLASS, "overrides")[0]


def test_parameters_are_the_signature_with_its_defaults() -> None:
    text, _ = answer(ADD, "parameters")
    assert "def add(self, sku, count=1)" in text
    assert "Put `count` of `sku` in." in text


def test_the_tests_that_use_a_symbol_are_named() -> None:
    text, evidence = answer(CLASS, "tests")
    assert "`test_total`" in text
    assert evidence[0].path == "tests/test_cart.py"


def test_attributes_say_where_they_are_assigned() -> None:
    assert "`Cart.lines`" in answer(CLASS, "attributes")[0]


def test_a_module_tells_what_it_holds_needs_and_serves() -> None:
    assert "class Cart" in answer(MODULE, "contents")[0]
    assert "`shop/prices.py`" in answer(MODULE, "dependencies")[0]
    assert "`tests/test_cart.py`" in answer(MODULE, "dependents")[0]


@pytest.mark.parametrize("intent", [intent.name for intent in INTENTS if intent.typed])
@pytest.mark.parametrize("target", [ADD, CLASS, MODULE, PRICE_OF], ids=str)
def test_every_typed_answer_cites_lines_that_exist(target: Target, intent: str) -> None:
    sources = shop()
    found = FactAnswers(Graph(sources.outlines), sources).answer(target, intent)  # type: ignore[arg-type]
    if found is not None:
        assert found[1]
        assert all(still_holds(evidence, sources.lines(evidence.path)) for evidence in found[1])


def test_what_is_gone_has_no_answer() -> None:
    sources = shop()
    facts = FactAnswers(Graph(sources.outlines), sources)
    assert facts.answer(Target("symbol", "shop/cart.py", "Cart.gone"), "callers") is None
    assert facts.answer(Target("module", "gone.py"), "contents") is None
