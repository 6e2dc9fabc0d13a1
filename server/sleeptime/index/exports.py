"""Who gives a definition away as its own: packages that import it, files that say `export … from` or `pub use`."""

from collections.abc import Iterator
from posixpath import dirname

from sleeptime.core.ports import Outlines
from sleeptime.core.types import Import, Symbol, Target
from sleeptime.index.facts import Use
from sleeptime.index.lookup import Lookup
from sleeptime.index.modules import is_package_file, module_names
from sleeptime.index.question import Question, aliases
from sleeptime.index.rank import is_test_path
from sleeptime.index.reader import Entity
from sleeptime.index.resolve import Resolver


class Exports:
    """Looks for the exports of one symbol."""

    def __init__(self, question: Question, resolver: Resolver, outlines: Outlines) -> None:
        self._question = question
        self._resolver = resolver
        self._outlines = outlines

    def of(self, target: Target) -> tuple[Use, ...]:
        """The imports by which other files give `target` away, one a file, the outermost file first."""
        entity = self._question.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        if entity is None or symbol is None or symbol.parent >= 0:
            return ()
        same = self._question.same(entity, symbol)
        imports = ((path, self._export(path, symbol, same)) for path in self._paths(symbol.name, target.path))
        found = [Use(Target("module", p), p, one.span.start_line, kind="read") for p, one in imports if one is not None]
        return tuple(sorted(found, key=lambda use: (use.path.count("/"), use.path)))

    def _paths(self, name: str, path: str) -> list[str]:
        """Files that may give a name of `path` away: those that mention it, and packages that import all there is."""
        stars = (found for module in module_names(path) for found in self._outlines.paths_mentioning(module))
        found = dict.fromkeys([*self._question.files_near(name, path), *filter(is_package_file, stars)])
        return [other for other in found if other != path and not is_test_path(other)]

    def _export(self, path: str, symbol: Symbol, same: set[Entity]) -> Import | None:
        """The first import by which `path` gives away one of the definitions that `same` holds."""
        lookup = self._resolver.lookup(path)
        if lookup is None:
            return None
        for name, found in _imports(lookup, symbol.name):
            is_offer = found.reexported or (symbol.exported and _is_of_package(path, lookup, found, same))
            if is_offer and not same.isdisjoint(self._resolver.imported(path, lookup, found, name)):
                return found
        return None


def _imports(lookup: Lookup, name: str) -> Iterator[tuple[str, Import]]:
    """The imports of a file that may bind what is called `name` elsewhere, with what they call it."""
    for bound in (name, *aliases(lookup, name)):
        yield from ((bound, found) for found in lookup.imports.get(bound, ()))
    yield from ((name, star) for star in lookup.stars)


def _is_of_package(path: str, lookup: Lookup, found: Import, same: set[Entity]) -> bool:
    """Whether a Python package imports at its top what is inside it: that is how it says what it offers, while what it
    imports from elsewhere it needs itself.
    """
    if not path.endswith(("/__init__.py", "/__init__.pyi")):
        return False
    inside = any(entity.path.startswith(f"{dirname(path)}/") for entity in same)
    line, column = found.span.start_line, found.span.start_column
    return inside and not any(symbol.span.contains(line, column) for symbol in lookup.outline.symbols)
