"""Jupyter notebooks: the code cells as one Python module, located in the notebook's own file."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec
from msgspec import structs

from sleeptime.core.types import Outline, Span

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)
_MAGIC = re.compile(rb"^([ \t]*)[%!?]", re.MULTILINE)


class _Piece(msgspec.Struct, frozen=True):
    """One line of a cell: where its text starts in the joined source, and its literal's bytes in the file."""

    start: int
    raw_start: int
    raw_end: int


def notebook_outline(text: bytes, parse_python: Callable[[bytes], Outline]) -> Outline:
    """The outline of the code cells; every position is one in the `.ipynb` file. Not a notebook: no symbols."""
    source, pieces, cells = _join(text)
    line_starts = _line_starts(text)
    line_count = text.count(b"\n") + (not text.endswith(b"\n") and bool(text))
    if not pieces:
        return Outline(language="notebook", line_count=line_count)
    outline = parse_python(_MAGIC.sub(rb"\1#", source))
    return _Moved(text, source, pieces).outline(
        outline,
        cells=tuple(Span(*_point(start, line_starts), *_point(end, line_starts)) for start, end in cells),
        line_count=line_count,
    )


def notebook_code(text: bytes, span: Span) -> bytes:
    """The code in a range of the file, as `notebook_outline` parsed it: what `Symbol.text_hash` is of."""
    line_starts = _line_starts(text)
    start = line_starts[min(span.start_line, len(line_starts) - 1)] + span.start_column
    end = line_starts[min(span.end_line, len(line_starts) - 1)] + span.end_column
    parts = []
    for literals in _code_cells(text):
        parts += [_decode_literal(text[max(a, start) : min(b, end)]) for a, b in literals if a < end and b > start]
        if start <= literals[-1][1] < end:
            parts.append(b"\n")  # as `_join` ends each cell
    return _MAGIC.sub(rb"\1#", b"".join(parts))


def notebook_lines(text: bytes) -> tuple[str, ...]:
    """The file's lines as people read them: where code stands, the code and not the JSON around it. As many as the
    file has, so that every line number means the same.
    """
    lines = text.decode("utf-8", "replace").split("\n")
    line_starts = _line_starts(text)
    code: dict[int, bytes] = {}
    for literals in _code_cells(text):
        for start, end in literals:
            line, _ = _point(start, line_starts)
            code[line] = code.get(line, b"") + _decode_literal(text[start:end])
    for line, source in code.items():
        lines[line] = source.removesuffix(b"\n").decode("utf-8", "replace")
    return tuple(lines)


class _Moved:
    """Moves an outline's positions from the joined source to the file."""

    def __init__(self, text: bytes, source: bytes, pieces: list[_Piece]) -> None:
        self._text = text
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._source_lines = _line_starts(source)
        self._raw_lines = _line_starts(text)

    def outline(self, outline: Outline, cells: tuple[Span, ...], line_count: int) -> Outline:
        return structs.replace(
            outline,
            language="notebook",
            symbols=tuple(
                structs.replace(symbol, span=self._span(symbol.span), name_span=self._span(symbol.name_span))
                for symbol in outline.symbols
            ),
            imports=tuple(structs.replace(found, span=self._span(found.span)) for found in outline.imports),
            references=tuple(
                structs.replace(found, line=line, column=column)
                for found in outline.references
                for line, column in (self._point(found.line, found.column),)
            ),
            bindings=tuple(
                structs.replace(binding, line=self._point(binding.line, 0)[0]) for binding in outline.bindings
            ),
            comments=tuple(
                structs.replace(comment, line=self._point(comment.line, 0)[0]) for comment in outline.comments
            ),
            errors=tuple(self._span(span) for span in outline.errors),
            cells=cells,
            line_count=line_count,
        )

    def _span(self, span: Span) -> Span:
        start = self._point(span.start_line, span.start_column)
        end = self._point(span.end_line, span.end_column)
        return Span(*start, *max(start, end))

    def _point(self, line: int, column: int) -> tuple[int, int]:
        lines = self._source_lines
        offset = lines[min(line, len(lines) - 1)] + column
        piece = self._pieces[max(bisect_right(self._starts, offset) - 1, 0)]
        return _point(self._raw_offset(piece, offset - piece.start), self._raw_lines)

    def _raw_offset(self, piece: _Piece, wanted: int) -> int:
        """The byte in the file of the `wanted`-th decoded byte of a literal."""
        raw, decoded = piece.raw_start, 0
        for match in _ESCAPE.finditer(self._text, piece.raw_start, piece.raw_end):
            plain = match.start() - raw
            if decoded + plain >= wanted:
                break
            decoded += plain + len(_decoded(match[0]))
            raw = match.end()
            if decoded >= wanted:
                return raw
        return min(raw + wanted - decoded, piece.raw_end)


def _decoded(escape: bytes) -> bytes:
    try:
        return msgspec.json.decode(b'"' + escape + b'"', type=str).encode()
    except (msgspec.DecodeError, UnicodeError):
        return b"??" if len(escape) > 2 else b"?"


def _join(text: bytes) -> tuple[bytes, list[_Piece], list[tuple[int, int]]]:
    """The source of all code cells, its pieces, and each cell's first and last byte in the file."""
    parts: list[bytes] = []
    pieces: list[_Piece] = []
    cells: list[tuple[int, int]] = []
    length = 0
    for literals in _code_cells(text):
        for raw_start, raw_end in literals:
            decoded = _decode_literal(text[raw_start:raw_end])
            pieces.append(_Piece(length, raw_start, raw_end))
            parts.append(decoded)
            length += len(decoded)
        cells.append((literals[0][0], literals[-1][1]))
        parts.append(b"\n")
        length += 1
    return b"".join(parts), pieces, cells


def _decode_literal(raw: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: _decoded(match[0]), raw) if b"\\" in raw else raw


def _code_cells(text: bytes) -> Iterator[list[tuple[int, int]]]:
    """For each code cell, the extents of the string literals of its `source`, without quotes.

    A walk over the JSON's own tokens, since a decoder would forget where they stand.
    """
    cell_type = key = previous = b""
    literals: list[tuple[int, int]] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
            if depth == _CELL_DEPTH:
                cell_type, key, literals = b"", b"", []
        elif token in (b"}", b"]"):
            if depth == _CELL_DEPTH and cell_type == b'"code"' and literals:
                yield literals
            depth -= 1
        elif token == b":" and depth == _CELL_DEPTH:
            key = previous
        elif token == b"," and depth == _CELL_DEPTH:
            key = b""
        elif token.startswith(b'"') and key == b'"cell_type"' and depth == _CELL_DEPTH:
            cell_type = token
        elif token.startswith(b'"') and key == b'"source"' and depth <= _CELL_DEPTH + 1:
            literals.append((match.start() + 1, match.end() - 1))
        previous = token


_CELL_DEPTH = 3
"""`{"cells": [{` : the keys of a cell stand three brackets deep."""


def _line_starts(text: bytes) -> list[int]:
    starts = [0]
    starts.extend(match.end() for match in re.finditer(rb"\n", text))
    return starts


def _point(offset: int, line_starts: list[int]) -> tuple[int, int]:
    line = bisect_right(line_starts, offset) - 1
    return line, offset - line_starts[line]
