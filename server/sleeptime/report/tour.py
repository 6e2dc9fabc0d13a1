"""A reading path for a newcomer: from where the program begins inwards, each step bound to the code that it shows."""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.types import Outline, Symbol, Target
from sleeptime.prompts import first_sentence
from sleeptime.report.reading import TOP_KINDS, Reading

STEPS = 12
"""An hour's reading; a longer path is not walked."""

_BEGINS = re.compile(
    r"(?:^|/)(?:__main__\.py|manage\.py|(?:main|cli|app|server|index|lib|mod|__init__)\.[A-Za-z]+|bin/[^/]+)$"
)
"""Files that programs and packages begin with, by the conventions of their languages."""

Drift = Literal["", "changed", "gone"]


class Step(Struct, frozen=True):
    """One place to read: `line` counts from one; `code_hash` is of what it shows. `fresh` is false where `text` was
    written before the code changed.
    """

    title: str
    path: str
    line: int
    symbol: str
    text: str
    code_hash: str
    fresh: bool = True


class Tour(Struct, frozen=True):
    """Steps in their order. The names of the fields are those of CodeTour's files, which editors can play."""

    title: str
    steps: tuple[Step, ...]


def make_tour(reading: Reading, title: str) -> Tour:
    """A path through the most central files, beginning where the program does."""
    ranked = reading.code_by_rank()
    central = ranked[:STEPS]
    begins = [path for path in ranked if _BEGINS.search(path)][:2] or ranked[:1]
    order = _inwards(begins, set(central), reading)
    rest = [path for path in central if path not in order]
    return Tour(title, tuple(_step(path, reading) for path in [*order, *rest][:STEPS]))


def drift(step: Step, reading: Reading) -> Drift:
    """Whether a step still shows what it was bound to."""
    level: Literal["symbol", "module"] = "symbol" if step.symbol else "module"
    now = reading.sources.code_hash(Target(level, step.path, step.symbol))
    return "" if now == step.code_hash else "changed" if now else "gone"


def save_tour(tour: Tour, file: Path) -> None:
    """Write a tour as a CodeTour file; our fields of each step stand beside theirs.

    Raises:
        RepositoryError: the file cannot be written.
    """
    steps = [
        {"file": step.path, "line": step.line, "title": step.title, "description": step.text}
        | {"symbol": step.symbol, "codeHash": step.code_hash}
        for step in tour.steps
    ]
    plain = {"$schema": "https://aka.ms/codetour-schema", "title": tour.title, "steps": steps}
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(plain)) + b"\n")
    except OSError as error:
        raise RepositoryError(f"{file} cannot be written: {error.strerror}.") from error


def load_tour(file: Path) -> Tour:
    """Read a tour that `save_tour` wrote.

    Raises:
        RepositoryError: there is none, or it is no such tour.
    """
    try:
        saved = msgspec.json.decode(file.read_bytes(), type=_Saved)
    except OSError as error:
        raise RepositoryError(f"{file} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise RepositoryError(f"{file} is no tour that sleeptime tour --save wrote: {error}.") from error
    steps = (Step(s.title, s.file, s.line, s.symbol, s.description, s.codeHash) for s in saved.steps)
    return Tour(saved.title, tuple(steps))


class _SavedStep(Struct):
    file: str
    line: int
    title: str
    description: str
    symbol: str
    codeHash: str  # noqa: N815  # CodeTour's files are in camel case


class _Saved(Struct):
    title: str
    steps: list[_SavedStep]


def _inwards(begins: Sequence[str], wanted: set[str], reading: Reading) -> list[str]:
    """The files where it begins, then what they import, and so on: of the others only those wanted."""
    seen = dict.fromkeys(begins)
    waiting = deque(begins)
    while waiting:
        for path in reading.graph.dependencies(waiting.popleft()):
            if path in wanted and path not in seen:
                seen[path] = None
                waiting.append(path)
    return list(seen)


def _step(path: str, reading: Reading) -> Step:
    outline = reading.outlines.outline(path) or Outline("")
    shown = _most_used(_offered(outline), reading)
    target = Target("module", path)
    note = reading.note(target, SUMMARY_INTENT)
    used_by = len(reading.graph.dependents(path))
    says = note.answer.text if note else first_sentence(outline.docstring)
    facts = f"{used_by} files import it." if used_by > 1 else "One file imports it." if used_by else ""
    begin = _invitation(shown) if shown else ""
    return Step(
        title=path,
        path=path,
        line=shown.span.start_line + 1 if shown else 1,
        symbol=shown.qualified_name if shown else "",
        text=" ".join(part for part in (says, begin, facts) if part),
        code_hash=shown.text_hash if shown else reading.sources.code_hash(target),
        fresh=note is None or note.fresh,
    )


def _invitation(symbol: Symbol) -> str:
    said = first_sentence(symbol.docstring)
    return f"Begin with `{symbol.qualified_name}`: {said}" if said else f"Begin with `{symbol.qualified_name}`."


def _offered(outline: Outline) -> Iterable[Symbol]:
    tops = (symbol for symbol in outline.symbols if symbol.parent < 0 and symbol.kind in TOP_KINDS)
    return (symbol for symbol in tops if symbol.exported and not symbol.name.startswith("_"))


def _most_used(symbols: Iterable[Symbol], reading: Reading) -> Symbol | None:
    """The one that most files name; of equals the longest, for there is more to read."""
    return max(
        symbols,
        key=lambda s: (len(reading.outlines.paths_mentioning(s.name)), s.span.end_line - s.span.start_line),
        default=None,
    )
