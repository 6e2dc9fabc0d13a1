"""Runs questions through arms, one row an answer, appended to a file as they come.

A row's key holds all that it depends on, so a run that is taken up again repeats nothing, and a row of another model,
store or prompt is never taken for this one's. Within an arm the questions follow each other, as they do with a person;
each arm begins with an engine that has read nothing, so that none reads what another left in its cache.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sleeptime.core.errors import EvaluationError, SleeptimeError
from sleeptime.core.keys import combined_hash
from sleeptime.report.questions import Question
from sleeptime.report.scores import Judge, Produced, Scores, retrieval_recall

OnProgress = Callable[[int, int, str], None]
"""(rows done, rows in all, what is being asked)."""


class Try(Struct, frozen=True):
    """One way to ask: how wordy, and the how-manieth sample (0 is greedy)."""

    verbosity: int = 1
    sample: int = 0


class Arm(Struct, frozen=True):
    """One way to answer. `depends_on` names all that its answers depend on besides the question: model, store, budgets.
    `begin` is called before its first question. An arm without a model only searches or serves: it is asked every
    question once, and what it does not answer is a miss, not a wrong answer.
    """

    name: str
    answer: Callable[[Question, Try], Produced]
    depends_on: str
    needs_model: bool = True
    begin: Callable[[], None] = lambda: None


class Row(Struct, frozen=True, kw_only=True):
    """One answer and its scores."""

    key: str
    set: str
    id: str
    arm: str
    verbosity: int
    sample: int
    produced: Produced
    scores: Scores
    at: float
    needs_model: bool = True


class Plan(Struct, frozen=True):
    """What is asked: `questions` of arms that need a model, `every` question of those that do not."""

    questions: Sequence[Question]
    every: Sequence[Question]
    verbosities: Sequence[int] = (1,)
    samples: int = 1


class Sheet:
    """The rows of a file, by key. A row that was cut short (the power failed) is taken off the file's end."""

    def __init__(self, path: Path) -> None:
        """Raises EvaluationError for a file of something else."""
        self._path = path
        self._rows = {row.key: row for row in read_rows(path)}
        if path.exists() and not (data := path.read_bytes()).endswith(b"\n"):
            path.write_bytes(data[: data.rfind(b"\n") + 1])

    def get(self, key: str) -> Row | None:
        """The row, if it was measured before; one that failed is measured again."""
        row = self._rows.get(key)
        return row if row and not row.produced.error else None

    def add(self, row: Row) -> None:
        """Keep a row, on the disk too."""
        self._rows[row.key] = row
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(row) + b"\n")


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, the last line left out if it was not finished.

    Raises:
        EvaluationError: it holds something else.
    """
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise EvaluationError(f"The rows in {path} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            yield msgspec.json.decode(line, type=Row)
        except msgspec.DecodeError as error:
            raise EvaluationError(
                f"{path}:{number} is no row of a comparison: {error}.", "Name another file."
            ) from error


def compare(
    arms: Sequence[Arm], plan: Plan, judge: Judge, sheet: Sheet, running: tuple[threading.Event, OnProgress]
) -> list[Row]:
    """Every row of the plan; those not measured before are measured now, until the event is set."""
    cancel, on_progress = running
    asked = [(arm, how, question) for arm in arms for how in _tries(arm, plan) for question in _asked(arm, plan)]
    rows: list[Row] = []
    begun: tuple[str, int] | None = None
    for done, (arm, how, question) in enumerate(asked):
        if cancel.is_set():
            break
        on_progress(done, len(asked), f"{arm.name}: {question.question}")
        key = _key(arm, how, question, judge)
        row = sheet.get(key)
        if row is None:
            if begun != (arm.name, how.verbosity):
                arm.begin()
                begun = arm.name, how.verbosity
            row = _measured(key, (arm, how, question), judge)
            if cancel.is_set():
                break  # what was cut short is measured another time
            sheet.add(row)
        rows.append(row)
    on_progress(len(rows), len(asked), "")
    return rows


def _tries(arm: Arm, plan: Plan) -> list[Try]:
    if not arm.needs_model:
        return [Try()]
    return [Try(verbosity, sample) for verbosity in plan.verbosities for sample in range(plan.samples)]


def _asked(arm: Arm, plan: Plan) -> Sequence[Question]:
    return plan.questions if arm.needs_model else plan.every


def _key(arm: Arm, how: Try, question: Question, judge: Judge) -> str:
    told = msgspec.json.encode(question).decode()
    return combined_hash([told, arm.name, arm.depends_on, str(how.verbosity), str(how.sample), judge.name])


def _measured(key: str, asked: tuple[Arm, Try, Question], judge: Judge) -> Row:
    arm, how, question = asked
    try:
        produced = arm.answer(question, how)
    except SleeptimeError as error:
        produced = Produced(text="", outcome="failed", error=str(error))
    scores = judge.score(question, produced)
    if not arm.needs_model and not produced.text:
        searched = produced.outcome == "searched"  # one that found nothing scores 0; what was not served has no score
        scores = Scores(evidence_recall=retrieval_recall(question, produced.files) if searched else None)
    return Row(
        key=key,
        set=question.set,
        id=question.id,
        arm=arm.name,
        verbosity=how.verbosity,
        sample=how.sample,
        produced=produced,
        scores=scores,
        at=time.time(),
        needs_model=arm.needs_model,
    )
