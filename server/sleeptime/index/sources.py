"""The text and the facts of one worktree, read together so that they can be told to agree."""

from collections.abc import Callable, Sequence

from sleeptime.core.errors import RepositoryError
from sleeptime.core.keys import combined_hash, text_hash
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Outline, Symbol, Target
from sleeptime.index.grounding import Passage, Scope


class Sources:
    """What texts about code are written from and checked against. `read` gives a path's bytes as they are now."""

    def __init__(self, outlines: Outlines, read: Callable[[str], bytes]) -> None:
        self.outlines = outlines
        self._read = read

    def symbol(self, target: Target) -> Symbol | None:
        """The symbol that `target` names, if it is (still) indexed."""
        outline = self.outlines.outline(target.path)
        return find_symbol(outline, target.symbol) if outline else None

    def lines(self, path: str) -> tuple[str, ...]:
        """The file's lines as they are now; () if it cannot be read."""
        try:
            return tuple(self._read(path).decode("utf-8", "replace").split("\n"))
        except RepositoryError:
            return ()

    def code_hash(self, target: Target) -> str:
        """The hash of what `target` says now; "" if it is gone. Equal hashes mean a note about it is fresh."""
        outline = self.outlines.outline(target.path)
        if outline is None:
            return ""
        if not target.symbol:
            return module_hash(outline)
        symbol = find_symbol(outline, target.symbol)
        return symbol.text_hash if symbol else ""

    def passage(self, target: Target) -> Passage | None:
        """The lines that `target` spans, or None if the file on disk is no longer the one that was indexed."""
        lines = self.lines(target.path)
        if not target.symbol:
            return Passage(target.path, 0, lines) if lines else None
        symbol = self.symbol(target)
        if symbol is None:
            return None
        span = symbol.span
        passage = Passage(target.path, span.start_line, lines[span.start_line : span.end_line + 1], target.symbol)
        return passage if _text_hash_of(passage, symbol) == symbol.text_hash else None

    def scope(self, passages: Sequence[Passage]) -> Scope:
        """The names that a text about these passages may use."""
        return Scope(passages, self.outlines)


def find_symbol(outline: Outline, qualified_name: str) -> Symbol | None:
    """The symbol with this qualified name."""
    return next((symbol for symbol in outline.symbols if symbol.qualified_name == qualified_name), None)


def module_hash(outline: Outline) -> str:
    """What a module says, regardless of comments and blank lines between its definitions."""
    top = (symbol.text_hash for symbol in outline.symbols if symbol.parent < 0)
    return combined_hash([outline.docstring, *(f"{i.module}:{i.name}:{i.alias}" for i in outline.imports), *top])


def _text_hash_of(passage: Passage, symbol: Symbol) -> str:
    span, data = symbol.span, [line.encode() for line in passage.lines]
    if not data:
        return ""
    data[-1] = data[-1][: span.end_column]
    data[0] = data[0][span.start_column :]
    return text_hash(b"\n".join(data))
