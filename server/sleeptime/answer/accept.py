"""Whether a ready answer answers a question: a small calibrated classifier decides, nothing else does.

What the question names or describes gives proposals: a target with an intent. Each is judged by how question, target
and answer account for each other (`FEATURES`). A proposal is served verbatim only above a threshold under which, on
questions made from this very repository (`calibrate.py`), at most the allowed share was served wrongly, as a 95 %
Clopper-Pearson upper bound. Whether the answer is fresh is not a matter of degree, so it is no feature: what is stale
is never looked at (`index/freshness.py`).
"""

import math
import re
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from sleeptime.answer.described import (
    Described,
    account_for,
    describing_words,
    namesakes,
    readings,
    words_of_name,
)
from sleeptime.answer.relation import Pair, pair_asked
from sleeptime.answer.retrieve import Understood, understand
from sleeptime.core.intents import SUMMARY_INTENT, IntentName, find_intent
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Target
from sleeptime.store import split_name

VERSION = 3
"""Raised when a feature changes its meaning, or what is proposed: what was calibrated before is then not used."""

FEATURES = (
    "named", "of_question", "of_name", "margin", "namesakes", "left_over", "left_over_in_answer", "negated",
    "other_number",
)  # fmt: skip
"""Each in 0..1. `named`: the question names the target, and nothing else is named so. `of_question` and `of_name`: see
`described.py`. `margin`: to the next proposal of another name; `namesakes`: how many elsewhere have the same one.
`left_over`: words that neither name, intent nor answer account for.
"""

MOST_LEFT_OVER = 4
"""As many words left over count as all."""

MOST_NAMESAKES = 3

PROPOSALS = 6
SEARCHED = 40
LISTED = 8
"""Places shown when several things are described alike: all are where it is."""

_NEGATION = re.compile(r"\b(not|never|without|no longer|cannot|except|unless|instead)\b|n't\b", re.IGNORECASE)
_LISTING = re.compile(r"\s*(what|which) are\b", re.IGNORECASE)
"""Asks for several things: what one of them, or their file, is for does not name them; what their file holds does."""

_NUMBER = re.compile(r"\b\d+\b")
_WORD = re.compile(r"[^\W\d]\w*")


class Proposal(Struct, frozen=True):
    """What might be served: the answer to `intent` about `target`; `alike` are further targets that fit as
    well, `other` is what its relation to is asked.
    """

    target: Target
    intent: IntentName
    features: tuple[float, ...]
    alike: tuple[Target, ...] = ()
    other: Target | None = None


