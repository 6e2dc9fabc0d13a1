"""The text and the facts of one worktree, read together so that they can be told to agree."""

from collections.abc import Callable, Sequence

from sleeptime.core.errors import RepositoryError
from sleeptime.core.keys import combined_hash, text_hash
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Commit, Evidence, Outline, Span, Symbol, Target
from sleeptime.index.grounding import Passage, Scope, still_holds
from sleeptime.index.notebook import notebook_code, notebook_lines

History = Callable[[str, tuple[int, int] | None], Sequence[Commit]]
"""(path, first and last line counted from one, or None for the whole file) -> the latest commits, newest first."""


Origin = Callable[[str, tuple[int, int] | None], Commit | None]
"""The same -> the commit that it came with."""


def no_origin(_path: str, _lines: tuple[int, int] | None) -> Commit | None:
    """Where there is no git."""
    return None


def no_history(_path: str, _lines: tuple[int, int] | None) -> Sequence[Commit]:
    """Where there is no git."""
    return ()


class Sources:
    """What texts about code are written from and checked against. `read` gives a path's bytes as they are now."""

    def __init__(
        self,
        outlines: Outlines,
        read: Callable[[str], bytes],
        history: History = no_history,
        origin: Origin = no_origin,
    ) -> None:
        self.outlines = outlines
        self._read = read
        self._history = history
        self._origin = origin

    def symbol(self, target: Target) -> Symbol | None:
        """The symbol that `target` names, if it is (still) indexed."""
        outline = self.outlines.outline(target.path)
        return find_symbol(outline, target.symbol) if outline else None

    def lines(self, path: str) -> tuple[str, ...]:
        """The file's lines as they are now, of a notebook its code; () if it cannot be read."""
        text = self._text(path)
        return () if text is None else _lines(path, text)

    def standing(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The citations whose lines still stand where they stood."""
        return tuple(cited for cited in evidence if still_holds(cited, self.lines(cited.path)))

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
        text = self._text(target.path)
        if text is None:
            return None
        lines = _lines(target.path, text)
        if not target.symbol:
            return Passage(target.path, 0, lines)
        symbol = self.symbol(target)
        if symbol is None:
            return None
        span = symbol.span
        code = notebook_code(text, span) if _is_notebook(target.path) else _code(text, span)
        passage = Passage(target.path, span.start_line, lines[span.start_line : span.end_line + 1], target.symbol)
        return passage if text_hash(code) == symbol.text_hash else None

    def history(self, target: Target) -> Sequence[Commit]:
        """The latest commits that touched `target`, newest first: git is asked, which may take seconds."""
        return self._history(target.path, self._numbers(target))

    def origin(self, target: Target) -> Commit | None:
        """The commit that `target` came with, or the oldest lines of it that still stand: git is asked."""
        return self._origin(target.path, self._numbers(target))

    def _numbers(self, target: Target) -> tuple[int, int] | None:
        """The first and last line of a symbol as git counts them; None for a whole file."""
        symbol = self.symbol(target) if target.symbol else None
        return (symbol.span.start_line + 1, symbol.span.end_line + 1) if symbol else None

    def _text(self, path: str) -> bytes | None:
        try:
            return self._read(path)
        except RepositoryError:
            return None

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


def _is_notebook(path: str) -> bool:
    return path.endswith(".ipynb")


def _lines(path: str, text: bytes) -> tuple[str, ...]:
    return notebook_lines(text) if _is_notebook(path) else tuple(text.decode("utf-8", "replace").split("\n"))


def _code(text: bytes, span: Span) -> bytes:
    lines = text.split(b"\n")[span.start_line : span.end_line + 1]
    if not lines:
        return b""
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.start_column :]
    return b"\n".join(lines)
