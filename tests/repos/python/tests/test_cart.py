from shop import Cart, make_shop
from shop.models.book import Book


def test_total_counts_tax():
    cart = Cart("ann")
    cart.add(Book("Dune", 100))
    assert cart.total() == 107


def test_make_shop():
    assert make_shop("books").total()
