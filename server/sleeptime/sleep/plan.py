"""In which order to think: the best expected value first, but a module's thoughts together.

Thoughts about one module share a long prompt prefix, which the engine computes once if they follow each other. So
what is ordered is not single questions but *sittings*: up to `SITTING` questions about one module.
"""

import math
from collections.abc import Iterable, Mapping

from sleeptime.core.keys import combined_hash
from sleeptime.core.types import Job
from sleeptime.index import Sources, is_test_path
from sleeptime.sleep.predict import Question, likely_questions

SITTING = 8
"""Questions a sitting: enough to repay the prefix (about 600 tokens), few enough to reach the next module soon."""

MAX_JOBS = 2_000
"""More is hours of work on any machine; the rest is planned when these are done."""

TEST_WEIGHT = 0.1
"""Tests are read far less often than they are run."""


def plan(sources: Sources, ranks: Mapping[str, float], prompt_version: str) -> list[Job]:
    """The jobs worth doing now, best first. Deterministic, and the same work always has the same key."""
    sittings = [
        sitting
        for path in sources.outlines.paths()
        if (outline := sources.outlines.outline(path)) is not None
        for sitting in _sittings(list(likely_questions(path, outline)), _importance(path, ranks))
    ]
    sittings.sort(key=lambda sitting: (-sitting[0], sitting[1][0].target.path))
    jobs = (
        _job(question, value, sources.code_hash(question.target), prompt_version)
        for value, sitting in sittings
        for question in sitting
    )
    return [job for job, _ in zip(jobs, range(MAX_JOBS), strict=False)]


def _importance(path: str, ranks: Mapping[str, float]) -> float:
    """The root of the rank against an average module's; tests count less. The root, because nobody asks a hundred
    questions about one hub before the first about its neighbour.
    """
    relative = ranks.get(path, 0.0) * max(len(ranks), 1)
    return math.sqrt(max(relative, 0.1)) * (TEST_WEIGHT if is_test_path(path) else 1.0)


def _sittings(questions: list[Question], importance: float) -> Iterable[tuple[float, list[Question]]]:
    """The likeliest first; within a sitting a symbol's questions stand together, for they share its source too."""
    questions.sort(key=lambda question: -question.likelihood)
    for start in range(0, len(questions), SITTING):
        sitting = sorted(questions[start : start + SITTING], key=lambda question: question.target.symbol)
        yield importance * sum(question.likelihood for question in sitting) / len(sitting), sitting


def _job(question: Question, value: float, code_hash: str, prompt_version: str) -> Job:
    key = combined_hash([str(question.target), question.intent, code_hash, prompt_version])
    return Job(0, key, question.target, question.intent, value)
