"""What might answer a question: targets that it names or describes, each with what is asked of it, and how question,
target and answer account for each other. Whether one of them is served, `accept.py` decides.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from sleeptime.answer.accept import FEATURES, Proposal
from sleeptime.answer.described import (
    Described,
    account_for,
    describing_words,
    is_said,
    namesakes,
    own_words,
    readings,
    words_of_name,
)
from sleeptime.answer.meant import (
    asks_to_compare,
    asks_why,
    intent_described,
    intent_named,
    intent_of_whole,
    words_that_ask,
)
from sleeptime.answer.relation import Pair, pair_asked
from sleeptime.answer.retrieve import Understood, project_names, understand
from sleeptime.answer.subject import Phrase, phrase_of
from sleeptime.core.intents import BY_NAME, SUMMARY_INTENT, IntentName, explains, stems
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Target
from sleeptime.index.words import ABBREVIATION
from sleeptime.store import split_name

MOST_LEFT_OVER = 4
"""As many words left over count as all."""

MOST_BESIDES = 2
MOST_NAMESAKES = 3

MOST_WORDS = 10
"""Words that can describe something, above which nobody could foresee a question: of a public set nine of ten long
ones have more, no short one has.
"""

MOSTLY = 0.5
"""Share of a name's words that are most of it."""

PROPOSALS = 6
SEARCHED = 40
LISTED = 8
"""Places shown when several things are described alike: all are where it is."""

_NEGATION = re.compile(r"\b(not|never|without|no longer|cannot|except|unless)\b|n't\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b\d+\b")
_WORD = re.compile(r"[^\W\d]\w*")


class Asking(Struct, frozen=True):
    """A question as proposals are weighed against it: `phrase` are its parts, `known` the words besides its subject
    that name something here, `rival` is what the subject is contrasted with if that is a thing of this repository.
    """

    asked: Understood
    phrase: Phrase
    known: frozenset[str] = frozenset()
    rival: Target | None = None

    @property
    def named(self) -> Target | None:
        """What the question is about, if it names that rather than describing it."""
        return None if self.asked.is_loose and self.phrase.subject else self.asked.target


class Weighed(Struct, frozen=True):
    """A reading with what is asked of it, and what there is to answer with: the words of its name, and those `said`."""

    one: Described
    intent: IntentName
    text: str
    said: frozenset[str]

    @property
    def own(self) -> frozenset[str]:
        """The words that say that this is meant: its name's own; of the repository, those of what is asked about it."""
        target = self.one.target
        return stems(BY_NAME[self.intent].pattern) if target.level == "repository" else own_words(target)

    @property
    def names(self) -> frozenset[str]:
        """All words of its name, those of what it belongs to too."""
        return words_of_name(self.one.target) | self.own


