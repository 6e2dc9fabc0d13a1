"""What every item has."""


class Item:
    """Something with a price.

    Prices are in cents.
    """

    tax = 19

    def __init__(self, name, price):
        self.name = name
        self.price = price

    @property
    def total(self) -> int:
        """Price with tax."""
        return self.price * (100 + self.tax) // 100

    def describe(self):
        return f"{self.name}: {self.total}"
