"""Answering a question: from facts or the cache when that is certain, else live from notes, always with evidence."""

import re
import threading
import time
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.answer.context import Context, Piece, build_context, card_piece, note_piece, source_piece
from sleeptime.answer.defuse import defused
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.find import Embed, Finder, no_vector
from sleeptime.answer.ready import checked, facts_key
from sleeptime.answer.retrieve import Understood, understand
from sleeptime.core.intents import Intent, question_for
from sleeptime.core.messages import Answered, Ask
from sleeptime.core.ports import ChatRequest, ChatResult, Clock, Message, Model, OnText
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Graph, Sources, cited_places, find_evidence
from sleeptime.prompts import VERBOSITY, VERBOSITY_TOKENS, render
from sleeptime.store import Store

CANDIDATES = 12
"""Targets looked at for a live answer: more would not fit the default budget of 900 tokens."""

NOTHING_FOUND = "Nothing in this repository's index matches this question, so there is no evidence to answer from."


class Live(Struct, frozen=True):
    """What a live answer runs with."""

    model: Model
    budget_tokens: int
    cancel: threading.Event
    on_text: OnText
    embed: Embed = no_vector


class Answerer:
    """Answers questions about one worktree. Reads only; whoever calls it writes the ledger."""

    def __init__(self, sources: Sources, graph: Graph, store: Store, worktree: str, clock: Clock) -> None:
        self._sources = sources
        self._graph = graph
        self._freshness = Freshness(sources, store.answers.by_key)
        self._facts = FactAnswers(graph, sources)
        self._store = store
        self._finder = Finder(store, worktree, graph)
        self._clock = clock

    def understand(self, ask: Ask) -> Understood:
        """What the question is about."""
        cursor = self._graph.definition_at(ask.path, ask.line, ask.column) if ask.path else None
        return understand(ask.question, self._sources.outlines, cursor, ask.path)

    def ready(self, ask: Ask, _embed: Embed = no_vector) -> Answered | None:
        """An answer that costs no model: static facts for a typed question, or a fresh stored answer to this very
        question; None if neither is certain.
        """
        started = time.perf_counter()
        asked = self.understand(ask)
        if asked.target is None or asked.intent is None or asked.rest:
            return None
        if asked.intent.typed:
            return self._from_facts(asked.target, asked.intent, started)
        stored = self._store.answers.for_target(asked.target, asked.intent.name)
        return next((self._served(note, started) for note in stored if self._fresh(note)), None)

    def live(self, ask: Ask, live: Live) -> Answered:
        """A short answer generated now from notes and facts.

        Raises:
            ModelError: the engine failed.
        """
        started = time.perf_counter()
        pieces = self._pieces(self.understand(ask), ask.question, live.embed)
        context = build_context(pieces, live.model.count_tokens, live.budget_tokens)
        if not context.pieces:
            return self._without_evidence(ask, time.perf_counter() - started)
        result = live.model.chat(_request(ask, context), live.cancel, live.on_text)
        text, removed = without_bad_citations(result.text.strip(), self._sources)
        answered = self._answered(ask, context, result, (text, removed))
        return replace(answered, model=live.model.name, seconds=time.perf_counter() - started)

    def _from_facts(self, target: Target, intent: Intent, started: float) -> Answered | None:
        stated = self._facts.answer(target, intent.name)
        if stated is None:
            return None
        text, evidence = stated
        return Answered(
            question=question_for(intent.name, target.symbol or target.path),
            text=text,
            evidence=evidence,
            source="facts",
            model="",
            created_at=self._clock.now(),
            seconds=time.perf_counter() - started,
            key=facts_key(target, intent.name),
        )

    def _fresh(self, note: Answer) -> bool:
        return self._freshness.is_fresh(note)

    def _served(self, note: Answer, started: float) -> Answered:
        evidence, changed_lines = checked(note.evidence, self._sources)
        return Answered(
            question=note.question,
            text=defused(note.text),
            evidence=evidence,
            source="cache",
            model=note.model,
            created_at=note.created_at,
            seconds=time.perf_counter() - started,
            key=note.key,
            changed_lines=changed_lines,
        )

    def _pieces(self, asked: Understood, question: str, embed: Embed) -> Iterator[Piece]:
        """Best first: notes about what is asked, cards of all candidates, then source where room is left."""
        targets = self._candidates(asked, question, embed)
        passages = [(target, passage) for target in targets if (passage := self._sources.passage(target))]
        for target, passage in passages[: CANDIDATES // 2]:
            for note in self._store.answers.for_target(target)[:2]:
                if self._fresh(note):
                    yield note_piece(note, passage)
        yield from (source_piece(passage) for target, passage in passages[:1] if target.symbol)
        for target, passage in passages:
            if card := card_piece(target, self._sources, passage):
                yield card
        yield from (source_piece(passage) for target, passage in passages[1:4] if target.symbol)

    def _candidates(self, asked: Understood, question: str, embed: Embed) -> list[Target]:
        found = list(asked.targets[:CANDIDATES])
        found += [hit.target for hit in self._store.search.answers(question, CANDIDATES)][: CANDIDATES // 2]
        found += self._finder.find(question, embed(question)).targets[:CANDIDATES]
        return list(dict.fromkeys(found))[:CANDIDATES]

    def _answered(self, ask: Ask, context: Context, result: ChatResult, said: tuple[str, int]) -> Answered:
        text, removed = said
        return Answered(
            question=ask.question,
            text=defused(text),
            evidence=find_evidence(text, context.passages),
            source="notes" if context.from_notes else "live",
            model="",
            created_at=self._clock.now(),
            prompt_tokens=result.prompt_tokens,
            cached_tokens=result.cached_tokens,
            generated_tokens=result.generated_tokens,
            removed_citations=removed,
            cancelled=result.finish == "cancelled",
        )

    def _without_evidence(self, ask: Ask, seconds: float) -> Answered:
        return Answered(
            question=ask.question,
            text=NOTHING_FOUND,
            evidence=(),
            source="facts",
            model="",
            created_at=self._clock.now(),
            seconds=seconds,
        )


def without_bad_citations(text: str, sources: Sources) -> tuple[str, int]:
    """The text without places that do not exist, and how many there were."""
    removed = 0
    for path, start, end in cited_places(text):
        if not 1 <= start <= end <= len(sources.lines(path)):
            place = rf"\s*[\[(]?{re.escape(path)}:{start}(?:-{end})?[^\s\])]*[\])]?"
            text, count = re.subn(place, "", text, count=1)
            removed += count
    return text, removed


def _request(ask: Ask, context: Context) -> ChatRequest:
    prompt = render("ask.v1", context=context.text, question=ask.question, style=VERBOSITY[ask.verbosity])
    messages = (Message("system", render("system.v1")), Message("user", prompt))
    return ChatRequest(messages, max_tokens=VERBOSITY_TOKENS[ask.verbosity])
