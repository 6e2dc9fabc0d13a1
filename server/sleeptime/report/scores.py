"""What an answer is worth, measured against its reference. Rules of the shared evaluation:

- `evidence_recall`: share of the reference's files among the first five distinct files cited or retrieved, as shown.
- `identifier_recall`: share of the reference's code names, those of the question left out, that the answer brings.
- `grounding`: share of the answer's code names and citations that exist, in the scope that they are used in.
- `similarity`: cosine to the reference; a sanity row only, for it cannot see an inverted claim.
- `correct`: whether the last number is the reference's, where that is a number.

An answer that is empty, refused or failed scores 0. None means that there was nothing to score: a reference that names
no file, say, or an answer that names no code.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from sleeptime.core.ports import Embedder
from sleeptime.index import Passage, Sources, cited_places, code_names
from sleeptime.report.questions import Question, holds_name, last_number

FILES = 5
"""Distinct files that count towards evidence."""

METRICS = ("evidence_recall", "identifier_recall", "grounding", "similarity", "correct")

_REFUSAL = re.compile(
    r"^\W*(i('m| am) (sorry|unable)|i (can ?not|can't|do not|don't) (answer|know|find|determine|tell|provide)"
    r"|sorry\b|(the|this) (given |provided )?(context|code|information|text|notes?) (above |provided |given )?"
    r"(do(es)? not|doesn't|don't) (hold|contain|provide|say|specify|include|mention|have)"
    r"|there is (no|not enough) (information|context|evidence)|nothing in this repository's index matches)",
    re.IGNORECASE,
)
_SEE_ALSO = re.compile(r"\n\nSee also [^\n]*$")
"""What `answer/places.py` adds under an answer: who refuses and then says where to look has refused."""

REFUSAL_CHARACTERS = 400
"""A longer text that begins like a refusal goes on to say something."""


class Produced(Struct, frozen=True, kw_only=True):
    """What an arm made of a question. `files` are those cited or retrieved, in the order shown. Tokens: `prompt` counts
    all, `cached` of them were not computed after the question arrived; `sleep` were spent, before any question, on the
    context that this one is about (in a repository, on a module on average). `error` says why there is no answer.
    """

    text: str
    files: tuple[str, ...] = ()
    outcome: str = "live"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    sleep_tokens: float = 0.0
    latency_ms: float = 0.0
    error: str = ""

    @property
    def test_tokens(self) -> int:
        """Prompt tokens computed after the question arrived, and tokens generated."""
        return self.prompt_tokens - self.cached_tokens + self.generated_tokens


class Scores(Struct, frozen=True):
    """Each in 0..1, or None."""

    evidence_recall: float | None = None
    identifier_recall: float | None = None
    grounding: float | None = None
    similarity: float | None = None
    correct: float | None = None


class Judge:
    """Scores answers. Without `sources` (no repository) nothing is grounded, without `embedder` nothing is similar."""

    def __init__(self, sources: Sources | None = None, embedder: Embedder | None = None) -> None:
        self._sources = sources
        self._embedder = embedder

    @property
    def name(self) -> str:
        """What the scores depend on besides question and answer."""
        return f"scores.v1+{self._embedder.name if self._embedder else ''}"

    def score(self, question: Question, produced: Produced) -> Scores:
        """All that can be said of one answer."""
        text = "" if produced.error or is_refusal(produced.text) else produced.text
        return Scores(
            evidence_recall=_share(question.evidence_files, lambda: set(_first(produced.files)), text),
            identifier_recall=_share(question.wanted_names, lambda: _held(question.wanted_names, text), text),
            grounding=self._grounding(produced, text),
            similarity=self._similarity(question, text),
            correct=None if question.number is None else float(bool(text) and last_number(text) == question.number),
        )

    def _grounding(self, produced: Produced, text: str) -> float | None:
        if self._sources is None:
            return None
        if not text:
            return 0.0
        passages = [Passage(path, 0, self._sources.lines(path)) for path in _first(produced.files)]
        scope = self._sources.scope(passages)
        known = [scope.knows(name) for name in code_names(text)]
        known += [1 <= start <= end <= len(self._sources.lines(path)) for path, start, end in cited_places(text)]
        return sum(known) / len(known) if known else None

    def _similarity(self, question: Question, text: str) -> float | None:
        if self._embedder is None or not question.answer:
            return None
        if not text:
            return 0.0
        first, second = self._embedder.embed([text, str(question.answer)])
        return float(np.clip(first @ second, 0.0, 1.0))


def retrieval_recall(question: Question, files: Sequence[str]) -> float | None:
    """`evidence_recall` of a search alone, where no answer was asked for."""
    return _share(question.evidence_files, lambda: set(_first(files)), "searched")


def is_refusal(text: str) -> bool:
    """Whether an answer says no more than that it cannot answer; so does an empty one."""
    text = _SEE_ALSO.sub("", text.strip())
    return not text or (len(text) <= REFUSAL_CHARACTERS and _REFUSAL.match(text) is not None)


def shown_files(text: str, *groups: Sequence[str]) -> tuple[str, ...]:
    """The files that an answer shows: those its text cites, then the given ones, each once."""
    cited = [path for path, _, _ in cited_places(text)]
    return tuple(dict.fromkeys([*cited, *(path for group in groups for path in group)]))


def _first(files: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(files))[:FILES]


def _held(names: Sequence[str], text: str) -> set[str]:
    return {name for name in names if holds_name(text, name)}


def _share(wanted: Sequence[str], found: Callable[[], set[str]], text: str) -> float | None:
    """The share of what is wanted that was found; 0 for an answer that is none."""
    if not wanted:
        return None
    return len(set(wanted) & found()) / len(set(wanted)) if text else 0.0
