"""Facts as sentences and lists: the form that all answers without a model have."""

from collections.abc import Iterable

from msgspec import Struct

SHOWN = 12
"""Rows of a list that are shown; what is left out is counted."""


class Stated(Struct, frozen=True):
    """What the facts say, and the lines (path, zero-based line, symbol) that show it."""

    text: str
    places: tuple[tuple[str, int, str], ...]


def code(name: str) -> str:
    """A name as Markdown code."""
    return f"`{name}`"


def an(kind: str) -> str:
    """A kind of thing with its article."""
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def codes(names: Iterable[str]) -> str:
    """Names as Markdown code."""
    return ", ".join(code(name) for name in names)


def listed(head: str, rows: list[str], total: int, unit: str) -> str:
    """A heading that counts, and the rows that are shown."""
    count = f"{head} {total or 'no'} {unit}{'' if total == 1 else 's'}"
    more = [f"- … and {total - len(rows)} more"] if total > len(rows) else []
    return "\n".join([count + (":" if rows else "."), *([""] if rows else []), *rows, *more])
