"""Comments that are no symbol's documentation: they say why a line is as it is, so a search should find them."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from tree_sitter import Node

from sleeptime.core.types import Comment
from sleeptime.index.docs import LICENCE, clean_comment, last_row
from sleeptime.index.scan import Scan

MAX_COMMENT_CHARS = 1000
"""Longer ones are mostly code that was switched off."""


def find_comments(scan: Scan, documentation: AbstractSet[int], enclosing: Callable[[int], int]) -> Iterator[Comment]:
    """Comments in order, those on successive lines of one symbol as one; without licences and `#!` lines.

    `documentation` are the first bytes of comments that document a symbol, `enclosing` gives the index of the
    innermost symbol around a byte.
    """
    for nodes, symbol in _blocks(scan, documentation, enclosing):
        text = clean_comment("\n".join(map(scan.slice, nodes)))[:MAX_COMMENT_CHARS]
        if text and not LICENCE.search(text):
            yield Comment(text, nodes[0].start_point.row, symbol)


def _blocks(
    scan: Scan, documentation: AbstractSet[int], enclosing: Callable[[int], int]
) -> Iterator[tuple[list[Node], int]]:
    block: list[Node] = []
    symbol = -1
    for node in sorted(scan.nodes("comment"), key=lambda node: node.start_byte):
        start = node.start_byte
        if start in documentation or (start == 0 and scan.text.startswith(b"#!")):
            continue
        around = enclosing(start)
        if block and (around != symbol or node.start_point.row != last_row(block[-1]) + 1):
            yield block, symbol
            block = []
        block.append(node)
        symbol = around
    if block:
        yield block, symbol
