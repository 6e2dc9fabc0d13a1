"""What a live answer may read, best first: what was written about the very thing, notes and cards, or raw source."""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from sleeptime.answer.context import Piece, card_piece, note_piece, source_piece
from sleeptime.answer.described import describing_words, readings
from sleeptime.answer.retrieve import Understood
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Passage, Sources
from sleeptime.store import Store

CANDIDATES = 12
"""Targets looked at for a live answer: more would not fit the default budget of 900 tokens."""

NOTES_EACH = 2
NEAR_NOTES = 6

ABOUT_TOKENS = 300
"""Read where something was written about the very thing: two or three notes, and signatures in what room is left."""

ABOUT_NOTES = 3

FORESEEABLE_WORDS = 5
"""Half of the short, natural questions of the public set have at most three such words, half of the deep more than
twelve.
"""


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
    return asked.intent is None or _is_particular(asked)


def _is_particular(asked: Understood) -> bool:
    return len(describing_words(asked.rest)) > FORESEEABLE_WORDS


class Shelf:
    """The notes and sources of one worktree."""

    def __init__(self, sources: Sources, store: Store, freshness: Freshness) -> None:
        self._sources = sources
        self._store = store
        self._freshness = freshness

    def reading(
        self, asked: Understood, found: Sequence[Target], budget_tokens: int, raw_budget_tokens: int = 0
    ) -> Reading:
        """What to read for a question for which search found `found`, and how much of it. The rule:

        1. source, if the question could not be foreseen and a larger budget is allowed for that;
        2. little, if something fresh is written about what the question names or describes, and it has no more
           particulars than a question about one thing has;
        3. else whatever is near, notes first, within the whole budget.
        """
        if raw_budget_tokens > budget_tokens and is_unpredictable(asked):
            return Reading(self._raw(asked, found), raw_budget_tokens, "the question was not foreseen")
        is_particular = _is_particular(asked)
        if not is_particular and (about := self._written_about(asked, found)):
            return Reading(self._about(about, asked, found), min(ABOUT_TOKENS, budget_tokens))
        because = "the question has many particulars" if is_particular else "nothing was written about this"
        return Reading(self._notes_first(asked, found), budget_tokens, because)

    def _about(self, notes: Sequence[Piece], asked: Understood, found: Sequence[Target]) -> Iterator[Piece]:
        yield from notes
        yield from self._cards(self._passages(asked, found))

    def _written_about(self, asked: Understood, found: Sequence[Target]) -> list[Piece]:
        """Notes about what the question names or, if it names nothing for certain, describes with all words of a name;
        what answers its intent stands first.
        """
        is_named = bool(asked.targets) and not asked.is_loose
        targets = asked.targets[:ABOUT_NOTES] if is_named else self._described(asked, found)
        notes = [note for target in targets for note in self._best_of(target, asked)]
        return list(islice(self._pieces(notes), ABOUT_NOTES))

    def _described(self, asked: Understood, found: Sequence[Target]) -> list[Target]:
        candidates = [*(note.target for note in self._near_notes(asked.question)), *found]
        described = readings(describing_words(asked.words), candidates, self._sources.outlines)
        return [one.target for one in described if one.of_name == 1.0]

    def _best_of(self, target: Target, asked: Understood) -> list[Answer]:
        """Of a whole, only what answers the intent speaks of what is asked."""
        wanted = asked.intent.name if asked.intent else ""
        is_whole = target.level in {"package", "repository"}
        notes = [n for n in self._store.answers.for_target(target) if n.intent == wanted or not is_whole]
        return self._fresh(sorted(notes, key=lambda note: note.intent != wanted))

    def _notes_first(self, asked: Understood, found: Sequence[Target]) -> Iterator[Piece]:
        """Notes about what is asked and near answers, cards of all candidates, and source where room is left."""
        passages = self._passages(asked, found)
        for target, passage in passages[: CANDIDATES // 2]:
            yield from (note_piece(note, passage) for note in self._fresh(self._store.answers.for_target(target)))
        yield from self._pieces(self._near_notes(asked.question))
        yield from (source_piece(passage) for target, passage in passages[:1] if target.symbol)
        yield from self._cards(passages)
        yield from (source_piece(passage) for target, passage in passages[1:4] if target.symbol)

    def _raw(self, asked: Understood, found: Sequence[Target]) -> Iterator[Piece]:
        """The source of what was found, in its order."""
        for target in dict.fromkeys([*asked.targets[:CANDIDATES], *found]):
            if target.symbol and (passage := self._sources.passage(target)):
                yield source_piece(passage)

    def _passages(self, asked: Understood, found: Sequence[Target]) -> list[tuple[Target, Passage]]:
        targets = islice(dict.fromkeys([*asked.targets, *found]), CANDIDATES)
        return [(target, passage) for target in targets if (passage := self._sources.passage(target))]

    def _cards(self, passages: Sequence[tuple[Target, Passage]]) -> Iterator[Piece]:
        for target, passage in passages:
            if card := card_piece(target, self._sources, passage):
                yield card

    def _near_notes(self, question: str) -> list[Answer]:
        """Answers to questions with the same words: a topic's are found in no other way."""
        hits = self._store.search.answers(question, NEAR_NOTES)
        notes = (self._store.answers.by_key(hit.key) for hit in hits)
        return [note for note in notes if note is not None and self._freshness.is_fresh(note)]

    def _fresh(self, notes: Sequence[Answer]) -> list[Answer]:
        return list(islice((note for note in notes if self._freshness.is_fresh(note)), NOTES_EACH))

    def _pieces(self, notes: Sequence[Answer]) -> Iterator[Piece]:
        return (note_piece(note, passage) for note in notes if (passage := self._behind(note)))

    def _behind(self, note: Answer) -> Passage | None:
        """What a note speaks of: its target's lines, or the first lines that it cites."""
        cited: list[Target] = [Target("symbol" if e.symbol else "module", e.path, e.symbol) for e in note.evidence]
        passages = (self._sources.passage(target) for target in [note.target, *cited] if target.path)
        return next((passage for passage in passages if passage is not None), None)
