"""The documents open in the editor, as the person sees them, saved or not."""

import asyncio
from collections.abc import Sequence

from lsprotocol import types as lsp

from sleeptime.core.keys import blob_hash
from sleeptime.core.types import Outline
from sleeptime.index import language_of, parse
from sleeptime.lsp.convert import WIDTHS, content, convert_column, split_lines


class Buffer:
    """One open document. Its text, hash and outline are worked out once per version, when they are wanted."""

    def __init__(self, path: str, text: str, version: int) -> None:
        self.path = path
        self.version = version
        self.lines = split_lines(text)
        self._bytes: bytes | None = None
        self._blob = ""
        self._outline: Outline | None = None

    def data(self) -> bytes:
        """The text as a file would hold it."""
        if self._bytes is None:
            self._bytes = "".join(self.lines).encode("utf-8", "surrogatepass")
        return self._bytes

    def blob(self) -> str:
        """Git's hash of the text: equal to an indexed file's when nothing is unsaved."""
        self._blob = self._blob or blob_hash(self.data())
        return self._blob

    async def outline(self) -> Outline | None:
        """What this version says by itself; None for a language that is not known."""
        if self._outline is None:
            data, version = self.data(), self.version
            outline = await asyncio.to_thread(_parse, self.path, data)
            if self.version != version:
                return outline
            self._outline = outline
        return self._outline

    def change(self, changes: Sequence[lsp.TextDocumentContentChangeEvent], version: int, encoding: str) -> None:
        """Apply the editor's edits, in order."""
        for change in changes:
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                self._replace(change.range, change.text, encoding)
            else:
                self.lines = split_lines(change.text)
        self.version = version
        self._bytes, self._blob, self._outline = None, "", None

    def _replace(self, where: lsp.Range, text: str, encoding: str) -> None:
        first, start = self._clamped(where.start, encoding)
        last, end = self._clamped(where.end, encoding)
        edited = split_lines(self.lines[first][:start] + text + self.lines[last][end:])
        if edited[-1] == "" and last + 1 < len(self.lines):
            edited.pop()  # the edit ends where an untouched line begins
        if edited and first and edited[0].startswith("\n") and self.lines[first - 1].endswith("\r"):
            first -= 1  # a line feed after a lone carriage return: together they are one end
            edited[0] = self.lines[first] + edited[0]
        self.lines[first : last + 1] = edited

    def _clamped(self, position: lsp.Position, encoding: str) -> tuple[int, int]:
        """Line and index into its `str`; a position past the end is the end."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = content(self.lines[position.line])
        return position.line, convert_column(line, position.character, WIDTHS[encoding], WIDTHS["utf-32"])


def _parse(path: str, data: bytes) -> Outline | None:
    language = language_of(path, data[:200].split(b"\n", 1)[0])
    return parse(data, language) if language else None
