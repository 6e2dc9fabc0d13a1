"""The repository as a graph, computed on demand from its outlines: who calls, extends, overrides, raises, tests what.

There is no derived state that could go stale: an incremental update equals a fresh index by construction.
"""

from collections.abc import Sequence
from itertools import islice

from sleeptime.core.ports import Outlines
from sleeptime.core.types import Import, Outline, Reference, Span, Symbol, Target
from sleeptime.index.exports import Exports
from sleeptime.index.facts import Attribute, Facts, Resolution, Use
from sleeptime.index.lookup import Lookups
from sleeptime.index.modules import Modules, is_package_file, module_names
from sleeptime.index.question import CALLING, USING, GoOn, Question
from sleeptime.index.resolve import Resolver

DEFAULT_LIMIT = 20
"""Items of each list of facts; the counts beside them tell how many there are."""


class Graph:
    """Questions about one worktree's outlines, each answered from the outlines as they are at that moment."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines
        self._lookups = Lookups()
        self._modules = Modules(())
        self._module_paths: Sequence[str] = ()

    def resolve(self, path: str, reference: Reference) -> Resolution:
        """What a reference in `path` means."""
        return Question(self._resolver(), self._outlines).resolution(path, reference)

    def symbol(self, target: Target) -> Symbol | None:
        """The symbol of a target; None for files, and for what is no longer there."""
        resolver = self._resolver()
        entity = Question(resolver, self._outlines).entity(target)
        return resolver.symbol(entity) if entity is not None else None

    def definition_at(self, path: str, line: int, column: int, outline: Outline | None = None) -> Target | None:
        """What the name at a position (zero-based line, column in bytes) defines or refers to. `outline` replaces
        the stored one: the unsaved text of an editor.
        """
        return self._question(path, outline).definition_at(path, line, column)

    def callers(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Use, ...]:
        """Where `target` is called, raised or applied, certain uses first; `Use.target` encloses the call."""
        return self._question().uses(target, CALLING)[:limit]

    def uses(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Use, ...]:
        """Every kind of use but assignment."""
        return self._question().uses(target, USING)[:limit]

    def callees(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Use, ...]:
        """What the code of `target` calls in this repository, each once, in order; `Use.target` is what is called."""
        return self._question().callees(target)[:limit]

    def mentions(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Use, ...]:
        """What the code of `target` names of this repository in any way, each once; `Use.target` is what is named."""
        return self._question().callees(target, USING)[:limit]

    def exports(self, target: Target) -> tuple[Use, ...]:
        """The imports by which other files give `target` away as their own, the outermost file first; `Use.target` is
        that file.
        """
        resolver = self._resolver()
        return Exports(Question(resolver, self._outlines), resolver, self._outlines).of(target)

    def raises(self, target: Target) -> tuple[Use, ...]:
        """The exceptions of this repository that the code of `target` raises itself."""
        return self._question().callees(target, frozenset({"raise"}))

    def bases(self, target: Target) -> tuple[Target, ...]:
        """The classes of this repository that `target` extends."""
        return self._question().bases(target)

    def ancestors(self, target: Target) -> tuple[Target, ...]:
        """The classes of this repository that `target` extends, and what these extend, as most languages search."""
        return self._question().ancestors(target)

    def subclasses(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Target, ...]:
        """The classes that name `target` as a base."""
        return self._question().subclasses(target)[:limit]

    def descendants(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Target, ...]:
        """The classes that extend `target`, and those that extend these, the nearest first."""
        return tuple(islice(self._question().descendants(target), limit))

    def overrides(self, target: Target) -> tuple[Target, ...]:
        """The nearest method of each base class that a method replaces."""
        return self._question().overrides(target)

    def overridden_by(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Target, ...]:
        """The methods of subclasses, near and far, that replace a method."""
        return self._question().overridden_by(target)[:limit]

    def attributes(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Attribute, ...]:
        """Of a class: its attributes, public ones first; of an attribute: itself. Each with where it is assigned and
        read.
        """
        return self._question().attributes(target, limit)[:limit]

    def tests(self, target: Target, limit: int = DEFAULT_LIMIT) -> tuple[Use, ...]:
        """Where tests use `target`, each test once."""
        return self._question().tests(target)[:limit]

    def facts(
        self,
        target: Target,
        outline: Outline | None = None,
        limit: int = DEFAULT_LIMIT,
        go_on: GoOn = lambda: True,
    ) -> Facts | None:
        """All static facts of one symbol, each list at most `limit` long; None if there is no such symbol. Once `go_on`
        says no, the search ends with what is nearest, and `Facts.at_least` is set.
        """
        return self._question(target.path, outline, go_on).facts(target, limit)

    def dependencies(self, path: str) -> tuple[str, ...]:
        """The files that `path` imports, in order."""
        resolver = self._resolver()
        return tuple(dict.fromkeys(_dependencies(resolver, path)))

    def dependents(self, path: str) -> tuple[str, ...]:
        """The files that import `path`, sorted."""
        resolver = self._resolver()
        candidates: set[str] = set()
        for name in module_names(path):
            candidates.update(self._outlines.paths_mentioning(name))
        directory = path.rpartition("/")[0]
        if is_package_file(path):
            candidates.update(p for p in self._outlines.paths() if p.startswith(directory))
        return tuple(sorted(p for p in candidates if p != path and path in _dependencies(resolver, p)))

    def prepare(self) -> None:
        """Arrange the paths now, so that no question has to wait for it: half a second where there are 100,000."""
        self._resolver().modules.resolve("", "python", Import("nowhere", "", "", Span(0, 0, 0, 0)))

    def _question(self, path: str = "", outline: Outline | None = None, go_on: GoOn = lambda: True) -> Question:
        resolver = self._resolver()
        if outline is not None:
            resolver.replace(path, outline)
        return Question(resolver, self._outlines, go_on)

    def _resolver(self) -> Resolver:
        paths = self._outlines.paths()
        if paths is not self._module_paths and tuple(paths) != tuple(self._module_paths):
            self._modules = Modules(paths)
        self._module_paths = paths
        return Resolver(self._outlines, self._modules, self._lookups)


def _dependencies(resolver: Resolver, path: str) -> list[str]:
    lookup = resolver.lookup(path)
    if lookup is None:
        return []
    language = lookup.outline.language
    found: list[str] = []
    for imported in lookup.outline.imports:
        resolved = resolver.modules.resolve(path, language, imported)
        # `from package import submodule` depends on both files.
        found += [target for target in resolved.files if target != path]
    return found
