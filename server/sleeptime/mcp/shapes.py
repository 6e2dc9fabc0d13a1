"""What the tools return: plain data in which each claim has its citations and says whether it is fresh."""

from dataclasses import dataclass, field

from sleeptime.core.messages import Answered
from sleeptime.core.types import Evidence
from sleeptime.report import Noted


@dataclass(frozen=True)
class Citation:
    """Lines that support a claim: one-based, inclusive."""

    path: str
    start_line: int
    end_line: int
    symbol: str


@dataclass(frozen=True)
class AnswerShape:
    """An answer. `question` is the one that `markdown` answers; `source` says where it came from: `facts` (the syntax
    tree, no model), `cache` (written ahead of time, its code unchanged), `notes` or `live` (generated now).
    `lost_citations` counts citations that no longer stand.
    """

    question: str
    markdown: str
    citations: list[Citation]
    source: str
    model: str
    fresh: bool
    written_at: float
    lost_citations: int = 0


@dataclass(frozen=True)
class SymbolShape:
    """A definition: lines are one-based, inclusive; `summary` is what its documentation or a fresh note says."""

    name: str
    kind: str
    path: str
    start_line: int
    end_line: int
    signature: str
    summary: str


@dataclass(frozen=True)
class Explanation:
    """All that is known about one symbol or file: `facts` come from the syntax tree, `notes` from a model."""

    about: str
    symbol: SymbolShape | None
    facts: list[str]
    notes: list[AnswerShape]


@dataclass(frozen=True)
class PackageShape:
    """A folder of modules, the most central first."""

    path: str
    summary: str
    modules: list[str]


@dataclass(frozen=True)
class Overview:
    """The repository as a whole."""

    files: int
    packages: list[PackageShape]
    notes: list[AnswerShape] = field(default_factory=list)


@dataclass(frozen=True)
class ReadyQuestion:
    """A question whose answer is ready: pass it to `ask` as it stands. `path` and `symbol` say what it is about."""

    question: str
    path: str
    symbol: str


def citations(evidence: tuple[Evidence, ...]) -> list[Citation]:
    """Evidence as agents see it."""
    return [Citation(e.path, e.start_line, e.end_line, e.symbol) for e in evidence]


def from_answered(answered: Answered) -> AnswerShape:
    """What the worker answered."""
    return AnswerShape(
        question=answered.question,
        markdown=answered.text,
        citations=citations(answered.evidence),
        source=answered.source,
        model=answered.model,
        fresh=answered.fresh,
        written_at=answered.created_at,
        lost_citations=answered.removed_citations,
    )


def from_note(note: Noted) -> AnswerShape:
    """What was written ahead of time."""
    return AnswerShape(
        question=note.answer.question,
        markdown=note.answer.text,
        citations=citations(note.evidence),
        source="cache",
        model=note.answer.model,
        fresh=note.fresh,
        written_at=note.answer.created_at,
        lost_citations=note.lost,
    )
