"""One definition or section as part of a larger text: how it is shown to the model, and how much of it."""

from collections.abc import Iterator, Sequence

from sleeptime.core.types import Outline, Symbol, Target
from sleeptime.index import PROSE, Sources
from sleeptime.prompts import outline_card, symbol_line
from sleeptime.sleep.pages import Page, shown

THEME_CHARACTERS = 6_000
"""About 1,500 tokens of all members together."""

BODY_LINES = 24
SECTION_LINES = 24
MEMBER_LINES = 10
CARD_LINES = 12

_CLASS_LEVEL = "class"


def part_of(target: Target, sources: Sources) -> str:
    """A member of a theme: a function's source, a class's head and methods, a module's outline; "" if it is gone."""
    outline = sources.outlines.outline(target.path)
    if outline is None:
        return ""
    if not target.symbol:
        return f"`{target.path}`:\n{outline_card(outline, CARD_LINES)}\n"
    symbol = sources.symbol(target)
    if symbol is None:
        return ""
    if symbol.kind == "heading":
        return _section(target, symbol, outline, sources)
    place = f"`{target.path}:{symbol.span.start_line + 1}` {symbol.qualified_name}:"
    if target.level == _CLASS_LEVEL:
        return "\n".join([place, *_class_lines(symbol, outline), ""])
    end = min(symbol.span.end_line + 1, symbol.span.start_line + BODY_LINES)
    source = shown(Page(symbol.span.start_line, end), outline, sources.lines(target.path))
    return f"{place}\n```\n{source}\n```\n"


def fitting(parts: Sequence[tuple[Target, str]]) -> Iterator[tuple[Target, str]]:
    """The parts that fit `THEME_CHARACTERS`, in order; one that does not is passed over, a later one may."""
    left = THEME_CHARACTERS
    for target, text in parts:
        if len(text) <= left:
            left -= len(text)
            yield target, text


def whereabouts(name: str, members: Sequence[Target], sources: Sources) -> str:
    """Where a concept is implemented, the nearest definition first, each with its place: no model knows it better. A
    file is named where none of its definitions is.
    """
    code = [member for member in members if not member.path.endswith(PROSE)]
    symbols = {member: symbol for member in code if (symbol := sources.symbol(member)) is not None}
    told = {member.path for member in symbols}
    places = [
        f"the {symbols[member].kind} `{symbols[member].qualified_name}`"
        f" (`{member.path}:{symbols[member].name_span.start_line + 1}`)"
        if member in symbols
        else f"the file `{member.path}`"
        for member in code
        if member in symbols or not (member.symbol or member.path in told)
    ]
    return f"`{name}` is implemented by {', '.join(places)}."


def _section(target: Target, symbol: Symbol, outline: Outline, sources: Sources) -> str:
    """The beginning of a section of the documentation, without the sections inside it."""
    first = symbol.span.start_line
    inside = (one.span.start_line for one in outline.symbols if first < one.span.start_line <= symbol.span.end_line)
    end = min([*inside, symbol.span.end_line + 1, first + SECTION_LINES])
    text = "\n".join(line.strip() for line in sources.lines(target.path)[first:end] if line.strip())
    return f"From the documentation, `{target.path}:{first + 1}`:\n{text}\n"


def _class_lines(symbol: Symbol, outline: Outline) -> Iterator[str]:
    yield symbol.signature or symbol.name
    yield from (f"    {line}" for line in symbol.docstring.split("\n\n", 1)[0].split("\n")[:4] if line.strip())
    prefix = symbol.qualified_name + "."
    methods = [
        other
        for other in outline.symbols
        if other.qualified_name.startswith(prefix) and other.kind in {"method", "constructor", "property", "field"}
    ]
    methods.sort(key=lambda other: (not other.exported, other.kind == "field"))
    yield from (f"    {symbol_line(other)}" for other in methods[:MEMBER_LINES])