class Proposer:
    """Makes proposals about one worktree. `search` gives targets that share words with a text; `answer_text` what would
    be served of an intent about a target.
    """

    def __init__(
        self,
        outlines: Outlines,
        search: Callable[[str, int], Sequence[Target]],
        answer_text: Callable[[Target, str], str],
    ) -> None:
        self._outlines = outlines
        self._search = search
        self._answer_text = answer_text

    def propose(self, asked: Understood) -> list[Proposal]:
        """What might answer the question, best guess first; [] where its intent is not known, or to compare."""
        if asks_to_compare(asked.question):
            return []
        if pair := pair_asked(asked.question):
            return self._related(pair, asked)
        words = describing_words(asked.words) - words_that_ask(asked.question)
        if len(words) > MOST_WORDS:
            return []
        asking = self._asking(asked, phrase_of(asked.question, words))
        found = self._weighed(asking)
        return [self._proposal(asking, found, one) for one in found]

    def _asking(self, asked: Understood, phrase: Phrase) -> Asking:
        known = filter(self._names_something, phrase.besides) if asks_why(asked.question) else ()
        rivals = self._described(phrase.foil)
        rival = rivals[0].target if rivals and rivals[0].score >= ABBREVIATION**2 else None
        return Asking(asked, phrase, frozenset(known), rival)

    def _weighed(self, asking: Asking) -> list[Weighed]:
        """What is named; or else the likeliest readings of what is described, of which that can be asked."""
        question, intents = asking.asked.question, intent_described
        readings_found: list[Described] = []
        if asking.named is not None:
            readings_found, intents = [Described(asking.named, 1.0, 1.0)], intent_named
        else:
            readings_found = [*_of_the_whole(asking), *self._described(asking.phrase.subject)]
        found = ((one, intent) for one in readings_found if (intent := intents(one.target, question)))
        return [self._with_answer(one, intent) for (one, intent), _ in zip(found, range(PROPOSALS), strict=False)]

    def _with_answer(self, one: Described, intent: IntentName) -> Weighed:
        text = self._answer_text(one.target, intent)
        return Weighed(one, intent, text, _words(text))

    def _related(self, pair: Pair, asked: Understood) -> list[Proposal]:
        """The relation of two classes: as doubtful as the more doubtful of them, and as what is asked besides."""
        sides = [self._class_meant(said) for said in (pair.one, pair.other)]
        if sides[0] is None or sides[1] is None or sides[0].target == sides[1].target:
            return []
        one, other = sides[0], sides[1]
        values = dict(zip(FEATURES, zip(one.features, other.features, strict=True), strict=True))
        sure = {"named", "of_question", "of_name", "covered", "margin"}
        features = {name: min(both) if name in sure else max(both) for name, both in values.items()}
        besides = describing_words(understand(pair.rest, self._outlines).words)
        names = words_of_name(one.target) | words_of_name(other.target)
        said = _words(" ".join(self._answer_text(side.target, SUMMARY_INTENT) for side in (one, other)))
        left = _unaccounted(besides, names)
        unsaid = _unaccounted(left, said)
        features["besides"] = _share(unsaid, MOST_BESIDES)
        features["left_over_in_answer"] = _share(left - unsaid)
        features["negated"] = float(_NEGATION.search(asked.question) is not None)
        return [Proposal(one.target, "collaborators", tuple(features.values()), other=other.target)]

    def _class_meant(self, said: str) -> Proposal | None:
        """The class that one side of a relation names or describes, if that is what its words mean first of all."""
        proposals = self.propose(understand(f"What is {said}?", self._outlines))
        return next((p for p in proposals if p.target.level == "class"), None)

    def _names_something(self, word: str) -> bool:
        """Whether a word is most of a name here, as it is or inflected."""
        return any(one.of_question == 1.0 and one.of_name >= MOSTLY for one in self._described(frozenset({word})))

    def _described(self, words: frozenset[str]) -> list[Described]:
        if not words:
            return []
        candidates = self._search(" ".join(sorted(words)), SEARCHED)
        found = readings(words, candidates, self._outlines, project_names(self._outlines))
        return [one for one in found if one.score > 0]

    def _proposal(self, asking: Asking, found: Sequence[Weighed], this: Weighed) -> Proposal:
        one, question = this.one, asking.asked.question
        rivals = [_weight(other, asking) for other in found if not _is_part(other.one, one.target)]
        features = (
            float(asking.named is not None),
            one.of_question,
            one.of_name,
            _covered(this, asking),
            max(0.0, one.score - max(rivals, default=0.0)),
            min(1.0, _elsewhere(found, one) / MOST_NAMESAKES),
            *self._left_over(this, asking),
            float(asking.rival is not None and not namesakes(asking.rival, one.target)),
            float(_NEGATION.search(question) is not None),
            float(any(number not in this.text for number in _NUMBER.findall(question))),
        )
        return Proposal(
            one.target, this.intent, features, _alike(found, this, asking) if this.intent == "defined" else ()
        )

    def _left_over(self, this: Weighed, asking: Asking) -> tuple[float, float, float]:
        """`left_over`, `left_over_in_answer` and `besides`. Who asks why says with "for" what they suppose; of that the
        answer has to speak only as far as it names something here.
        """
        left = _unaccounted(asking.phrase.subject, this.names)
        unsaid = _unaccounted(left, this.said)
        besides = asking.known if this.intent == "rationale" else asking.phrase.besides
        unmentioned = _unaccounted(besides, this.names | this.said | project_names(self._outlines))
        return _share(unsaid), _share(left - unsaid), _share(unmentioned, MOST_BESIDES)


def _of_the_whole(asking: Asking) -> Iterator[Described]:
    """The repository, if what is described is one of the things that every repository has: configuration, errors."""
    intent, words = intent_of_whole(asking.asked.question), asking.phrase.subject
    if intent is not None and words:
        yield Described(Target("repository"), sum(explains(intent, word) for word in words) / len(words), 1.0)


def _covered(this: Weighed, asking: Asking) -> float:
    words = asking.phrase.subject
    if asking.named is not None or not words:
        return float(asking.named is not None)
    share = 1.0 - len(_unaccounted(words, this.names | this.said)) / len(words)
    return share * _heads_named(asking.phrase, this.own)


def _heads_named(phrase: Phrase, names: frozenset[str]) -> float:
    """The share of what the subject comes down to that a name says."""
    named = sum(any(account_for(word, names) for word in head) for head in phrase.heads)
    return named / len(phrase.heads) if phrase.heads else 0.0


def _weight(other: Weighed, asking: Asking) -> float:
    """How much a rival is one: what only names the kind of a thing is not that thing."""
    return other.one.score * _heads_named(asking.phrase, other.own)


def _is_part(found: Described, one: Target) -> bool:
    """Whether a target is no rival of another: of its name, or, of a concept, named after it and not meant alone."""
    if namesakes(found.target, one):
        return True
    names = own_words(found.target)
    return one.level == "topic" and found.of_name < ABBREVIATION and all(is_said(w, names) for w in own_words(one))


def _elsewhere(found: Sequence[Weighed], one: Described) -> int:
    """How many other files have something of this name; a concept is what all of them share."""
    same = {other.one.target.path for other in found if namesakes(other.one.target, one.target)}
    return 0 if one.target.level == "topic" else len(same - {one.target.path, ""})


def _alike(found: Sequence[Weighed], this: Weighed, asking: Asking) -> tuple[Target, ...]:
    """What the words describe as well, those besides the subject too: where something is may be said of all of it."""
    besides = _unaccounted(asking.phrase.besides, this.names)
    others = [other for other in found if other != this and _unaccounted(asking.phrase.besides, other.names) <= besides]
    alike = [other.one.target for other in others if min(other.one.of_question, this.one.of_question) >= ABBREVIATION]
    return tuple(target for target in alike if target.path)[: LISTED - 1]


def _unaccounted(words: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if not account_for(word, names))


def _share(words: frozenset[str], most: int = MOST_LEFT_OVER) -> float:
    return min(1.0, len(words) / most)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for name in _WORD.findall(text) for word in split_name(name).split())
