"""A small repository about a shop, indexed in memory: what the tests of sleep and answers speak about."""

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import Sources

CART = '''"""Carts: what a person means to buy."""

from shop.prices import price_of


class Cart:
    """Holds skus and how many of each."""

    def __init__(self):
        self.lines = {}

    def add(self, sku, count=1):
        """Put `count` of `sku` in. More words."""
        if count < 1:
            raise ValueError(count)
        self.lines[sku] = self.lines.get(sku, 0) + count

    def total(self):
        return sum(price_of(sku) * count for sku, count in self.lines.items())


class GiftCart(Cart):
    def total(self):
        return 0
'''
PRICES = '''def price_of(sku):
    """What one costs."""
    return {"tea": 3}[sku]
'''
TESTS = """from shop.cart import Cart


def test_total():
    cart = Cart()
    cart.add("tea")
    assert cart.total() == 3
"""
FILES = {"shop/__init__.py": "", "shop/cart.py": CART, "shop/prices.py": PRICES, "tests/test_cart.py": TESTS}

MODULE = Target("module", "shop/cart.py")
CLASS = Target("class", "shop/cart.py", "Cart")
ADD = Target("symbol", "shop/cart.py", "Cart.add")
PRICE_OF = Target("symbol", "shop/prices.py", "price_of")


def shop(files: dict[str, str] | None = None) -> Sources:
    outlines = OutlinesInMemory(FILES | (files or {}))
    return Sources(outlines, outlines.read)
