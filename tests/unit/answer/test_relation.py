import pytest

from fakes.shop import CLASS, PRICE_OF, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.relation import Pair, pair_asked
from sleeptime.core.types import Target
from sleeptime.index import Graph

TILL = """
from shop.cart import Cart


class Till:
    def open(self) -> Cart:
        return Cart()


class Drawer:
    pass


class PaperCart(Cart):
    pass


def reset(till: Till, drawer: Drawer):
    Till(), Drawer()
"""
GIFT = Target("class", "shop/cart.py", "GiftCart")
TILL_CLASS = Target("class", "shop/till.py", "Till")
DRAWER = Target("class", "shop/till.py", "Drawer")


def related(one: Target, other: Target) -> str | None:
    sources = shop({"shop/till.py": TILL})
    found = FactAnswers(Graph(sources.outlines), sources).related(one, other)
    assert found is None or found[1]
    return found[0] if found else None


def test_who_extends_whom_is_said_in_either_order() -> None:
    assert related(CLASS, GIFT) == related(GIFT, CLASS)
    assert "`GiftCart` extends `Cart`." in (related(CLASS, GIFT) or "")


def test_where_one_uses_the_other_is_listed_with_its_line() -> None:
    said = related(TILL_CLASS, CLASS) or ""
    assert "`Till` uses `Cart` in 1 place:" in said
    assert "- `Till.open` · `shop/till.py:6`" in said
    assert "test_total" not in said


def test_every_place_that_uses_both_is_found_and_none_that_uses_the_base_alone() -> None:
    uses = "\n".join(f"def count{n}(cart: Cart) -> int:\n    return len(cart.lines)\n\n" for n in range(40))
    clerk = f"from shop.cart import Cart, GiftCart\n\n\n{uses}\ndef both(cart: Cart, gift: GiftCart): ...\n"
    sources = shop({"shop/clerk.py": clerk})
    found = FactAnswers(Graph(sources.outlines), sources).related(CLASS, GIFT)
    assert found is not None
    assert "Both are used in 1 place:\n\n- `both` · `shop/clerk.py:" in found[0]


def test_what_makes_one_of_the_other_stands_apart_and_a_setter_is_no_place_of_its_own() -> None:
    bill = """
from shop.cart import Cart


class Bill:
    @property
    def cart(self) -> Cart: ...

    @cart.setter
    def cart(self, value: Cart): ...


def pay(cart: Cart, coins: int = int("3")) -> Bill: ...


def compare(cart: Cart, bill: Bill) -> bool: ...


def each(cart: Cart) -> dict[Cart, Bill]: ...
"""
    sources = shop({"shop/bill.py": bill})
    found = FactAnswers(Graph(sources.outlines), sources).related(CLASS, Target("class", "shop/bill.py", "Bill"))
    assert found is not None
    assert found[0].split("\n\n") == [
        "`Bill` uses `Cart` in 1 place:",
        "- `Bill.cart` · `shop/bill.py:7`",
        "`Cart` is taken and `Bill` returned in 1 place:",
        "- `pay` · `shop/bill.py:13`",
        "Both are also used in 2 places:",
        "- `compare` · `shop/bill.py:16`\n- `each` · `shop/bill.py:19`",
    ]


def test_that_somebody_uses_both_or_both_extend_a_third_is_no_relation() -> None:
    assert related(TILL_CLASS, DRAWER) is None
    assert related(DRAWER, PRICE_OF) is None
    assert related(GIFT, Target("class", "shop/till.py", "PaperCart")) is None


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        ("What is the relationship between Cart and Till?", Pair("Cart", "Till", "")),
        (
            "What is the relation between the Cart class and the Till in selling?",
            Pair("the Cart class", "the Till", " in selling"),
        ),
        ("What does Cart do between opening and closing?", None),
        ("What is the relationship of Cart?", None),
    ],
)
def test_a_pair_is_asked_for_in_so_many_words(question: str, pair: Pair | None) -> None:
    assert pair_asked(question) == pair
