"""Ready questions for what the person has typed so far, or for where the cursor is.

The words of all stored questions are held in memory, each with the rows that it stands in; a typed word stands for all
words that it begins. Only the few rows that are shown are read from the store and checked for freshness.
"""

import re
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from msgspec import Struct

from sleeptime.answer.ready import Ready, ReadyAnswers
from sleeptime.core.intents import BY_NAME
from sleeptime.core.types import Target
from sleeptime.store import Answers, split_name

CANDIDATES = 60
"""Rows looked at for one list: most are fresh, and nobody reads further."""

CHECK_SECONDS = 0.015
"""Processor time in which freshness may be looked into for one list: what is not known by then is not shown."""

SAME_SYMBOL, SAME_FILE, WHOLE_WORD = 1.0, 0.3, 0.2
"""What counts besides the intent's own share of questions, which is at most 0.3: the cursor before all, then the file,
then that a typed word is a name's whole word.
"""

REBUILD_SHARE = 0.8
"""Rows that were deleted are passed over, until they are a fifth."""

NAMED_TARGETS = 3
"""Definitions of a typed name whose facts are offered."""

_WORD = re.compile(r"\w+")


class Near(Struct, frozen=True):
    """Where the person is: a file, and the symbol under the cursor or around it."""

    path: str = ""
    target: Target | None = None


Definitions = Callable[[str], Sequence[Target]]
"""What is defined under exactly this name."""


class Suggester:
    """Suggests for one worktree. Not for several threads at once."""

    def __init__(
        self,
        ready: ReadyAnswers,
        answers: Answers,
        definitions: Definitions,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._ready = ready
        self._answers = answers
        self._definitions = definitions
        self._check_seconds = check_seconds
        self._rows = _Rows()
        self._verdicts: dict[str, bool] = {}

    def refresh(self) -> None:
        """Take in what was written since the last call."""
        self._verdicts.clear()
        if self._answers.count() < REBUILD_SHARE * len(self._rows):
            self._rows = _Rows()
        for id_, intent, question in self._answers.questions_after(self._rows.last_id):
            self._rows.add(id_, _prior(intent), question_words(question))

    def suggest(self, text: str, near: Near, limit: int) -> list[Ready]:
        """The best `limit` ready questions that have all words of `text`, fresh ones only."""
        words = [word.replace("_", "").lower() for word in _WORD.findall(text)]
        found = self._stored(words, near, limit) + self._from_facts(text, words, near)
        best: dict[tuple[str, str], Ready] = {}
        for _, one in sorted(found, key=lambda scored: -scored[0]):
            best.setdefault((one.question, one.target.path), one)
        return list(best.values())[:limit]

    def _stored(self, words: Sequence[str], near: Near, limit: int) -> list[tuple[float, Ready]]:
        here = self._rows.at(self._answers.ids_at(near.path)) if near.path else None
        symbol = self._rows.at(self._answers.ids_at(near.path, near.target.symbol)) if near.target else None
        chosen = self._rows.best(words, [(here, SAME_FILE), (symbol, SAME_SYMBOL)], CANDIDATES)
        notes = self._answers.by_ids([id_ for id_, _ in chosen])
        deadline = time.thread_time() + self._check_seconds
        found: list[tuple[float, Ready]] = []
        for id_, score in chosen:
            note = notes.get(id_)
            if note is None:
                continue
            if note.key not in self._verdicts:
                if time.thread_time() > deadline:
                    continue
                self._verdicts[note.key] = self._ready.is_fresh(note)
            if self._verdicts[note.key]:
                found.append((score, self._ready.ready(note)))
                if len(found) == limit:
                    break
        return found

    def _from_facts(self, text: str, words: Sequence[str], near: Near) -> list[tuple[float, Ready]]:
        """What facts answer about the symbol at the cursor (not where it is defined: editors go there with a key) and
        about what the text names.
        """
        about = [(near.target, SAME_SYMBOL)] if near.target else []
        for word in _WORD.findall(text):
            about += [(target, WHOLE_WORD) for target in self._definitions(word)[:NAMED_TARGETS]]
        return [
            (bonus + _prior(one.intent), one)
            for target, bonus in dict(about).items()
            for one in self._ready.from_facts(target)
            if (target != near.target or one.intent != "defined") and _has_all(question_words(one.question), words)
        ]


class _Rows:
    """Questions by their words. A row's number is its place in `_ids`, which only grows."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._scores = array("f")
        self._postings: dict[str, array[int]] = {}
        self._sorted: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def last_id(self) -> int:
        """The highest id taken in; ids only grow."""
        return self._ids[-1] if self._ids else 0

    def add(self, id_: int, score: float, words: Iterable[str]) -> None:
        """Take in one question."""
        row = len(self._ids)
        self._ids.append(id_)
        self._scores.append(score)
        for word in words:
            self._postings.setdefault(word, array("i")).append(row)

    def at(self, ids: Sequence[int]) -> np.ndarray:
        """The rows of these ids, as far as they were taken in."""
        if not self._ids:
            return np.empty(0, np.int64)
        known, wanted = np.frombuffer(self._ids, dtype=np.int64), np.array(ids, np.int64)
        rows = np.searchsorted(known, wanted)
        rows = rows[rows < len(known)]
        found: np.ndarray = rows[np.isin(known[rows], wanted)]
        return found

    def best(
        self, words: Sequence[str], bonuses: Sequence[tuple[np.ndarray | None, float]], limit: int
    ) -> list[tuple[int, float]]:
        """(id, score) of the best rows that have a word beginning with each of `words`."""
        if not self._ids:
            return []
        scores = np.array(self._scores, dtype=np.float32)
        for rows, bonus in bonuses:
            if rows is not None:
                scores[rows] += bonus
        matching = np.ones(len(scores), bool)
        for word in words:
            matching &= self._beginning_with(word)
            if word in self._postings:
                scores[np.frombuffer(self._postings[word], dtype=np.int32)] += WHOLE_WORD
        rows = np.flatnonzero(matching)
        if len(rows) > limit:
            rows = rows[np.argpartition(-scores[rows], limit - 1)[:limit]]
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        return [(self._ids[row], float(scores[row])) for row in rows]

    def _beginning_with(self, prefix: str) -> np.ndarray:
        """Which rows have a word with this prefix, as booleans of shape (rows,)."""
        if len(self._sorted) != len(self._postings):
            self._sorted = sorted(self._postings)
        first = bisect_left(self._sorted, prefix)
        last = bisect_left(self._sorted, prefix + "\U0010ffff", first)
        having = np.zeros(len(self._ids), bool)
        if first < last:
            every = b"".join(self._postings[word].tobytes() for word in self._sorted[first:last])
            having[np.frombuffer(every, dtype=np.int32)] = True
        return having


def question_words(question: str) -> set[str]:
    """The words by which a question is found: lower-case, names whole and in parts."""
    return {part for word in _WORD.findall(question) for part in split_name(word).split()}


def _has_all(words: Iterable[str], prefixes: Iterable[str]) -> bool:
    having = tuple(words)
    return all(any(word.startswith(prefix) for word in having) for prefix in prefixes)


def _prior(intent: str) -> float:
    known = BY_NAME.get(intent)  # type: ignore[call-overload]
    return known.prior if known else 0.0
