"""Comments that are no symbol's documentation: they say why a line is as it is, so a search should find them."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from sleeptime.core.types import Comment
from sleeptime.index.docs import LICENCE, clean_comment
from sleeptime.index.scan import Scan

MAX_COMMENT_CHARS = 1000
"""Longer ones are mostly code that was switched off."""


def find_comments(scan: Scan, documentation: AbstractSet[int], enclosing: Callable[[int], int]) -> Iterator[Comment]:
    """Comments in order, those on successive lines of one symbol as one; without licences and `#!` lines.

    `documentation` are the first bytes of comments that document a symbol, `enclosing` gives the index of the
    innermost symbol around a byte.
    """
    for text, row, symbol in _blocks(scan, documentation, enclosing):
        cleaned = clean_comment(text)[:MAX_COMMENT_CHARS]
        if cleaned and not LICENCE.search(cleaned):
            yield Comment(cleaned, row, symbol)


def _blocks(
    scan: Scan, documentation: AbstractSet[int], enclosing: Callable[[int], int]
) -> Iterator[tuple[str, int, int]]:
    """(text with marks, first row, symbol) of each."""
    lines: list[str] = []
    first = after = symbol = -1
    for node in sorted(scan.nodes("comment"), key=lambda node: node.start_byte):
        start = node.start_byte
        if start in documentation or (start == 0 and scan.text.startswith(b"#!")):
            continue
        around, row = enclosing(start), node.start_point[0]
        if lines and (around != symbol or row != after):
            yield "\n".join(lines), first, symbol
            lines = []
        if not lines:
            first, symbol = row, around
        lines.append(scan.slice(node).rstrip("\n"))  # some grammars let a comment own its newline
        after = row + lines[-1].count("\n") + 1
    if lines:
        yield "\n".join(lines), first, symbol
