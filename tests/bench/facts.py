"""Our facts beside jedi's: at sampled places of a repository, what does the name there mean?

Python's own `ast` picks the places, so that neither side chooses: calls (they are what "callers" is made of), base
classes, raised exceptions, and any name or attribute that is read. A place counts as right if one of our targets is one
of jedi's. Where jedi has no answer nobody is judged.
"""

import ast
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jedi
from msgspec import Struct

from sleeptime.core.types import Reference
from sleeptime.index import Graph
from sleeptime.store import Store

SEED = 20_260_601
"""Not the one that resolution was worked on with: that sample was drawn with 0."""

MADE_BY_METACLASS = {"objects", "_default_manager"}
BY_METACLASS = "a manager that django's metaclass makes: no source names it (jedi has a plugin for django)"
FACTS = ("callers", "bases", "raises", "definitions")
FILES = 160
SAMPLES = 100
"""Places of each fact; jedi needs some 50 ms for one."""


class Spot(Struct, frozen=True):
    """A name in a file: zero-based line, column in bytes."""

    fact: str
    path: str
    line: int
    column: int
    name: str


def compared(root: Path, store: Store, worktree: str) -> list[dict[str, Any]]:
    """One row a place: what was asked, and how it came out."""
    outlines = store.outlines(worktree)
    graph = Graph(outlines)
    project = jedi.Project(root, smart_sys_path=False, added_sys_path=[str(root)])
    rows = []
    for spot in sampled(root, list(outlines.paths())):
        theirs = jedi_places(project, root, spot)
        outline = outlines.outline(spot.path)
        found = (r for r in outline.references if (r.line, r.column) == (spot.line, spot.column)) if outline else ()
        reference = next(iter(found), None)
        ours, ambiguous = our_places(graph, spot, reference)
        rows.append({**verdict(spot, reference, ours, theirs), "ambiguous": ambiguous})
    return rows


def sampled(root: Path, paths: list[str]) -> list[Spot]:
    """The same places in each run."""
    chance = random.Random(SEED)
    files = chance.sample([path for path in paths if path.endswith(".py")], FILES)
    spots = [spot for path in files for spot in spots_of(root, path)]
    return [
        spot
        for fact in FACTS
        for of_fact in [[spot for spot in spots if spot.fact == fact]]
        for spot in chance.sample(of_fact, min(SAMPLES, len(of_fact)))
    ]


