"""The notes as linked pages: an overview with the architecture, a page for each module, an index of concepts.

Every sentence of a model stands with its citations and says whether its code is unchanged since.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from msgspec import Struct

from sleeptime.core.types import Symbol, Target, level_of
from sleeptime.index import Facts, folder_of
from sleeptime.report.picture import as_mermaid, draw
from sleeptime.report.reading import TOP_KINDS, Noted, Reading
from sleeptime.report.tour import make_tour
from sleeptime.store.words import split_name

CONCEPT_FILES = (2, 12)
"""A word is a concept if so many modules (least, most) define names with it: fewer is a detail, more is everywhere."""

CONCEPT_LETTERS = 4
CONCEPT_PLACES = 6
"""Names listed for one concept."""

INDEX, CONCEPTS = "index", "concepts"


class Wording(Struct, frozen=True):
    """How facts read, and how text that nobody here wrote is made safe to stand in Markdown."""

    fact_lines: Callable[[Facts], Sequence[str]]
    defused: Callable[[str], str]


class Page(Struct, frozen=True):
    """One page; `name` has no suffix. All pages stand in one folder and link to each other as `<name>.md`."""

    name: str
    title: str
    markdown: str


class Wiki:
    """The pages about one repository. `source_link` makes a link to a line (from one) of a file, or "" for none."""

    def __init__(self, reading: Reading, wording: Wording, source_link: Callable[[str, int], str]) -> None:
        self._reading = reading
        self._wording = wording
        self._source_link = source_link
        self.modules = reading.code_by_rank()
        self.picture = draw(reading)

    def pages(self) -> Iterator[Page]:
        """All pages, the first is the overview."""
        yield self._overview()
        yield self._concepts()
        for path in self.modules:
            yield self._module(path)

    # ---- the overview

    def _overview(self) -> Page:
        title = self._reading.repository.root.name
        repository = Target("repository")
        blocks = [f"# {title}", *self._notes(repository)]
        if len(self.modules) > 1:
            blocks += ["## Architecture", f"```mermaid\n{as_mermaid(self.picture)}\n```"]
        blocks += ["## Where to begin", *self._tour(title)]
        blocks += ["## Packages", *self._packages()]
        return Page(INDEX, title, "\n\n".join([*blocks, f"[Concepts]({CONCEPTS}.md)"]))

    def _tour(self, title: str) -> Iterator[str]:
        rows = (
            f"{number}. [`{step.title}`]({page_name(step.path)}.md): {self._wording.defused(step.text)}"
            for number, step in enumerate(make_tour(self._reading, title).steps, 1)
        )
        yield "\n".join(rows)

    def _packages(self) -> Iterator[str]:
        for package in dict.fromkeys(folder_of(path) for path in self.modules):
            yield f"### {package}"
            yield from self._notes(Target("package", package))
            paths = sorted(path for path in self.modules if folder_of(path) == package)
            yield "\n".join(f"- {self._module_row(path)}" for path in paths)

    def _module_row(self, path: str) -> str:
        note = self._reading.note(Target("module", path), "purpose")
        outline = self._reading.outlines.outline(path)
        said = note.answer.text if note and note.fresh else outline.docstring if outline else ""
        return f"[`{PurePosixPath(path).name}`]({page_name(path)}.md)" + (f" {self._first(said)}" if said else "")

    def _first(self, text: str) -> str:
        return self._wording.defused(text.strip().split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".") + ".")

    # ---- a module

    def _module(self, path: str) -> Page:
        outline = self._reading.outlines.outline(path)
        blocks = [f"# `{path}`", *self._notes(Target("module", path))]
        if outline and outline.docstring and len(blocks) == 1:
            blocks.append(self._wording.defused(outline.docstring))
        graph = self._reading.graph
        for title, paths in (("Imports", graph.dependencies(path)), ("Imported by", graph.dependents(path))):
            if paths:
                blocks.append(f"**{title}** " + ", ".join(self._module_link(other) for other in paths))
        for symbol in outline.symbols if outline else ():
            if symbol.parent < 0 and symbol.exported and symbol.kind in TOP_KINDS:
                blocks += self._symbol(path, symbol, outline.language if outline else "")
        return Page(page_name(path), path, "\n\n".join(blocks))

    def _symbol(self, path: str, symbol: Symbol, language: str) -> Iterator[str]:
        target = Target(level_of(symbol), path, symbol.qualified_name)
        yield f"## {symbol.qualified_name}"
        yield f"```{language}\n{symbol.signature or symbol.qualified_name}\n```"
        notes = list(self._notes(target))
        yield from notes
        if symbol.docstring and not notes:
            yield self._wording.defused(symbol.docstring.split("\n\n")[0])
        facts = self._reading.graph.facts(target)
        lines = [self._cited(path, symbol.span.start_line + 1, symbol.span.end_line + 1)]
        lines += self._wording.fact_lines(facts) if facts else []
        yield "\n".join(f"- {line}" for line in lines)

    def _module_link(self, path: str) -> str:
        return f"[`{path}`]({page_name(path)}.md)" if path in self.modules else f"`{path}`"

    # ---- concepts

    def _concepts(self) -> Page:
        """Words that several modules' public names share, with where they stand."""
        places: dict[str, dict[str, list[Symbol]]] = defaultdict(lambda: defaultdict(list))
        for path in self.modules:
            outline = self._reading.outlines.outline(path)
            for symbol in outline.symbols if outline else ():
                if symbol.exported and symbol.kind in TOP_KINDS | {"method"}:
                    for word in {word for word in split_name(symbol.name).split() if len(word) >= CONCEPT_LETTERS}:
                        places[word][path].append(symbol)
        least, most = CONCEPT_FILES
        concepts = sorted(word for word, files in places.items() if least <= len(files) <= most)
        rows = [f"- **{word}**: {', '.join(self._concept_places(places[word]))}" for word in concepts]
        return Page(CONCEPTS, "Concepts", "\n\n".join(["# Concepts", "\n".join(rows) or "No word stands out."]))

    def _concept_places(self, files: dict[str, list[Symbol]]) -> list[str]:
        found = [(path, symbol) for path, symbols in files.items() for symbol in symbols]
        found.sort(key=lambda place: (place[1].kind == "method", len(place[1].qualified_name)))
        return [f"[`{symbol.qualified_name}`]({page_name(path)}.md)" for path, symbol in found[:CONCEPT_PLACES]]

    # ---- notes

    def _notes(self, target: Target) -> Iterator[str]:
        for note in self._reading.notes(target):
            if note.answer.intent != "purpose":
                yield f"**{note.answer.question}**"
            text = self._wording.defused(note.answer.text)
            yield text if note.fresh else "\n".join(f"> {line}" for line in text.split("\n"))
            yield f"*{self._standing(note)}*"

    def _standing(self, note: Noted) -> str:
        written = datetime.fromtimestamp(note.answer.created_at, UTC)
        state = "its code is unchanged" if note.fresh else "**out of date: its code changed since**"
        lost = [f"{note.lost} citations no longer stand"] if note.lost else []
        cited = [self._cited(e.path, e.start_line, e.end_line) for e in note.evidence]
        return " · ".join([f"{note.answer.model}, {written:%Y-%m-%d}", state, *lost, *cited])

    def _cited(self, path: str, start: int, end: int) -> str:
        place = f"`{path}:{start}-{end}`"
        link = self._source_link(path, start)
        return f"[{place}]({link})" if link else place


def page_name(path: str) -> str:
    """The page of a module: flat, so that pages link to each other alike from everywhere."""
    return path.replace("/", ".")
