"""Answering a question: from facts or the cache when that is certain, else live from notes, always with evidence."""

import re
import threading
import time
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.answer.accept import META_KEY, Proposal, acceptance_from
from sleeptime.answer.calibrate import Calibrator
from sleeptime.answer.context import Context, build_context
from sleeptime.answer.defuse import defused
from sleeptime.answer.described import abbreviated, namesakes, own_words
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.find import Embed, Finder, Found, no_vector
from sleeptime.answer.footer import footer
from sleeptime.answer.places import FILES_SHOWN, see_also
from sleeptime.answer.proposals import Proposer
from sleeptime.answer.ready import facts_key, served
from sleeptime.answer.retrieve import Understood, understand
from sleeptime.answer.shelf import Shelf
from sleeptime.core.intents import BY_NAME, SUMMARY_INTENT, IntentName, question_for
from sleeptime.core.messages import Answered, Ask
from sleeptime.core.ports import ChatRequest, ChatResult, Clock, Message, Model, OnText
from sleeptime.core.reasons import may_answer
from sleeptime.core.types import Evidence, Target
from sleeptime.index import Freshness, Graph, Sources, cited_places, find_evidence
from sleeptime.prompts import VERBOSITY, VERBOSITY_TOKENS, render
from sleeptime.store import Store

NAMES_SEARCHED = 100
"""Names looked at that share a word with a description: tests, which no description means, have the most of them."""

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")

NOTHING_FOUND = "Nothing in this repository's index matches this question, so there is no evidence to answer from."


class Live(Struct, frozen=True):
    """What a live answer runs with."""

    model: Model
    budget_tokens: int
    cancel: threading.Event
    on_text: OnText
    embed: Embed = no_vector
    raw_budget_tokens: int = 0
    """Source read instead for a question that could not be foreseen, if more than `budget_tokens`."""


