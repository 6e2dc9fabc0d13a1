from fakes.shop import ADD, CLASS, MODULE, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.core.types import Target
from sleeptime.index import Graph

ORDERS = '''
from shop.cart import Cart


def check(cart):
    """Refuses what cannot be bought, such as an empty cart."""


def buy(cart):
    """Turns a cart into an order, once it has been checked."""
    check(cart)
    deliver(cart)
    raise OSError


def deliver(cart):
    check(cart)


class Rows(Cart):
    """Holds the rows of an order, and nothing else at all."""


class Order(Cart):
    """Keeps what was bought, and what was paid for it."""

    def pay(self, money):
        """Takes the money. More words."""
        self.paid = money

    def undocumented(self):
        pass
'''


def explained(target: Target) -> str | None:
    sources = shop({"shop/orders.py": ORDERS})
    found = FactAnswers(Graph(sources.outlines), sources).explained(target)
    return found[0] if found else None


def test_a_function_is_its_documentation_and_its_steps_in_order() -> None:
    said = explained(Target("symbol", "shop/orders.py", "buy")) or ""
    assert said.startswith("Turns a cart into an order")
    assert said.index("`check`") < said.index("`deliver`")
    assert "It raises `OSError` itself." in said


def test_what_a_function_raises_is_no_step_of_its_work() -> None:
    refuse = '''
class Refused(Exception): ...


def refuse(cart):
    """Tells a cart that it cannot be bought, whatever is in it."""
    raise Refused(cart)
'''
    sources = shop({"shop/refuse.py": refuse})
    facts = FactAnswers(Graph(sources.outlines), sources)
    assert facts.explained(Target("symbol", "shop/refuse.py", "refuse")) is None


def test_a_class_is_its_documentation_and_its_parts() -> None:
    said = explained(Target("class", "shop/orders.py", "Order")) or ""
    assert "`Order` extends `Cart`. It keeps `paid`." in said
    assert "- `pay`: Takes the money · `shop/orders.py:" in said
    assert "undocumented" not in said


def test_what_is_not_documented_or_has_no_steps_or_parts_is_not_explained() -> None:
    assert explained(Target("symbol", "shop/orders.py", "deliver")) is None
    assert explained(Target("symbol", "shop/orders.py", "check")) is None
    assert explained(Target("class", "shop/orders.py", "Rows")) is None
    assert explained(MODULE) is None


def test_a_class_without_documentation_is_told_in_the_words_of_what_it_extends() -> None:
    sources = shop()
    facts = FactAnswers(Graph(sources.outlines), sources)
    own, found = facts.documented(CLASS), facts.documented(Target("class", "shop/cart.py", "GiftCart"))
    assert own is not None
    assert found is not None
    assert own[0].split("\n\n") == ["Holds skus and how many of each.", "It offers `add`, `total`; keeps `lines`."]
    assert "Holds skus and how many of each." in found[0]
    assert found[0].endswith("It offers `total`.")
    assert "In the words of `Cart` (`shop/cart.py:6`), which it extends" in found[0]
    assert len(found[1]) == 2


def test_documentation_is_followed_by_the_names_that_it_leaves_out_but_what_is_only_read() -> None:
    sources = shop()
    documented = FactAnswers(Graph(sources.outlines), sources).documented(ADD)
    assert documented is not None
    assert documented[0] == "Put `count` of `sku` in. More words.\n\nIt raises `ValueError`; calls `get`."
