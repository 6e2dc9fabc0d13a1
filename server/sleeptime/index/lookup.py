"""One outline, arranged for looking things up. Made once for each outline: outlines never change."""

import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from functools import cached_property

from sleeptime.core.types import CLASS_KINDS, Binding, Import, Outline, Reference, Symbol
from sleeptime.index.symbols import FUNCTIONS

__all__ = ["FUNCTIONS", "Lookup", "Lookups"]

_LAST_NAME = re.compile(r"(?:[^\[<(]*[^\w\[<(])?(\w+)")
_CACHED_LOOKUPS = 4096
"""Arranged outlines kept; a hover needs a few dozen, a search for callers a few hundred."""


class Lookup:
    """Tables over one outline."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline

    @cached_property
    def by_qualified(self) -> dict[str, int]:
        """Index of each symbol by its qualified name."""
        return {symbol.qualified_name: index for index, symbol in enumerate(self.outline.symbols)}

    @cached_property
    def members(self) -> dict[str, dict[str, int]]:
        """By the qualified name of an owner ("" for the file itself): index of each member by its name. Of several
        definitions the last counts, as it does when the file is run, but the first of a property's accessors.
        """
        table: dict[str, dict[str, int]] = {}
        for index, symbol in enumerate(self.outline.symbols):
            plain = symbol.qualified_name.rsplit("#", 1)[0] if "#" in symbol.qualified_name else symbol.qualified_name
            owner = plain[: -len(symbol.name)].rstrip("./") if plain.endswith(symbol.name) else ""
            names = table.setdefault(owner, {})
            if symbol.name not in names or self.outline.symbols[names[symbol.name]].kind != "property":
                names[symbol.name] = index
        return table

    @cached_property
    def top(self) -> dict[str, int]:
        """Index of each top-level symbol by its name."""
        return self.members.get("", {})

    @cached_property
    def imports(self) -> dict[str, list[Import]]:
        """Imports by the name they bind in the file. `import a.b` binds `a`."""
        table: dict[str, list[Import]] = {}
        for found in self.outline.imports:
            name = found.alias or found.name or _bound_name(found.module, self.outline.language)
            table.setdefault(name, []).append(found)
        return table

    @cached_property
    def stars(self) -> list[Import]:
        """Imports that bring names unsaid: `*`, includes, required files."""
        unsaid = self.outline.language in {"c", "cpp", "ruby", "bash"}
        return [found for found in self.outline.imports if found.name == "*" or (unsaid and not found.alias)]

    @cached_property
    def references(self) -> dict[str, list[Reference]]:
        """References by name."""
        table: dict[str, list[Reference]] = {}
        for reference in self.outline.references:
            table.setdefault(reference.name, []).append(reference)
        return table

    @cached_property
    def receivers(self) -> dict[str, list[Reference]]:
        """References by the first name of their receiver."""
        table: dict[str, list[Reference]] = {}
        for reference in self.outline.references:
            if reference.receiver:
                table.setdefault(head_of(reference.receiver), []).append(reference)
        return table

    @cached_property
    def enclosed(self) -> dict[int, list[Reference]]:
        """References by their enclosing symbol."""
        table: dict[int, list[Reference]] = {}
        for reference in self.outline.references:
            table.setdefault(reference.enclosing, []).append(reference)
        return table

    @cached_property
    def extending(self) -> dict[str, list[int]]:
        """Indices of classes by the last name of each base: `Model` of `models.Model[int]`."""
        table: dict[str, list[int]] = {}
        for index, symbol in enumerate(self.outline.symbols):
            for base in symbol.bases:
                if (name := _LAST_NAME.match(base)) is not None:
                    table.setdefault(name[1], []).append(index)
        return table

    @cached_property
    def bindings(self) -> dict[tuple[int, str], list[Binding]]:
        """What names hold, by (enclosing symbol, name); declared types first."""
        table: dict[tuple[int, str], list[Binding]] = {}
        for binding in self.outline.bindings:
            table.setdefault((binding.enclosing, binding.name), []).append(binding)
        for found in table.values():
            found.sort(key=lambda binding: not binding.declared)
        return table

    @cached_property
    def held(self) -> dict[tuple[int, str], list[Binding]]:
        """What attributes of a class's own object hold, by (index of the class, attribute)."""
        table: dict[tuple[int, str], list[Binding]] = {}
        for binding in self.outline.bindings:
            head, dot, name = binding.name.rpartition(".")
            owner = self.owner(binding.enclosing)
            if dot and head in {"self", "this", "cls", "$this"}:
                table.setdefault((owner, name), []).append(binding)
            elif binding.name.startswith("@"):
                table.setdefault((owner, binding.name.lstrip("@")), []).append(binding)
            elif not dot and binding.enclosing == owner >= 0:
                table.setdefault((owner, binding.name), []).append(binding)
        for found in table.values():
            found.sort(key=lambda binding: not binding.declared)
        return table

    def owner(self, index: int) -> int:
        """The innermost class that a symbol is or is in, as the language sees it (Go and Rust write methods apart);
        -1 if none.
        """
        symbols = self.outline.symbols
        while index >= 0 and symbols[index].kind not in CLASS_KINDS:
            symbol = symbols[index]
            if symbol.parent < 0 and symbol.kind in FUNCTIONS and "." in symbol.qualified_name:
                return self.by_qualified.get(symbol.qualified_name.rsplit(".", 1)[0], -1)
            index = symbol.parent
        return index

    def symbol_at(self, line: int, column: int) -> int:
        """The symbol whose own name is at a position, or -1."""
        for index, symbol in enumerate(self.outline.symbols):
            if symbol.name_span.start_line == line and symbol.name_span.contains(line, column):
                return index
        return -1

    def references_on(self, line: int) -> list[Reference]:
        """The references of one line."""
        lines = self._lines
        references = self.outline.references
        return list(references[bisect_left(lines, line) : bisect_right(lines, line)])

    @cached_property
    def _lines(self) -> list[int]:
        return [reference.line for reference in self.outline.references]


class Lookups:
    """Lookups of the outlines used last, by identity."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Lookup] = OrderedDict()

    def of(self, outline: Outline) -> Lookup:
        """The lookup of an outline; holding it keeps the outline, so that its id stays its own."""
        key = id(outline)
        lookup = self._kept.get(key)
        if lookup is None:
            lookup = self._kept[key] = Lookup(outline)
            if len(self._kept) > _CACHED_LOOKUPS:
                self._kept.popitem(last=False)
        return lookup


def head_of(receiver: str) -> str:
    """The first name of a receiver: `app` of `app.json`, `Foo` of `Foo::new()`."""
    end = 0
    while end < len(receiver) and (receiver[end].isalnum() or receiver[end] in "_$@"):
        end += 1
    return receiver[:end]


def _bound_name(module: str, language: str) -> str:
    """The name that an import without a name or alias binds."""
    if language in {"python", "notebook"}:
        return module.split(".", maxsplit=1)[0]
    if language == "rust":
        return module.rsplit("::", 1)[-1]
    if language == "php":
        return module.rsplit("\\", 1)[-1]
    if language == "go":
        last = module.rsplit("/", 1)[-1]
        return module.rsplit("/", 2)[-2] if last[:1] == "v" and last[1:].isdigit() and "/" in module else last
    return module.rsplit(".", 1)[-1]


def symbol_of(lookup: Lookup, index: int) -> Symbol | None:
    """The symbol with an index, or None for the file itself."""
    return lookup.outline.symbols[index] if index >= 0 else None
