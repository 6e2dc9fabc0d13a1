class ShopError(Exception):
    """Anything that can go wrong while shopping."""


class SoldOutError(ShopError):
    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title