class Acceptance(Struct, frozen=True):
    """A calibrated classifier. `bound` is what was really reached: the upper bound on wrong among `served` of
    `asked` held-out questions, `wrong` of them wrong. `key` says what it was made from.
    """

    key: str
    weights: tuple[float, ...]
    threshold: float
    bound: float
    served: int
    wrong: int
    asked: int
    trained_on: int
    version: int = VERSION

    def probability(self, proposal: Proposal) -> float:
        """That serving the proposal is right, in 0..1."""
        total = self.weights[0] + sum(w * x for w, x in zip(self.weights[1:], proposal.features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def accepts(self, proposal: Proposal) -> bool:
        """Whether it may be served verbatim."""
        return self.probability(proposal) >= self.threshold

    def to_json(self) -> str:
        """As `acceptance_from` reads it."""
        return msgspec.json.encode(self).decode()


META_KEY = "acceptance"
"""Where a store keeps it."""


def acceptance_from(text: str) -> Acceptance | None:
    """What `to_json` wrote; None if it was never calibrated, or by another version of this file."""
    try:
        found = msgspec.json.decode(text, type=Acceptance) if text else None
    except msgspec.DecodeError:
        return None
    return found if found is not None and found.version == VERSION else None


class Proposer:
    """Makes proposals about one worktree. `search` gives targets that share words with a text; `answer_text` what a
    target's documentation and notes say.
    """

    def __init__(
        self, outlines: Outlines, search: Callable[[str, int], Sequence[Target]], answer_text: Callable[[Target], str]
    ) -> None:
        self._outlines = outlines
        self._search = search
        self._answer_text = answer_text

    def propose(self, asked: Understood) -> list[Proposal]:
        """What might answer the question, best guess first; [] where its intent is not known."""
        if pair := pair_asked(asked.question):
            return self._related(pair, asked)
        words = describing_words(asked.words)
        found = self._described(words) if words else []
        if asked.target is not None and not (asked.is_loose and words):
            found = [Described(asked.target, 1.0, 1.0), *(one for one in found if one.target != asked.target)]
        found = found[:PROPOSALS]
        intents = [_intent_about(one.target, asked.question) for one in found]
        return [
            self._proposal(asked, words, (found, place), intent)
            for place, intent in enumerate(intents)
            if intent is not None
        ]

    def _related(self, pair: Pair, asked: Understood) -> list[Proposal]:
        """The relation of two classes: as doubtful as the more doubtful of them, and as what is asked besides."""
        sides = [self._class_meant(said) for said in (pair.one, pair.other)]
        if sides[0] is None or sides[1] is None or sides[0].target == sides[1].target:
            return []
        one, other = sides[0], sides[1]
        values = dict(zip(FEATURES, zip(one.features, other.features, strict=True), strict=True))
        sure = {"named", "of_question", "of_name", "margin"}
        features = {name: min(both) if name in sure else max(both) for name, both in values.items()}
        besides = describing_words(understand(pair.rest, self._outlines).words)
        names = words_of_name(one.target) | words_of_name(other.target)
        left = {word for word in besides if not account_for(word, names)}
        said = _words(self._answer_text(one.target) + self._answer_text(other.target))
        unsaid = {word for word in left if not account_for(word, said)}
        features["left_over"] = max(features["left_over"], min(1.0, len(unsaid) / MOST_LEFT_OVER))
        features["left_over_in_answer"] = min(1.0, len(left - unsaid) / MOST_LEFT_OVER)
        features["negated"] = float(_NEGATION.search(asked.question) is not None)
        return [Proposal(one.target, "collaborators", tuple(features.values()), other=other.target)]

    def _class_meant(self, said: str) -> Proposal | None:
        """The class that one side of a relation names or describes, if that is what its words mean first of all."""
        proposals = self.propose(understand(f"What is {said}?", self._outlines))
        return next((p for p in proposals if p.target.level == "class"), None)

    def _described(self, words: frozenset[str]) -> list[Described]:
        candidates = self._search(" ".join(sorted(words)), SEARCHED)
        return [one for one in readings(words, candidates, self._outlines) if one.score > 0]

    def _proposal(
        self, asked: Understood, words: frozenset[str], at: tuple[Sequence[Described], int], intent: IntentName
    ) -> Proposal:
        found, place = at
        one = found[place]
        named = one.target == asked.target and not (asked.is_loose and words)
        strangers = [other.score for other in found if not namesakes(other.target, one.target)]
        elsewhere = {
            other.target.path
            for other in found
            if namesakes(other.target, one.target) and other.target.path not in {one.target.path, ""}
        }
        left = {word for word in words if not account_for(word, words_of_name(one.target))}
        said = self._answer_text(one.target)
        unsaid = {word for word in left if not account_for(word, _words(said))}
        features = (
            float(named),
            one.of_question,
            one.of_name,
            max(0.0, one.score - max(strangers, default=0.0)),
            min(1.0, len(elsewhere) / MOST_NAMESAKES),
            min(1.0, len(unsaid) / MOST_LEFT_OVER),
            min(1.0, len(left - unsaid) / MOST_LEFT_OVER),
            float(_NEGATION.search(asked.question) is not None),
            float(any(number not in said for number in _NUMBER.findall(asked.question))),
        )
        return Proposal(one.target, intent, features, self._alike(found, one) if intent == "defined" else ())

    def _alike(self, found: Sequence[Described], one: Described) -> tuple[Target, ...]:
        """What the words describe as well: where something is may be said of all of it."""
        if one.of_question < 1.0 or not found:
            return ()
        return tuple(o.target for o in found if o.of_question == 1.0 and o != one and o.target.path)[: LISTED - 1]


def _intent_about(target: Target, question: str) -> IntentName | None:
    """What is asked of a target. Who asks for several things is shown what a file holds, not what one is for."""
    intent = find_intent(question, target.level)
    if intent is not None and intent.name == SUMMARY_INTENT and _LISTING.match(question):
        return "contents" if target.level == "module" else None
    return intent.name if intent is not None else None


def _words(text: str) -> frozenset[str]:
    return frozenset(word for name in _WORD.findall(text) for word in split_name(name).split())
