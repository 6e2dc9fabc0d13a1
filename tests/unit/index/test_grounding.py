import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index.grounding import (
    EVIDENCE_WINDOW_LINES,
    Passage,
    Scope,
    cited_places,
    code_names,
    find_evidence,
    sentences,
    still_holds,
    unknown_names,
)
from sleeptime.index.sources import Sources

CART = '''"""A shopping cart."""


class Cart:
    """Holds lines until checkout."""

    def add(self, sku, count=1):
        if count < 1:
            raise ValueError(count)
        self.lines[sku] = count

    def total(self):
        return sum(price_of(sku) * n for sku, n in self.lines.items())


def price_of(sku):
    return PRICES[sku]
'''


@pytest.fixture
def sources() -> Sources:
    outlines = OutlinesInMemory({"shop/cart.py": CART})
    return Sources(outlines, outlines.read)


def passage_of(sources: Sources, symbol: str) -> Passage:
    passage = sources.passage(Target("symbol", "shop/cart.py", symbol))
    assert passage is not None
    return passage


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It calls `price_of(sku)` for each.", ("price_of(sku)",)),
        ("Then price_of and total_price run.", ("price_of", "total_price")),
        ("The ShoppingCart of app.config_file is plain.", ("ShoppingCart", "app.config_file")),
        ("A plain sentence about Python and JSON has none.", ()),
        ("total() is called.", ("total()",)),
    ],
)
def test_code_names_are_what_stands_in_backticks_and_what_can_only_be_code(text: str, names: tuple[str, ...]) -> None:
    assert code_names(text) == names


def test_a_name_that_exists_nowhere_is_found_out(sources: Sources) -> None:
    scope = sources.scope([passage_of(sources, "Cart.add")])
    assert unknown_names("`add` raises `ValueError` and stores into `self.lines`.", scope) == ()
    assert unknown_names("`add` calls `validate_stock`.", scope) == ("validate_stock",)


def test_a_name_defined_elsewhere_in_the_repository_is_known(sources: Sources) -> None:
    scope = sources.scope([passage_of(sources, "Cart.add")])
    assert unknown_names("It leads to `price_of`.", scope) == ()


def test_paths_are_known_by_their_end_and_literals_are_not_names(sources: Sources) -> None:
    scope = sources.scope([passage_of(sources, "Cart.add")])
    assert unknown_names("See `cart.py`, `shop/cart.py`, `1` and `'a string'`.", scope) == ()
    assert unknown_names("See `till.py`.", scope) == ("till.py",)


def test_evidence_of_a_sentence_is_the_lines_that_hold_its_names(sources: Sources) -> None:
    evidence = find_evidence("`add` raises `ValueError` when `count` is below one.", [passage_of(sources, "Cart.add")])
    (only,) = evidence
    assert (only.path, only.start_line, only.end_line, only.symbol) == ("shop/cart.py", 7, 9, "Cart.add")
    assert still_holds(only, CART.split("\n"))


def test_evidence_no_longer_holds_once_its_lines_change(sources: Sources) -> None:
    (only,) = find_evidence("`add` raises `ValueError`.", [passage_of(sources, "Cart.add")])
    assert not still_holds(only, CART.replace("ValueError", "KeyError").split("\n"))
    assert not still_holds(only, [])


def test_a_text_without_names_cites_the_head_of_what_it_was_written_from(sources: Sources) -> None:
    (only,) = find_evidence("It puts things in.", [passage_of(sources, "Cart.add")])
    assert only.start_line == 7


def test_places_written_in_a_text_are_read_with_their_lines() -> None:
    assert cited_places("See [a/b.py:3-9] and c.rs:12.") == (("a/b.py", 3, 9), ("c.rs", 12, 12))


def test_sentences_end_at_full_stops_but_not_inside_names() -> None:
    assert sentences("It uses `a.b`. Then e.g. more. `c` ends.") == ("It uses `a.b`.", "Then e.g. more.", "`c` ends.")


@given(st.text(), st.lists(st.text(alphabet=st.characters(exclude_characters="\n")), max_size=30))
def test_evidence_always_lies_within_its_passage(text: str, lines: list[str]) -> None:
    passage = Passage("a.py", 4, tuple(lines))
    for evidence in find_evidence(text, [passage]):
        if lines:
            assert 5 <= evidence.start_line <= evidence.end_line <= 4 + len(lines)
            assert evidence.end_line - evidence.start_line < EVIDENCE_WINDOW_LINES


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    outlines = OutlinesInMemory({})
    scope = Scope([Passage("a.py", 0, ("x = 1",))], outlines)
    assert set(unknown_names(text, scope)) <= set(code_names(text))


def test_a_file_with_its_lines_is_known_by_its_path() -> None:
    scope = Scope([], OutlinesInMemory({"shop/cart.py": "def add(): ...\n"}))
    assert scope.knows("shop/cart.py:1")
    assert scope.knows("cart.py:1-3")
    assert not scope.knows("shop/till.py:1")
