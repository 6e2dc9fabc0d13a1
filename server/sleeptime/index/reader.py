"""The outlines of one moment, read for one question."""

from typing import Literal, NamedTuple

from sleeptime.core.ports import Outlines
from sleeptime.core.types import Outline, Symbol
from sleeptime.index.lookup import Lookup, Lookups


class Entity(NamedTuple):
    """Something a name can mean: a file, a symbol of it, or an object of a class. `symbol` is its index in the
    file's outline, -1 for the file itself.
    """

    kind: Literal["module", "symbol", "instance"]
    path: str
    symbol: int


class Reader:
    """Reads each outline once, so that a question sees one state of it; unsaved text may stand in for some."""

    def __init__(self, outlines: Outlines, lookups: Lookups) -> None:
        self._outlines = outlines
        self._lookups = lookups
        self._replaced: dict[str, Outline] = {}
        self._seen: dict[str, Lookup | None] = {}

    def replace(self, path: str, outline: Outline) -> None:
        """Let `outline` stand for what is stored of `path`."""
        self._replaced[path] = outline
        self._seen.pop(path, None)

    def lookup(self, path: str) -> Lookup | None:
        """The tables of one file, or None if it is not indexed."""
        if path not in self._seen:
            outline = self._replaced.get(path) or self._outlines.outline(path)
            self._seen[path] = None if outline is None else self._lookups.of(outline)
        return self._seen[path]

    def symbol(self, entity: Entity) -> Symbol | None:
        """The symbol of an entity; of an object, its class."""
        lookup = self.lookup(entity.path)
        return lookup.outline.symbols[entity.symbol] if lookup is not None and entity.symbol >= 0 else None
