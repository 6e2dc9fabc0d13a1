"""Ready questions and answers as editors show them: lists to choose from, and the explorer's tree."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from sleeptime.answer import Near, Ready, target_for
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError, StoreError
from sleeptime.core.excluded import EXCLUDED, excluded_from, is_excluded
from sleeptime.core.types import DATA_KINDS, Outline, Target
from sleeptime.lsp.aside import Reading
from sleeptime.lsp.convert import Point
from sleeptime.lsp.folders import Folder
from sleeptime.lsp.protocol import (
    AnswerArguments,
    AnswerResult,
    FolderArguments,
    ModulesResult,
    ModuleState,
    QuestionsArguments,
    Readiness,
    ReadyQuestion,
    StatusParams,
    SuggestArguments,
)
from sleeptime.lsp.results import answer_result, one_line_range, ready_question, status_params

if TYPE_CHECKING:
    from sleeptime.lsp.session import Session

MOST_SUGGESTED = 100
ANSWERS_AT_A_TIME = 500
"""The explorer's counts are made in pieces of so many answers, between which suggestions have their turn."""


class Surfaces:
    """Reads only; whatever takes longer than a hover is read aside."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def suggest(self, arguments: SuggestArguments) -> list[ReadyQuestion]:
        """Ready questions for what was typed and for the cursor, best first, fresh ones only.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, point = await self._session.cursor(arguments.uri, arguments.position)
        unsaved = await self._session.unsaved(folder, path, arguments.uri or "")
        limit = max(1, min(arguments.limit, MOST_SUGGESTED))

        def look(reading: Reading) -> list[ReadyQuestion]:
            target = _target_at(reading, path, point, unsaved) if arguments.position else None
            found = reading.suggester.suggest(arguments.text, Near(path, target), limit)
            return [self._question(folder, reading, ready) for ready in found]

        return await folder.aside.read(look) or []

    async def questions(self, arguments: QuestionsArguments) -> list[ReadyQuestion]:
        """All ready questions about a file, a symbol, or the repository; stale ones too.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, _ = await self._session.cursor(arguments.uri, None)

        def look(reading: Reading) -> list[ReadyQuestion]:
            return [self._question(folder, reading, ready) for ready in _about(reading, path, arguments.symbol)]

        return await folder.aside.read(look) or []

    async def answer(self, arguments: AnswerArguments) -> AnswerResult:
        """The answer to a ready question.

        Raises:
            StoreError: it is gone.
        """
        folder, _, _ = await self._session.cursor(arguments.uri, None)
        for place in [folder, *(other for other in self._session.folders if other is not folder)]:
            answered = await place.aside.read(lambda reading: reading.ready.open(arguments.id))
            if answered is not None:
                return answer_result(place, answered)
        raise StoreError("This answer is no longer there.", "Ask again.")

    async def modules(self, arguments: FolderArguments) -> ModulesResult:
        """The explorer's tree: all modules that something is written about, or waits to be.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, _, _ = await self._session.cursor(arguments.uri, None)
        fresh, stale = await _counts(folder)
        jobs, excluded = await folder.aside.read(partial(_plans, worktree=folder.worktree)) or ({}, frozenset())
        paths = sorted({*fresh, *stale, *jobs, *excluded} - {""})
        return ModulesResult(
            root=folder.root,
            modules=[
                ModuleState(
                    uri=folder.uri(path),
                    path=path,
                    state=_state(path, jobs, excluded, fresh=fresh[path], stale=stale[path]),
                    fresh=fresh[path],
                    stale=stale[path],
                    waiting=jobs.get(path, (0, 0))[0],
                )
                for path in paths
            ],
            fresh=sum(fresh.values()),
            stale=sum(stale.values()),
            waiting=sum(waiting for waiting, _ in jobs.values()),
        )

    async def status(self, arguments: FolderArguments) -> StatusParams:
        """What the worker is doing; without a worker, that it is stopped."""
        folder, _, _ = await self._session.cursor(arguments.uri, None)
        try:
            status = await self._session.worker.request(say.GetStatus(root=folder.root if arguments.uri else ""))
        except SleeptimeError as error:
            return StatusParams(state="stopped", detail=str(error))
        assert isinstance(status, say.Status)
        return status_params(status)

    def _question(self, folder: Folder, reading: Reading, ready: Ready) -> ReadyQuestion:
        span = None
        if ready.span is not None:
            lines = reading.view.sources.lines(ready.target.path)
            span = one_line_range(ready.span, lines, self._session.encoding)
        return ready_question(folder, ready, span)


def _target_at(reading: Reading, path: str, point: Point, unsaved: Outline | None) -> Target | None:
    """What the cursor is on, or else the innermost symbol around it."""
    outline = unsaved or reading.view.outlines.outline(path)
    if outline is None:
        return None
    named = reading.view.graph.definition_at(path, point.line, point.column, unsaved)
    if named is not None:
        return named
    around = [s for s in outline.symbols if s.span.contains(point.line, point.column) and s.kind not in DATA_KINDS]
    return target_for(path, around[-1]) if around else None


def _about(reading: Reading, path: str, symbol: str) -> list[Ready]:
    target = reading.target(path, symbol)
    if target is None:
        return []
    if target.level == "repository":
        return reading.ready.of_repository()
    return reading.ready.of_module(path) if target.level == "module" else reading.ready.about(target)


def _plans(reading: Reading, worktree: str) -> tuple[dict[str, tuple[int, int]], frozenset[str]]:
    """By path, how many jobs wait and run; and what is excluded from thinking."""
    store = reading.view.store
    return store.jobs.by_path(worktree), excluded_from(store.meta(EXCLUDED))


async def _counts(folder: Folder) -> tuple[Counter[str], Counter[str]]:
    """How many answers are fresh and how many stale, by path."""
    fresh: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    last_id = 0
    while page := await folder.aside.read(partial(_judged, after=last_id)):
        fresh.update(path for _, path, is_fresh in page if is_fresh)
        stale.update(path for _, path, is_fresh in page if not is_fresh)
        last_id = page[-1][0]
    return fresh, stale


def _judged(reading: Reading, after: int) -> list[tuple[int, str, bool]]:
    """(id, path, fresh) of the next answers."""
    page = reading.view.store.answers.after(after, ANSWERS_AT_A_TIME)
    return [(id_, note.target.path, reading.ready.is_fresh(note)) for id_, note in page]


def _state(
    path: str, jobs: dict[str, tuple[int, int]], excluded: frozenset[str], *, fresh: int, stale: int
) -> Readiness:
    if is_excluded(path, excluded):
        return "excluded"
    if jobs.get(path, (0, 0))[1]:
        return "thinking"
    return "stale" if stale else "ready" if fresh else "waiting"