class Answerer:
    """Answers questions about one worktree. Reads only; whoever calls it writes the ledger."""

    def __init__(self, sources: Sources, graph: Graph, store: Store, worktree: str, clock: Clock) -> None:
        self._sources = sources
        self._graph = graph
        self._freshness = Freshness(sources, store.answers.by_key)
        self._facts = FactAnswers(graph, sources)
        self._store = store
        self._worktree = worktree
        self._finder = Finder(store, worktree, graph, sources)
        self._proposer = Proposer(
            sources.outlines,
            self._sharing_words,
            self._said_of,
        )
        self._shelf = Shelf(sources, store, self._freshness, self._proposer)
        self._clock = clock

    def understand(self, ask: Ask) -> Understood:
        """What the question is about."""
        cursor = self._graph.definition_at(ask.path, ask.line, ask.column) if ask.path else None
        return understand(ask.question, self._sources.outlines, cursor, ask.path)

    def ready(self, ask: Ask) -> Answered | None:
        """An answer that costs no model: facts for a typed question, or a fresh stored answer; None unless it is
        certain, or the acceptance calibrated on this repository takes it, that it answers this very question.
        """
        started = time.perf_counter()
        asked = self.understand(ask)
        if asked.target is not None and asked.intent is not None and not asked.rest:
            answered = self._about(asked.target, asked.intent.name)
        else:
            answered = self._likely(asked)
        return self._signed(answered, asked, started) if answered is not None else None

    def _likely(self, asked: Understood) -> Answered | None:
        """What the calibrated acceptance takes, of what the question names or describes."""
        acceptance = acceptance_from(self._store.meta(META_KEY))
        if acceptance is None:
            return None
        proposals = [p for p in self._proposer.propose(asked) if acceptance.accepts(p)]
        best = max(proposals, key=acceptance.probability, default=None)
        sure = [p for p in proposals if best is not None and _stands_for(p.target, best.target)]
        found = (self._accepted(p) for p in sorted(sure, key=acceptance.probability, reverse=True))
        return next((answered for answered in found if answered is not None), None)

    def _accepted(self, best: Proposal) -> Answered | None:
        if best.other is not None:
            question = f"How are `{best.target.symbol}` and `{best.other.symbol}` related?"
            return self._stated(self._facts.related(best.target, best.other), (question, best.target, best.intent))
        if best.alike:
            name = " ".join(sorted(own_words(best.target)))
            located = self._facts.located((best.target, *best.alike))
            return self._stated(located, (f"Where is `{name}` implemented?", best.target, best.intent))
        return self._about(best.target, best.intent)

    def _about(self, target: Target, intent: IntentName) -> Answered | None:
        """What facts or notes say of one intent; what something is for, its own documentation may say."""
        question = question_for(intent, target.symbol or target.path)
        if BY_NAME[intent].typed:
            return self._stated(self._facts.answer(target, intent), (question, target, intent), typed=True)
        stored = self._store.answers.for_target(target, intent)
        fresh = next((note for note in stored if self._freshness.is_fresh(note)), None)
        if fresh is not None and may_answer(intent, fresh.text):
            return served(fresh, self._sources, self._graph, fresh=True)
        if intent == SUMMARY_INTENT:
            return self._stated(self._facts.documented(target), (question, target, intent))
        if intent == "explain":
            return self._stated(self._facts.explained(target), (question, target, intent))
        return None

    def calibrate(
        self,
        ranks: Mapping[str, float],
        most_wrong: float,
        cancel: threading.Event,
        remember: Callable[[str, str], None],
    ) -> None:
        """Find out which ready answers may be served here, unless that is known: some 20 seconds of one processor for
        any repository. `ranks` say how much each file matters; `remember` writes the result.
        """
        outlines = self._sources.outlines
        calibrator = Calibrator(
            outlines, ranks, lambda question: self.understand(Ask(root="", question=question)), self._proposer
        )
        known = acceptance_from(self._store.meta(META_KEY))
        key = calibrator.key(self._store.answers.concepts(), most_wrong)
        if known is not None and known.key == key:
            return
        found = calibrator.calibrate(key, most_wrong, cancel)
        if found is not None:
            remember(META_KEY, found.to_json())

    def live(self, ask: Ask, live: Live) -> Answered:
        """A short answer generated now from what `answer/shelf.py` chooses, with the places to look at besides.

        Raises:
            ModelError: the engine failed.
        """
        started = time.perf_counter()
        asked = self.understand(ask)
        found = self._finder.find(ask.question, live.embed(ask.question))
        reading = self._shelf.reading(asked, found.targets, live.budget_tokens, live.raw_budget_tokens)
        context = build_context(reading.pieces, live.model.count_tokens, reading.tokens)
        if not context.pieces:
            return self._without_evidence(ask, asked, found, started)
        result = live.model.chat(_request(ask, context), live.cancel, live.on_text)
        answered = replace(self._answered(ask, context, found, result), model=live.model.name)
        return self._signed(answered, asked, started, reading.because)

    def _signed(self, answered: Answered, asked: Understood, started: float, because: str = "") -> Answered:
        """With what it was about, how long it took, and the line that says where it is from."""
        timed = replace(
            answered,
            seconds=time.perf_counter() - started,
            target=answered.target or (asked.targets[0] if asked.targets else None),
            intent=answered.intent or (asked.intent.name if asked.intent else ""),
        )
        return replace(timed, footer=footer(timed, self._clock.now(), because))

    def _stated(
        self, stated: tuple[str, tuple[Evidence, ...]] | None, about: tuple[str, Target, str], *, typed: bool = False
    ) -> Answered | None:
        question, target, intent = about
        if stated is None:
            return None
        text, evidence = stated
        return Answered(
            question=question,
            text=text,
            evidence=evidence,
            source="facts",
            model="",
            created_at=self._clock.now(),
            target=target,
            intent=intent,
            key=facts_key(target, intent) if typed else "",
        )

    def _sharing_words(self, words: str, limit: int) -> list[Target]:
        """What may be described by some words: the repository's definitions, and the topics that sleep wrote about."""
        search = self._store.search
        named = [
            *search.named(self._worktree, words, NAMES_SEARCHED),
            *search.named(self._worktree, abbreviated(words.split()), limit),
        ]
        said = search.code(self._worktree, words, limit)
        questions = [hit for hit in search.answers(words, limit) if hit.target.level == "topic"]
        found = (hit.target for hit in (*named, *said, *questions))
        return list(dict.fromkeys([*found, *self._store.answers.concepts()]))

    def _said_of(self, target: Target, intent: str) -> str:
        """What would be served of an intent about a target, as the classifier sees it: documentation says what
        something is for, but what it mentions it does not explain.
        """
        if notes := self._store.answers.for_target(target, intent):
            return notes[0].text
        outline = self._sources.outlines.outline(target.path)
        symbol = self._sources.symbol(target) if target.symbol else None
        documentation = symbol.docstring if symbol else outline.docstring if outline and not target.symbol else ""
        return documentation if intent == SUMMARY_INTENT else ""

    def _answered(self, ask: Ask, context: Context, found: Found, result: ChatResult) -> Answered:
        said = whole_sentences(result.text.strip()) if result.finish == "length" else result.text.strip()
        text, removed = without_bad_citations(said, self._sources)
        evidence = find_evidence(text, context.passages)
        also = see_also(text, evidence, found, self._sources)
        return Answered(
            question=ask.question,
            text="\n\n".join(part for part in (defused(text), also) if part),
            evidence=evidence,
            source="notes" if context.from_notes else "live",
            model="",
            created_at=self._clock.now() if context.notes_written_at is None else context.notes_written_at,
            prompt_tokens=result.prompt_tokens,
            cached_tokens=result.cached_tokens,
            generated_tokens=result.generated_tokens,
            removed_citations=removed,
            cancelled=result.finish == "cancelled",
        )

    def _without_evidence(self, ask: Ask, asked: Understood, found: Found, started: float) -> Answered:
        """Says so, and where it looked."""
        files = found.files[:FILES_SHOWN]
        looked = f" Nearest by its words: {', '.join(f'`{path}`' for path in files)}." if files else ""
        answered = Answered(
            question=ask.question,
            text=NOTHING_FOUND + looked,
            evidence=(),
            source="facts",
            model="",
            created_at=self._clock.now(),
            found_nothing=True,
        )
        return self._signed(answered, asked, started)


def _stands_for(one: Target, best: Target) -> bool:
    """Whether an answer about one may be served where nothing is said of the best: a namesake, but a member of another
    class tells nothing of a class.
    """
    return namesakes(one, best) and (one.level != "symbol" or best.level == "symbol")


def whole_sentences(text: str) -> str:
    """A text that ended for want of room without its unfinished sentence: half a name would spoil what follows. One
    that holds no whole sentence stays as it is.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else text


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
    prompt = render("ask.v2", context=context.text, question=ask.question, style=VERBOSITY[ask.verbosity])
    messages = (Message("system", render("system.v1")), Message("user", prompt))
    return ChatRequest(messages, max_tokens=VERBOSITY_TOKENS[ask.verbosity])
