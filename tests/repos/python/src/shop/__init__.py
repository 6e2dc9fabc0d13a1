"""A shop that sells books."""

from .cart import Cart as Cart
from .errors import ShopError
from .models import Book

__all__ = ["Cart", "ShopError", "make_shop"]
DEFAULT_CURRENCY: str = "EUR"


def make_shop(name: str, *, currency: str = DEFAULT_CURRENCY) -> Cart:
    """Open a shop with an empty cart."""
    cart = Cart(name)
    cart.add(Book("Dune", 12))
    return cart
