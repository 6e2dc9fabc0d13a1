"""A module as pages: stretches of its source short enough to be read whole by a small model.

All thoughts about what begins on a page are given the whole page, so their prompts differ by the question alone and
the engine reads the source once. With each symbol's own source in its prompt a quarter of all tokens was read anew.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sleeptime.core.types import CLASS_KINDS, Outline, Symbol

PAGE_LINES = 160
"""About 1,500 tokens: with the outline some 2,000 before the question, half a minute of reading on one core."""

DOC_LINES = 8
"""Lines shown of a docstring; what follows is examples and versions, half of some files."""

LINE_CHARACTERS = 200
PAGE_CHARACTERS = 7_000
"""Long lines are data; a page of them is cut where prose of `PAGE_LINES` lines would end."""

_CONTAINERS = CLASS_KINDS | {"namespace"}


class Page(Struct, frozen=True):
    """Lines of a file, from `first_line` (zero-based) up to `end_line`, exclusive."""

    first_line: int
    end_line: int


def pages_of(outline: Outline) -> tuple[Page, ...]:
    """The pages of a module, in order: cut between definitions, never within one. There is at least one."""
    folded = {symbol.span.start_line: _folded_lines(symbol) for symbol in outline.symbols}
    cuts = sorted({symbol.span.start_line for symbol in outline.symbols if _may_begin_a_page(symbol, outline)} - {0})
    end = max(outline.line_count, *cuts, 1) if cuts else max(outline.line_count, 1)
    pages: list[Page] = []
    first, length, before = 0, 0, 0
    for cut in [*cuts, end]:
        unit = cut - before - sum(lines for at, lines in folded.items() if before <= at < cut)
        if length and length + unit > PAGE_LINES:
            pages.append(Page(first, before))
            first, length = before, 0
        length += unit
        before = cut
    return (*pages, Page(first, end))


def page_number(pages: Sequence[Page], symbol: Symbol | None) -> int:
    """Which page a symbol begins on; the first for the module itself."""
    line = symbol.span.start_line if symbol else 0
    return next((at for at, page in enumerate(pages) if page.first_line <= line < page.end_line), 0)


def shown(page: Page, outline: Outline, lines: Sequence[str]) -> str:
    """A page as a model reads it: long docstrings, lines and bodies are cut."""
    hidden = {at for symbol in outline.symbols for at in _fold(symbol, lines)}
    text: list[str] = []
    characters = 0
    for at in range(page.first_line, min(page.end_line, len(lines))):
        if at in hidden:
            if at - 1 not in hidden:
                text.append("    …")
            continue
        line = lines[at][:LINE_CHARACTERS].rstrip()
        characters += len(line) + 1
        if characters > PAGE_CHARACTERS or len(text) >= PAGE_LINES + PAGE_LINES // 2:
            text.append(f"… ({page.end_line - at} more lines)")
            break
        text.append(line)
    return "\n".join(text)


def _may_begin_a_page(symbol: Symbol, outline: Outline) -> bool:
    return symbol.parent < 0 or outline.symbols[symbol.parent].kind in _CONTAINERS


def _folded_lines(symbol: Symbol) -> int:
    return max(0, symbol.docstring.count("\n") + 1 - DOC_LINES)


def _fold(symbol: Symbol, lines: Sequence[str]) -> Iterator[int]:
    """The lines of a symbol's docstring that are not shown; none if it cannot be found in the source as it stands."""
    said = symbol.docstring.split("\n")
    if len(said) <= DOC_LINES:
        return
    inside = range(symbol.span.start_line, min(symbol.span.end_line + 1, len(lines)))
    start = next((at for at in inside if said[0].strip() in lines[at]), None)
    if start is not None and start + len(said) <= len(lines) and said[-1].strip() in lines[start + len(said) - 1]:
        yield from range(start + DOC_LINES, start + len(said))
