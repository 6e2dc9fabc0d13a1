"""What a live answer may read, best first: what was written about the very thing, notes and cards, or raw source."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from msgspec import Struct

from sleeptime.answer.about import is_particular, subjects
from sleeptime.answer.context import Piece, card_piece, note_piece, source_piece
from sleeptime.answer.described import describing_words, readings
from sleeptime.answer.proposals import Proposer
from sleeptime.answer.retrieve import Understood
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Passage, Sources
from sleeptime.store import Store

CANDIDATES = 12
"""Targets looked at for a live answer: more would not fit the default budget of 900 tokens."""

SOURCES = 4
"""Definitions whose source is read for a question's particulars, where room is left."""

NOTES_EACH = 2
NEAR_NOTES = 6

FEW_TOKENS = 300
"""Read for a question about one thing: two or three notes about it, or the signatures nearest to it. On both short sets
three times as many tokens held hardly a name more that the references use (0.22 and 0.36 of them either way).
"""

ABOUT_NOTES = 3

FORESEEABLE_WORDS = 5
"""Half of the short, natural questions of the public set have at most three such words, half of the deep more than
twelve.
"""

Located = tuple[Target, Passage]
"""What search found, with its lines."""


class Reading(Struct, frozen=True):
    """`pieces` best first, of which `tokens` are read. `because` tells why it is not notes about what is asked; "" if
    it is.
    """

    pieces: Iterator[Piece]
    tokens: int
    because: str = ""


def is_unpredictable(asked: Understood) -> bool:
    """Whether sleep could not have prepared for a question: it is of no known kind, or says more particulars than a
    question about one thing has. Then notes are of no help, and with a larger budget the source itself is read.
    """
    return asked.intent is None or len(describing_words(asked.rest)) > FORESEEABLE_WORDS


class Shelf:
    """The notes and sources of one worktree."""

    def __init__(self, sources: Sources, store: Store, freshness: Freshness, proposer: Proposer) -> None:
        self._sources = sources
        self._store = store
        self._freshness = freshness
        self._proposer = proposer

    def reading(
        self, asked: Understood, found: Sequence[Target], budget_tokens: int, raw_budget_tokens: int = 0
    ) -> Reading:
        """What to read for a question for which search found `found`, and how much of it. The rule:

        1. source, if the question could not be foreseen and a larger budget is allowed for that;
        2. within the whole budget what is nearest, notes, signatures and source, if the question has more particulars
           than one about one thing has;
        3. little, if something fresh is written about what the question names or describes;
        4. else what is nearest: little of that too, but the source of what the question names within the whole budget.
        """
        if raw_budget_tokens > budget_tokens and is_unpredictable(asked):
            return Reading(self._raw(asked, found), raw_budget_tokens, "the question was not foreseen")
        passages = self._passages(asked, found)
        if is_particular(asked):
            more = chain(self._pieces(self._near_notes(asked.question)), self._source(passages[1:SOURCES]))
            pieces = chain(self._nearest(passages, passages[:1]), more)
            return Reading(pieces, budget_tokens, "the question has many particulars")
        few = min(FEW_TOKENS, budget_tokens)
        if about := self._written_about(asked, found):
            return Reading(chain(about, self._cards(passages)), few)
        named = passages[:1] if asked.targets and not asked.is_loose else []
        tokens = budget_tokens if named else few
        return Reading(self._nearest(passages, named), tokens, "nothing was written about this")

    def _written_about(self, asked: Understood, found: Sequence[Target]) -> list[Piece]:
        """Notes about what the question names or describes; of each thing what answers its intent stands first."""
        candidates = [*(note.target for note in self._near_notes(asked.question)), *found]
        described = readings(describing_words(asked.words), candidates, self._sources.outlines)
        targets = subjects(asked, self._proposer.propose(asked), described)
        notes = (note for target in targets for note in self._best_of(target, asked))
        return list(islice(self._pieces(notes), ABOUT_NOTES))

    def _best_of(self, target: Target, asked: Understood) -> list[Answer]:
        """Of a whole, only what answers the intent speaks of what is asked."""
        wanted = asked.intent.name if asked.intent else ""
        is_whole = target.level in {"package", "repository"}
        notes = [n for n in self._store.answers.for_target(target) if n.intent == wanted or not is_whole]
        return self._fresh(sorted(notes, key=lambda note: note.intent != wanted))

    def _nearest(self, passages: Sequence[Located], shown: Sequence[Located]) -> Iterator[Piece]:
        """Notes about what was found, the source of what is to be `shown`, and cards of all."""
        for target, _ in passages[: CANDIDATES // 2]:
            yield from self._pieces(self._fresh(self._store.answers.for_target(target)))
        yield from self._source(shown)
        yield from self._cards(passages)

    def _raw(self, asked: Understood, found: Sequence[Target]) -> Iterator[Piece]:
        """The source of what was found, in its order."""
        for target in _first_named(asked, found):
            if target.symbol and (passage := self._sources.passage(target)):
                yield source_piece(passage)

    def _passages(self, asked: Understood, found: Sequence[Target]) -> list[Located]:
        targets = _first_named(asked, found)[:CANDIDATES]
        return [(target, passage) for target in targets if (passage := self._sources.passage(target))]

    def _source(self, passages: Sequence[Located]) -> Iterator[Piece]:
        return (source_piece(passage) for target, passage in passages if target.symbol)

    def _cards(self, passages: Sequence[Located]) -> Iterator[Piece]:
        cards = (card_piece(target, self._sources, passage) for target, passage in passages)
        return (card for card in cards if card is not None)

    def _near_notes(self, question: str) -> list[Answer]:
        """Answers to questions with the same words: a topic's are found in no other way. Of themselves they say nothing
        about what is asked.
        """
        hits = self._store.search.answers(question, NEAR_NOTES)
        notes = (self._store.answers.by_key(hit.key) for hit in hits)
        return [note for note in notes if note is not None and self._freshness.is_fresh(note)]

    def _fresh(self, notes: Sequence[Answer]) -> list[Answer]:
        return list(islice((note for note in notes if self._freshness.is_fresh(note)), NOTES_EACH))

    def _pieces(self, notes: Iterable[Answer]) -> Iterator[Piece]:
        return (note_piece(note, behind) for note in notes if (behind := self._behind(note)))

    def _behind(self, note: Answer) -> list[Passage]:
        """What a note speaks of: its target's lines, and those that it cites."""
        cited: list[Target] = [Target("symbol" if e.symbol else "module", e.path, e.symbol) for e in note.evidence]
        targets = dict.fromkeys(target for target in [note.target, *cited] if target.path)
        return [passage for target in targets if (passage := self._sources.passage(target)) is not None]


def _first_named(asked: Understood, found: Sequence[Target]) -> list[Target]:
    """What a question names for certain before what search found: the project, named as owner, is not what is meant."""
    return list(dict.fromkeys([*(() if asked.is_loose else asked.targets), *found]))
