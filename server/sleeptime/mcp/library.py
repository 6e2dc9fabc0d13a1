"""What agents may look up about one repository, from the store and the index alone."""

from collections.abc import Iterator
from pathlib import Path

from sleeptime.answer.hover import fact_lines, plain_link
from sleeptime.answer.ready import ReadyAnswers, target_for
from sleeptime.answer.suggest import Near, Suggester
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.types import Symbol, Target
from sleeptime.index import members
from sleeptime.mcp.shapes import (
    AnswerShape,
    Explanation,
    Overview,
    PackageShape,
    ReadyQuestion,
    SymbolShape,
    from_note,
)
from sleeptime.prompts import first_sentence
from sleeptime.report import Reading, open_reading

MOST_MODULES = 40
"""Modules named for each package: an overview that is longer is no overview."""


class Library:
    """Looks things up in one repository; opens its store when it is first needed. Blocks."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._reading: Reading | None = None
        self._suggester: Suggester | None = None

    def find_symbol(self, name: str, limit: int) -> list[SymbolShape]:
        """Definitions whose name is `name`, or whose qualified name ends in it."""
        return [self._symbol(target, symbol) for target, symbol in self._named(name)][:limit]

    def suggest(self, text: str, limit: int) -> list[ReadyQuestion]:
        """Questions that are answered already, best first."""
        self._open()
        assert self._suggester is not None
        self._suggester.refresh()
        found = self._suggester.suggest(text, Near(), limit)
        return [ReadyQuestion(one.question, one.target.path, one.target.symbol) for one in found]

    def explain(self, name: str) -> list[Explanation]:
        """What is known about a file, or about every symbol of a name.

        Raises:
            RepositoryError: there is nothing of that name.
        """
        path = self._path(name)
        if path:
            return [self._explain_file(path)]
        found = [self._explain_symbol(target, symbol) for target, symbol in self._named(name)]
        if not found:
            hint = "Names are matched whole; Class.method narrows them."
            raise RepositoryError(f"Nothing named {name!r} is defined here.", hint)
        return found

    def overview(self) -> Overview:
        """The repository's packages, with what was written about them."""
        reading = self._open()
        order = {path: place for place, path in enumerate(reading.modules_by_rank())}
        repository = Target("repository")
        packages = [self._package(target, order) for target in members(repository, reading.sources)]
        return Overview(
            files=len(order),
            packages=sorted(packages, key=lambda package: min(order[path] for path in package.modules)),
            notes=self._notes(repository),
        )

    def close(self) -> None:
        """Let go of the store."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _open(self) -> Reading:
        if self._reading is None or self._reading.store.replaced():
            self.close()
            self._reading = reading = open_reading(self._root)
            ready = ReadyAnswers(reading.sources, reading.graph, reading.store, SystemClock())
            self._suggester = Suggester(ready, reading.store.answers, self._defined)
        return self._reading

    def _named(self, name: str) -> Iterator[tuple[Target, Symbol]]:
        last = name.replace("::", ".").rstrip("()").rsplit(".", 1)[-1]
        for path, symbol in self._open().outlines.definitions(last):
            qualified = symbol.qualified_name
            if symbol.kind != "heading" and (qualified == name or f".{qualified}".endswith(f".{name.rstrip('()')}")):
                yield target_for(path, symbol), symbol

    def _defined(self, name: str) -> list[Target]:
        return [target for target, _ in self._named(name)]

    def _path(self, name: str) -> str:
        paths = [path for path in self._open().outlines.paths() if path == name or path.endswith(f"/{name}")]
        return min(paths, key=len, default="")

    def _symbol(self, target: Target, symbol: Symbol) -> SymbolShape:
        return SymbolShape(
            name=symbol.qualified_name,
            kind=symbol.kind,
            path=target.path,
            start_line=symbol.span.start_line + 1,
            end_line=symbol.span.end_line + 1,
            signature=symbol.signature,
            summary=self._summary(target) or first_sentence(symbol.docstring),
        )

    def _summary(self, target: Target) -> str:
        note = self._open().note(target, SUMMARY_INTENT)
        return note.answer.text if note and note.fresh else ""

    def _notes(self, target: Target) -> list[AnswerShape]:
        return [from_note(note) for note in self._open().notes(target)]

    def _explain_symbol(self, target: Target, symbol: Symbol) -> Explanation:
        facts = self._open().graph.facts(target)
        lines = fact_lines(facts, plain_link) if facts else []
        return Explanation(str(target), self._symbol(target, symbol), lines, self._notes(target))

    def _explain_file(self, path: str) -> Explanation:
        graph = self._open().graph
        named = (("Imports", graph.dependencies(path)), ("Imported by", graph.dependents(path)))
        facts = [f"{what} " + ", ".join(f"`{other}`" for other in paths) for what, paths in named if paths]
        return Explanation(path, None, facts, self._notes(Target("module", path)))

    def _package(self, target: Target, order: dict[str, int]) -> PackageShape:
        modules = sorted((module.path for module in members(target, self._open().sources)), key=order.__getitem__)
        return PackageShape(target.path, self._summary(target), modules[:MOST_MODULES])
