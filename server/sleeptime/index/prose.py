"""Markdown and reStructuredText by their headings."""

import re
from collections.abc import Iterator

from sleeptime.core.keys import text_hash
from sleeptime.core.types import Outline, Span, Symbol

_FENCE = re.compile(rb"\s{0,3}(`{3,}|~{3,})")
_ATX = re.compile(rb"\s{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\r?$")
_SETEXT = re.compile(rb"\s{0,3}(=+|-+)[ \t]*\r?$")
_ADORNMENT = re.compile(rb"([!-/:-@\[-`{-~])\1{2,}[ \t]*\r?$")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[`*_]{1,3}(?=\S)|(?<=\S)[`*_]{1,3}")

Heading = tuple[int, int, int, int, int]
"""Level, first line, line of the title, and the title's first and last byte column."""


def prose_outline(text: bytes, language: str) -> Outline:
    """Headings as nested symbols; a section's documentation is its first paragraph."""
    lines = text.split(b"\n")
    start = _after_front_matter(lines)
    headings = list(_markdown(lines) if language == "markdown" else _restructured(lines))
    return Outline(
        language=language,
        symbols=_symbols(lines, headings),
        docstring=_paragraph(lines, start, headings[0][1] if headings else len(lines)),
        line_count=len(lines) - (not lines[-1]),
    )


def _markdown(lines: list[bytes]) -> Iterator[Heading]:
    fence = b""
    for number, line in enumerate(lines):
        if (match := _FENCE.match(line)) is not None and (not fence or match[1].startswith(fence)):
            fence = b"" if fence else match[1]
        elif fence:
            continue
        elif (match := _ATX.match(line)) is not None and match[2]:
            yield len(match[1]), number, number, match.start(2), match.end(2)
        elif (match := _SETEXT.match(line)) is not None and number and _is_title(lines, number - 1):
            yield 1 if match[1][:1] == b"=" else 2, number - 1, number - 1, *_extent(lines[number - 1])


def _is_title(lines: list[bytes], number: int) -> bool:
    """A paragraph of one line that is no list, quotation, table or front matter."""
    line = lines[number].strip()
    alone = number == 0 or not lines[number - 1].strip()
    return alone and bool(line) and not line.startswith((b"#", b">", b"|", b"-", b"*", b"+ ", b"    "))


def _restructured(lines: list[bytes]) -> Iterator[Heading]:
    """Sections by adornment; the order in which styles first appear gives their levels."""
    styles: dict[tuple[bytes, bool], int] = {}
    number = 1
    while number < len(lines):
        title, match = lines[number - 1], _ADORNMENT.match(lines[number])
        if match is None or not title.strip() or (title[:1].isspace() and number < 2) or _ADORNMENT.match(title):
            number += 1
            continue
        mark = match[1]
        above = _ADORNMENT.match(lines[number - 2]) if number >= 2 else None
        over = above is not None and above[1] == mark
        if len(lines[number].strip()) >= min(len(title.strip().decode("utf-8", "replace")), 4) and (
            over or not title[:1].isspace()
        ):
            level = styles.setdefault((mark, over), len(styles) + 1)
            yield level, number - 1 - over, number - 1, *_extent(title)
        number += 2


def _after_front_matter(lines: list[bytes]) -> int:
    """The line behind a leading `---` block."""
    if lines[0].strip() != b"---":
        return 0
    return next((number + 1 for number, line in enumerate(lines[1:200], 1) if line.strip() == b"---"), 0)


def _extent(line: bytes) -> tuple[int, int]:
    return len(line) - len(line.lstrip()), len(line.rstrip())


def _symbols(lines: list[bytes], headings: list[Heading]) -> tuple[Symbol, ...]:
    symbols: list[Symbol] = []
    open_sections: list[tuple[int, int]] = []  # (level, index)
    ends = _section_ends(headings, len(lines))
    seen: dict[str, int] = {}
    for index, ((level, first, row, start, end), last) in enumerate(zip(headings, ends, strict=True)):
        while open_sections and open_sections[-1][0] >= level:
            open_sections.pop()
        parent = open_sections[-1][1] if open_sections else -1
        title = lines[row][start:end].decode("utf-8", "replace")
        name = _MARKUP.sub(r"\1", title) or title
        qualified = f"{symbols[parent].qualified_name}/{name}" if parent >= 0 else name
        count = seen[qualified] = seen.get(qualified, 0) + 1
        end_line, end_column = (last, 0) if last < len(lines) else (len(lines) - 1, len(lines[-1]))
        body = b"\n".join(lines[first:last]) + (b"\n" if last < len(lines) else b"")
        symbols.append(
            Symbol(
                name=name,
                qualified_name=qualified if count == 1 else f"{qualified}#{count}",
                kind="heading",
                span=Span(first, 0, end_line, end_column),
                name_span=Span(row, start, row, end),
                parent=parent,
                signature=title,
                docstring=_paragraph(lines, row + 1, headings[index + 1][1] if index + 1 < len(headings) else last),
                text_hash=text_hash(body),
            )
        )
        open_sections.append((level, index))
    return tuple(symbols)


def _section_ends(headings: list[Heading], line_count: int) -> list[int]:
    """For each heading the line of the next one that is not below it."""
    ends = [line_count] * len(headings)
    waiting: list[int] = []
    for index, (level, first, *_) in enumerate(headings):
        while waiting and headings[waiting[-1]][0] >= level:
            ends[waiting.pop()] = first
        waiting.append(index)
    return ends


def _paragraph(lines: list[bytes], start: int, end: int) -> str:
    """The first paragraph between two lines, at most twelve lines of it, without adornments and directives."""
    found: list[str] = []
    for line in lines[start : min(end, start + 60)]:
        text = line.strip()
        if text.startswith((b"```", b"~~~")):
            break
        if _ADORNMENT.match(text) or text.startswith((b".. ", b"---", b"<!--", b"[![", b"|", b":")):
            continue
        if not text and found:
            break
        if text:
            found.append(text.decode("utf-8", "replace"))
    return "\n".join(found[:12])[:2000]
