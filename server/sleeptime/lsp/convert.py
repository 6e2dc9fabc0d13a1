"""Between the protocol's positions and ours.

The protocol counts columns in units of a negotiated encoding and ends lines at LF, CR LF or CR. We count UTF-8 bytes
and, like tree-sitter, end lines at LF only. A column inside a character means the place before it; a column
past the end of a line means its end.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from msgspec import Struct

Width = Callable[[str], int]
"""How many units one character takes."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


class Point(Struct, frozen=True):
    """A place as the rest of Sleeptime counts: zero-based line, column in UTF-8 bytes."""

    line: int
    column: int


def _utf8(character: str) -> int:
    code = ord(character)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _utf16(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _utf32(_character: str) -> int:
    return 1


WIDTHS: dict[str, Width] = {"utf-8": _utf8, "utf-16": _utf16, "utf-32": _utf32}
"""By the protocol's name of the encoding. `str` itself counts as utf-32 does."""


def split_lines(text: str) -> list[str]:
    """Lines as the protocol cuts them, each with its end; the last one has none. (`str.splitlines` would also cut
    at form feeds and other characters that no editor takes for a line's end.)
    """
    lines: list[str] = []
    start = 0
    while True:
        match = _LINE.match(text, start)
        assert match
        lines.append(match.group())
        if match.end() == len(text) and not match.group().endswith(("\n", "\r")):
            return lines
        start = match.end()


def content(line: str) -> str:
    """A line without its end."""
    return line.rstrip("\r\n")


def convert_column(line: str, column: int, source: Width, target: Width) -> int:
    """A column of `line` (given without its end), counted in other units."""
    if line.isascii():
        return min(max(column, 0), len(line))
    taken = result = 0
    for character in line:
        taken += source(character)
        if taken > column:
            break
        result += target(character)
    return result


def to_point(lines: Sequence[str], line: int, column: int, encoding: str) -> Point:
    """Our place for a position of the protocol in a document cut by `split_lines`."""
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1]) * 4
    text = content(lines[line])
    return _merged(lines, line, convert_column(text, column, WIDTHS[encoding], _utf8))


def to_position(lines: Sequence[str], point: Point, encoding: str) -> tuple[int, int]:
    """The protocol's line and column for our place."""
    line, column = _unmerged(lines, point)
    return line, convert_column(content(lines[line]), column, _utf8, WIDTHS[encoding])


def _ends_alone(line: str) -> bool:
    """Whether a line ends in a carriage return that tree-sitter does not take for an end."""
    return line.endswith("\r")


def _merged(lines: Sequence[str], line: int, column: int) -> Point:
    """From the protocol's lines to ours: lines after a lone carriage return belong to the one before."""
    if not any(map(_ends_alone, lines[:line])):
        return Point(line, column)
    first = line
    while first > 0 and _ends_alone(lines[first - 1]):
        first -= 1
    before = sum(len(text.encode("utf-8", "surrogatepass")) for text in lines[first:line])
    return Point(sum(not _ends_alone(text) for text in lines[:first]), before + column)


def _unmerged(lines: Sequence[str], point: Point) -> tuple[int, int]:
    line, row = 0, 0
    while row < point.line and line < len(lines) - 1:
        row += not _ends_alone(lines[line])
        line += 1
    column = point.column
    while _ends_alone(lines[line]) and column >= (size := len(lines[line].encode("utf-8", "surrogatepass"))):
        column -= size
        line += 1
    return line, column


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None for anything that is no local file (`untitled:`, `git:`, `vscode-remote:`…)."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    # a "?" or "#" that the client left as it is still belongs to the name
    name = parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    if os.name == "nt":
        return Path(url2pathname(f"//{parts.netloc}{name}" if parts.netloc else name))
    decoded = os.fsdecode(unquote_to_bytes(name))
    return Path(decoded) if decoded.startswith("/") and "\0" not in decoded else None


def uri_of(path: Path) -> str:
    """The URI of an absolute path."""
    return path.as_uri()
