"""What a live answer may read, best first: notes and cards, or raw source for a question that nobody could foresee."""

from collections.abc import Iterator, Sequence

from sleeptime.answer.context import Piece, card_piece, note_piece, source_piece
from sleeptime.answer.described import describing_words
from sleeptime.answer.find import Embed, Finder
from sleeptime.answer.retrieve import Understood
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Passage, Sources
from sleeptime.store import Store

CANDIDATES = 12
"""Targets looked at for a live answer: more would not fit the default budget of 900 tokens."""

NOTES_EACH = 2
NEAR_NOTES = 6

FORESEEABLE_WORDS = 5
"""Half of the short, natural questions of the public set have at most three such words, half of the deep more than
twelve.
"""


def is_unpredictable(asked: Understood) -> bool:
    """Whether sleep could not have prepared for a question: it is of no known kind, or says more particulars than a
    question about one thing has. Then notes are of no help, and with a larger budget the source itself is read.
    """
    return asked.intent is None or len(describing_words(asked.rest)) > FORESEEABLE_WORDS


class Shelf:
    """The notes and sources of one worktree."""

    def __init__(self, sources: Sources, store: Store, freshness: Freshness, finder: Finder) -> None:
        self._sources = sources
        self._store = store
        self._freshness = freshness
        self._finder = finder

    def notes_first(self, asked: Understood, embed: Embed) -> Iterator[Piece]:
        """Notes about what is asked and near answers, cards of all candidates, and source where room is left."""
        found = self._finder.find(asked.question, embed(asked.question)).targets
        near = self._near_notes(asked.question)
        targets = list(dict.fromkeys([*asked.targets[:CANDIDATES], *found]))[:CANDIDATES]
        passages = [(target, passage) for target in targets if (passage := self._sources.passage(target))]
        yield from self._notes_about(asked)
        for target, passage in passages[: CANDIDATES // 2]:
            yield from (note_piece(note, passage) for note in self._fresh(self._store.answers.for_target(target)))
        yield from (note_piece(note, passage) for note in near if (passage := self._behind(note)))
        yield from (source_piece(passage) for target, passage in passages[:1] if target.symbol)
        for target, passage in passages:
            if card := card_piece(target, self._sources, passage):
                yield card
        yield from (source_piece(passage) for target, passage in passages[1:4] if target.symbol)

    def raw(self, asked: Understood, embed: Embed) -> Iterator[Piece]:
        """The source of what was found, in its order."""
        found = self._finder.find(asked.question, embed(asked.question)).targets
        for target in dict.fromkeys([*asked.targets[:CANDIDATES], *found]):
            if target.symbol and (passage := self._sources.passage(target)):
                yield source_piece(passage)

    def _notes_about(self, asked: Understood) -> Iterator[Piece]:
        """Notes about wholes, where the question is about one."""
        for target in asked.targets[:1]:
            if target.level in {"package", "repository", "topic"}:
                intent = asked.intent.name if asked.intent else ""
                for note in self._fresh(self._store.answers.for_target(target, intent)):
                    if passage := self._behind(note):
                        yield note_piece(note, passage)

    def _near_notes(self, question: str) -> list[Answer]:
        """Answers to questions with the same words: a topic's are found in no other way."""
        hits = self._store.search.answers(question, NEAR_NOTES)
        notes = (self._store.answers.by_key(hit.key) for hit in hits)
        return [note for note in notes if note is not None and self._freshness.is_fresh(note)]

    def _fresh(self, notes: Sequence[Answer]) -> list[Answer]:
        return [note for note in notes[:NOTES_EACH] if self._freshness.is_fresh(note)]

    def _behind(self, note: Answer) -> Passage | None:
        """What a note speaks of: its target's lines, or the first lines that it cites."""
        cited: list[Target] = [Target("symbol" if e.symbol else "module", e.path, e.symbol) for e in note.evidence]
        passages = (self._sources.passage(target) for target in [note.target, *cited] if target.path)
        return next((passage for passage in passages if passage is not None), None)
