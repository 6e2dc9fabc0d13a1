"""Making greeting cards."""

GREETING = "Happy birthday"


class CardError(ValueError):
    """A card that cannot be made."""


def make_card(name: str, greeting: str = GREETING) -> str:
    """One card for one person.

    Raises:
        CardError: the name is empty.
    """
    if not name:
        raise CardError("A card needs a name.")
    return f"{greeting}, {name}!"
