"""`parse`: any bytes to an outline, in any language; broken source is data, never an exception."""

from tree_sitter import Node, Parser, Tree

from sleeptime.core.keys import combined_hash
from sleeptime.core.types import Outline, Span
from sleeptime.index.extract import extract
from sleeptime.index.languages import LanguageSpec, grammar, spec_of
from sleeptime.index.notebook import notebook_outline
from sleeptime.index.prose import prose_outline


def parse(text: bytes, language: str) -> Outline:
    """The outline of a file: a pure function of its bytes, its language and `keys.EXTRACTOR_VERSION`.
    A language nobody knows gives an empty outline.
    """
    spec = spec_of(language)
    if spec is None:
        return Outline(language=language)
    if spec.name == "notebook":
        return notebook_outline(text, lambda source: parse(source, "python"))
    if not spec.grammar:
        return prose_outline(text, language)
    return extract(text, syntax_tree(text, spec), spec)


def syntax_tree(text: bytes, spec: LanguageSpec) -> Tree:
    """A fresh parser each time: it is cheap to make, and none is shared between threads."""
    return Parser(grammar(spec.name)).parse(text)


def token_hash(text: bytes, language: str, span: Span, without: str = "") -> str:
    """A hash of the tokens in `span` but comments and the name `without`: the same after comments, blank space or place
    changed.

    Prose and unknown languages are hashed by their words.
    """
    part = _part(text, span)
    spec = spec_of(language)
    if spec is None or not spec.grammar:
        return combined_hash(part.decode("utf-8", "surrogateescape").split())
    tree = syntax_tree(text, spec)
    start = _byte_at(text, span.start_line, span.start_column)
    tokens = _tokens(tree.root_node, start, start + len(part))
    return combined_hash(["" if token == without else token for token in tokens])


def _tokens(root: Node, start: int, end: int) -> list[str]:
    """Leaf tokens within bytes start..end, with Python's block structure (which is no token) as brackets."""
    tokens: list[str] = []
    cursor = root.walk()
    done = False
    while not done:
        node = cursor.node
        assert node is not None
        outside = node.end_byte <= start or node.start_byte >= end
        skipped = outside or "comment" in node.type
        if not skipped and node.child_count == 0 and node.text is not None:
            tokens.append(node.text.decode("utf-8", "surrogateescape"))
        elif not skipped and node.type == "block":
            tokens.append(f"\0{sum('comment' not in child.type for child in node.named_children)}")
        if not skipped and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                done = True
                break
    return tokens


def _part(text: bytes, span: Span) -> bytes:
    return text[_byte_at(text, span.start_line, span.start_column) : _byte_at(text, span.end_line, span.end_column)]


def _byte_at(text: bytes, line: int, column: int) -> int:
    """The offset of a position; the text's end when it lies beyond."""
    offset = 0
    for _ in range(line):
        newline = text.find(b"\n", offset)
        if newline < 0:
            return len(text)
        offset = newline + 1
    return min(offset + column, len(text))
