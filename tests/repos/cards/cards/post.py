"""Posting cards to many people."""

from cards.make import make_card

FRIENDS = ("Ada", "Grace")


def post_all(names: tuple[str, ...] = FRIENDS) -> list[str]:
    """A card for each name, and one with a party for everybody."""
    cards = [make_card(name) for name in names]
    cards.append("🎉🎂" + make_card("大家", "生日快乐"))
    return cards
