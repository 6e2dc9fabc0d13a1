from __future__ import annotations

import functools
from typing import Optional

from shop.errors import SoldOutError
from shop.models import Book, Item

MAX_ITEMS = 10


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Cart:
    """Holds what is bought."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.items: list[Item] = []
        self._last: Optional[Item] = None

    @logged
    def add(
        self,
        item: Item,  # the thing
        count: int = 1,
    ) -> "Cart":
        """Put `count` of an item into the cart."""
        if len(self.items) + count > MAX_ITEMS:
            raise SoldOutError(item.name)
        self.items.append(item)
        self._last = item
        return self

    def total(self) -> int:
        return sum(item.total for item in self.items)

    def last_description(self) -> str:
        if self._last is None:
            raise ValueError("empty")
        return self._last.describe()


def gift(owner: str) -> Cart:
    cart = Cart(owner).add(Book("Emma", 9))
    logged = None
    return cart
