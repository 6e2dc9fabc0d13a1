"""Facts as short texts dense with names: what models read, and what is shown when there is no model."""

from sleeptime.core.types import Outline, Symbol

FIRST_LINE_CHARACTERS = 120
"""A docstring's first sentence, cut: the rest costs prompt tokens and repeats the source."""


def first_sentence(docstring: str) -> str:
    """The first sentence or paragraph line of a docstring, on one line."""
    paragraph = " ".join(docstring.strip().split("\n\n", 1)[0].split())
    sentence, dot, _ = paragraph.partition(". ")
    text = sentence + dot.strip()
    return text if len(text) <= FIRST_LINE_CHARACTERS else text[: FIRST_LINE_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"


def symbol_line(symbol: Symbol) -> str:
    """One symbol on one line: its signature (or name) and its documentation's first sentence."""
    head = symbol.signature or symbol.name
    said = first_sentence(symbol.docstring)
    return f"{head}  # {said}" if said else head


def outline_card(outline: Outline, max_lines: int) -> str:
    """A module on at most `max_lines` lines: documentation, classes with their methods, functions, constants.

    Fields and locals are left out first, then private names, so that what callers use stays.
    """
    lines = [first_sentence(outline.docstring)] if outline.docstring else []
    shown = [symbol for symbol in outline.symbols if symbol.kind not in {"field", "variable"} or symbol.parent < 0]
    if len(shown) > max_lines:
        shown = [symbol for symbol in shown if symbol.exported]
    lines += ["  " * symbol.qualified_name.count(".") + symbol_line(symbol) for symbol in shown[:max_lines]]
    if len(shown) > max_lines:
        lines.append(f"… and {len(shown) - max_lines} more")
    return "\n".join(lines)
