"""What documents a definition: a docstring, or the comments right above it."""

import inspect
import re

from tree_sitter import Node

from sleeptime.index.scan import Scan
from sleeptime.index.symbols import Definition

MAX_DOC_CHARS = 8000
"""Longer documentation is cut: nobody reads it in a hover, and it would be most of the store."""

LICENCE = re.compile(r"copyright|licen[cs]e|SPDX", re.IGNORECASE)
_QUOTES = re.compile(r"^[rRuUbBfF]{0,2}(\"\"\"|'''|\"|')(.*?)\1?$", re.DOTALL)
_COMMENT_MARK = re.compile(r"\s*(?:/\*+!?|\*+/|//[/!]?|#+!?|\*(?=\s|$)|--)?[ \t]?")
_COMMENT_END = re.compile(r"\s*\*+/$")
_TAG = re.compile(r"</?(?:summary|remarks|para|see|c|code)\b[^>]*>")


class Docs:
    """The documentation of one file's definitions."""

    def __init__(self, scan: Scan, doc_comment: str) -> None:
        self._scan = scan
        self._strings = {m["documented"][0].start_byte: m["docstring"][0] for m in scan.matches("docstring")}
        self._comments: dict[int, Node] = {}
        self._attributes: dict[int, Node] = {}
        self.used: set[int] = set()
        """The first bytes of comments that were given as somebody's documentation."""
        if doc_comment:
            pattern = re.compile(doc_comment.encode())
            self._comments = {
                last_row(node): node
                for node in scan.nodes("comment")
                if pattern.match(scan.text, node.start_byte) and self._starts_line(node) and not self._is_shebang(node)
            }
            self._attributes = {last_row(node): node for node in scan.nodes("attribute") if self._starts_line(node)}

    def of(self, definition: Definition) -> str:
        """Its docstring or the comments above it, cleaned; "" if there is none."""
        if (node := self._strings.get(definition.node.start_byte)) is not None and node.end_byte <= definition.end:
            return clean_docstring(self._scan.slice(node))
        if not self._comments:
            return ""
        return self._comment_above(definition.outer.start_point.row - 1)

    def attributes_above(self, definition: Definition) -> tuple[str, ...]:
        """Rust's `#[…]` and decorators that stand on the lines right above."""
        row = definition.outer.start_point.row - 1
        found = []
        while (node := self._attributes.get(row) or self._comments.get(row)) is not None:
            if row in self._attributes:
                found.append(self._scan.slice(node))
            row = node.start_point.row - 1
        return tuple(reversed(found))

    def of_module(self, first_definition: Definition | None) -> str:
        """What documents the whole file: its docstring, or its first comment if that is no licence."""
        root = self._scan.tree.root_node
        if (node := self._strings.get(root.start_byte)) is not None:
            return clean_docstring(self._scan.slice(node))
        for last in sorted(self._comments)[:20]:
            if self._comments.get(last + 1) is not None:
                continue
            if last > 40 or (first_definition is not None and last >= first_definition.outer.start_point.row - 1):
                return ""
            text = self._comment_above(last)
            if text and not LICENCE.search(text):
                return text
        return ""

    def _comment_above(self, row: int) -> str:
        texts: list[str] = []
        while (node := self._comments.get(row) or self._attributes.get(row)) is not None:
            if row in self._comments:
                texts.append(self._scan.slice(node))
                self.used.add(node.start_byte)
                if texts[-1].startswith("/*"):
                    break
            row = node.start_point.row - 1
        return clean_comment("\n".join(reversed(texts)))

    def _is_shebang(self, node: Node) -> bool:
        return node.start_byte == 0 and self._scan.text.startswith(b"#!")

    def _starts_line(self, node: Node) -> bool:
        start = node.start_byte
        return not self._scan.text[start - node.start_point.column : start].strip()


def last_row(node: Node) -> int:
    """The row of a node's last character (some grammars let a comment own its newline)."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def clean_docstring(literal: str) -> str:
    """A string literal's text without quotes and indentation, cut at `MAX_DOC_CHARS`."""
    match = _QUOTES.match(literal)
    text = match[2] if match else literal
    return (inspect.cleandoc(text) if "\n" in text else text.strip())[:MAX_DOC_CHARS]


def clean_comment(text: str) -> str:
    """Comments without their marks, cut at `MAX_DOC_CHARS`."""
    lines = [_without_marks(line[:1000]) for line in text[: 2 * MAX_DOC_CHARS].splitlines()]
    text = "\n".join(lines)
    return (_TAG.sub("", text) if "<" in text else text).strip()[:MAX_DOC_CHARS]


def _without_marks(line: str) -> str:
    match = _COMMENT_MARK.match(line)
    text = (line[match.end() :] if match else line).rstrip()
    return _COMMENT_END.sub("", text) if text.endswith("*/") else text