def spots_of(root: Path, path: str) -> Iterator[Spot]:
    """All places of one file; a file that this Python cannot read has none."""
    try:
        tree = ast.parse((root / path).read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                yield from spot("callers", path, node.func)
            case ast.ClassDef():
                for base in node.bases:
                    yield from spot("bases", path, base)
            case ast.Raise(exc=ast.Call(func=raised)) | ast.Raise(exc=ast.Name() as raised):
                yield from spot("raises", path, raised)
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                yield from spot("definitions", path, node)


def spot(fact: str, path: str, node: ast.expr) -> Iterator[Spot]:
    """The last name of `a.b.c`; nothing for what is no name. `self` and `cls` are parameters to jedi; a person who asks
    us what they are is told the class, which is no better or worse.
    """
    if isinstance(node, ast.Name) and node.id in {"self", "cls"}:
        return
    if isinstance(node, ast.Name):
        yield Spot(fact, path, node.lineno - 1, node.col_offset, node.id)
    elif isinstance(node, ast.Attribute):
        end = node.end_col_offset or 0
        yield Spot(fact, path, (node.end_lineno or 1) - 1, end - len(node.attr.encode()), node.attr)


def jedi_places(project: Any, root: Path, spot: Spot) -> set[tuple[str, int]] | None:
    """(path, zero-based line) of each definition, ("", 0) for one outside of the repository; None: it does not know."""
    text = (root / spot.path).read_text("utf-8")
    column = len(text.split("\n")[spot.line].encode()[: spot.column].decode())
    script = jedi.Script(text, path=root / spot.path, project=project, environment=jedi.InterpreterEnvironment())
    try:
        names = script.goto(spot.line + 1, column, follow_imports=True)
    except Exception:  # noqa: BLE001  whatever jedi stumbles over, this place is not judged
        return None
    return {place for name in names for place in place_of(root, name)} or None


def place_of(root: Path, name: Any) -> Iterator[tuple[str, int]]:
    """Where a definition of jedi's stands; locals and parameters are no facts about a repository."""
    if name.type == "param" or (name.type == "statement" and in_function(name)):
        yield "local", 0
    elif name.module_path is not None and "django-stubs" in name.module_path.parts:
        yield name.full_name, -1  # jedi brings stubs of django itself, and prefers them to what it reads
    elif name.module_path is None or not name.module_path.is_relative_to(root):
        yield "", 0
    else:
        line = 0 if name.type == "module" else (name.line or 1) - 1
        yield name.module_path.relative_to(root).as_posix(), line


def in_function(name: Any) -> bool:
    """Whether a variable is a function's own; `self.x` is not."""
    parent = name.parent()
    return parent is not None and parent.type == "function" and name.get_line_code()[name.column - 1] != "."


def our_places(graph: Graph, spot: Spot, reference: Reference | None) -> tuple[set[tuple[str, int]], bool]:
    """Where we say it is defined, and whether we say so with doubt."""
    if reference is None:  # the head of `a.b` is kept with `b`
        found = graph.definition_at(spot.path, spot.line, spot.column)
        targets, ambiguous = ((found,) if found else ()), False
    else:
        resolution = graph.resolve(spot.path, reference)
        targets, ambiguous = resolution.targets, resolution.ambiguous
    places = set()
    for target in targets:
        symbol = graph.symbol(target)
        places.add((target.path, symbol.name_span.start_line if symbol else 0))
        module = target.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        places.add((f"{module}.{target.symbol}".rstrip("."), -1))
    return places, ambiguous


def verdict(
    spot: Spot, reference: Reference | None, ours: set[tuple[str, int]], theirs: set[tuple[str, int]] | None
) -> dict[str, Any]:
    """right, wrong or missed; outside (both say it is none of ours) or unjudged."""
    inside = {place for place in theirs or () if place[0] not in ("", "local")}
    if theirs is None:
        result = "unjudged"
    elif ours & inside:
        result = "right"
    elif ours:
        result = "wrong"
    else:
        result = "missed" if inside else "outside"
    why = ""
    if result == "missed":
        if reference is None:
            why = "no reference is kept (a local, or a chain broken over lines)"
        else:
            why = "the receiver's type is not known" if reference.receiver else "a plain name does not resolve"
        if reference is not None and MADE_BY_METACLASS & {reference.name, *reference.receiver.split(".")}:
            why = BY_METACLASS
    elif result == "wrong":
        why = "another definition" if inside else "jedi places it outside of the repository or in a local"
    where = f"{spot.path}:{spot.line + 1}:{spot.column + 1}"
    return {
        "fact": spot.fact,
        "place": where,
        "name": spot.name,
        "receiver": reference.receiver if reference else "",
        "result": result,
        "why": why,
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per fact: precision and recall of what we are certain of, recall with doubtful ones, and why some are missed."""
    figures: dict[str, dict[str, Any]] = {}
    for fact in FACTS:
        some = [row for row in rows if row["fact"] == fact]
        certain = Counter(row["result"] for row in some if not row["ambiguous"])
        doubtful = Counter(row["result"] for row in some if row["ambiguous"])
        known = certain["right"] + certain["missed"] + doubtful["right"]
        known += sum(1 for row in some if row["result"] == "wrong" and row["why"] == "another definition")
        figures[fact] = {
            "places": len(some),
            "judged": sum(1 for row in some if row["result"] != "unjudged"),
            "precision": share(certain["right"], certain["right"] + certain["wrong"]),
            "recall": share(certain["right"], known),
            "recall but for metaclasses": share(
                certain["right"], known - sum(row["why"] == BY_METACLASS for row in some)
            ),
            "recall with doubtful": share(certain["right"] + doubtful["right"], known),
            "why": dict(Counter(row["why"] for row in some if row["why"]).most_common()),
        }
    return figures


def share(part: int, whole: int) -> float:
    """1.0 of nothing is all of it."""
    return round(part / whole, 3) if whole else 1.0
