"""One worktree open to read: its code, the graph over it, and what was written about it, with its freshness."""

from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.types import CLASS_KINDS, Answer, Evidence, Target
from sleeptime.index import Freshness, Graph, Sources, is_test_path, rank
from sleeptime.repo import Repository, open_repository, read_file
from sleeptime.store import Store, open_reader, store_path

PROSE = frozenset({"markdown", "rst"})
"""Languages of files that explain code."""


TOP_KINDS = CLASS_KINDS | {"function"}
"""Kinds of the definitions that a reader of a file looks for first."""


class Noted(Struct, frozen=True):
    """A stored answer as it stands now: `evidence` are the citations whose lines are still what was cited, `lost`
    counts the others.
    """

    answer: Answer
    fresh: bool
    evidence: tuple[Evidence, ...]
    lost: int


class Reading:
    """Reads only. Use it as a context manager."""

    def __init__(self, repository: Repository, store: Store) -> None:
        self.repository = repository
        self.store = store
        self.outlines = store.outlines(repository.worktree)
        self.sources = Sources(self.outlines, lambda path: read_file(repository, path))
        self.graph = Graph(self.outlines)
        self._freshness = Freshness(self.sources, store.answers.by_key)

    def notes(self, target: Target, intent: str = "") -> tuple[Noted, ...]:
        """What was written about a target, one for each question: fresh ones first, then the newest."""
        noted = [self.noted(answer) for answer in self.store.answers.for_target(target, intent)]
        by_question: dict[str, Noted] = {}
        for note in sorted(noted, key=lambda note: not note.fresh):
            by_question.setdefault(note.answer.question, note)
        return tuple(by_question.values())

    def note(self, target: Target, intent: str) -> Noted | None:
        """The best answer to one intent about a target."""
        return next(iter(self.notes(target, intent)), None)

    def noted(self, answer: Answer) -> Noted:
        """A stored answer with what of it still holds."""
        evidence = self.sources.standing(answer.evidence)
        return Noted(answer, self._freshness.is_fresh(answer), evidence, len(answer.evidence) - len(evidence))

    def modules_by_rank(self) -> list[str]:
        """All indexed paths, the most central first."""
        ranks = rank(self.outlines)
        return sorted(ranks, key=lambda path: (-ranks[path], path))

    def code_by_rank(self) -> list[str]:
        """The source files that are no tests, the most central first."""
        return [path for path in self.modules_by_rank() if not is_test_path(path) and self._is_code(path)]

    def _is_code(self, path: str) -> bool:
        outline = self.outlines.outline(path)
        return outline is not None and outline.language not in PROSE

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_reading(root: Path) -> Reading:
    """Open what is known about the repository at `root`.

    Raises:
        RepositoryError: there is none, or it was never indexed.
        StoreError: its store cannot be read.
    """
    repository = open_repository(root)
    store = open_reader(store_path(repository.identity))
    if store is None:
        raise RepositoryError(f"{root} is not indexed yet.", "Run sleeptime index there first.")
    return Reading(repository, store)
