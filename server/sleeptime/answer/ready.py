"""Questions whose answers need no model now: those written asleep, and those that static facts answer."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from sleeptime.answer.defuse import defused
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.places import nearby
from sleeptime.core.intents import BY_NAME, INTENTS, question_for
from sleeptime.core.messages import Answered
from sleeptime.core.ports import Clock
from sleeptime.core.types import Answer, Evidence, Span, Symbol, Target, level_of
from sleeptime.index import Freshness, Graph, Sources
from sleeptime.prompts import first_sentence
from sleeptime.store import Store

FACTS_KEY = "facts/"
"""How the key of an answer begins that is worked out from facts whenever it is wanted."""

ASKED_OF_GIT = frozenset({"history", "introduced", "changed"})
"""The typed intents that run git: too slow to be offered by the dozen."""


class Ready(Struct, frozen=True):
    """A question with the key that opens its answer. `span` is where its symbol's name stands; `preview` is "" and
    `model` too if facts answer it.
    """

    question: str
    key: str
    target: Target
    intent: str
    created_at: float = 0.0
    model: str = ""
    preview: str = ""
    fresh: bool = True
    span: Span | None = None


class ReadyAnswers:
    """The ready questions of one worktree, and their answers."""

    def __init__(self, sources: Sources, graph: Graph, store: Store, clock: Clock) -> None:
        self._sources = sources
        self._store = store
        self._clock = clock
        self._graph = graph
        self._facts = FactAnswers(graph, sources)
        self._freshness = Freshness(sources, store.answers.by_key)

    def about(self, target: Target, intent: str = "") -> list[Ready]:
        """What is answered about one target, likeliest first: of each intent the latest answer, a fresh one before
        all others, and then what facts answer.
        """
        notes = self._store.answers.for_target(target, intent)
        stored = self._latest(notes)
        facts = [one for one in self.from_facts(target) if intent in ("", one.intent)]
        return sorted(stored, key=_prior) + sorted(facts, key=_prior)

    def of_module(self, path: str) -> list[Ready]:
        """What was written about a file and everything in it, in the order of the file."""
        notes = self._latest(self._store.answers.for_module(path))
        return sorted(notes, key=lambda one: (one.span.start_line if one.span else -1, _prior(one)))

    def of_repository(self) -> list[Ready]:
        """What was written about the repository as a whole, its packages, and what changed in it."""
        return sorted(self._latest(self._store.answers.about_wholes()), key=lambda one: (one.target.path, _prior(one)))

    def from_facts(self, target: Target) -> list[Ready]:
        """The questions about a target that facts answer."""
        span = self._span(target)
        if target.symbol and span is None:
            return []
        typed = (i for i in INTENTS if i.typed and target.level in i.levels and i.name not in ASKED_OF_GIT)
        return [
            Ready(
                question_for(i.name, target.symbol or target.path), facts_key(target, i.name), target, i.name, span=span
            )
            for i in typed
        ]

    def ready(self, note: Answer) -> Ready:
        """A stored answer as a question."""
        return Ready(
            question=note.question,
            key=note.key,
            target=note.target,
            intent=note.intent,
            created_at=note.created_at,
            model=note.model,
            preview=defused(first_sentence(note.text)),
            fresh=self.is_fresh(note),
            span=self._span(note.target),
        )

    def is_fresh(self, note: Answer) -> bool:
        """Whether nothing that it was written from has changed."""
        return self._freshness.is_fresh(note)

    def open(self, key: str) -> Answered | None:
        """The answer with this key, or None if it is gone."""
        if key.startswith(FACTS_KEY):
            return self._stated(*target_of(key))
        note = self._store.answers.by_key(key)
        return served(note, self._sources, self._graph, fresh=self.is_fresh(note)) if note else None

    def again(self, answered: Answered) -> Answered:
        """An answer that was given before, its citations checked against the code as it is now."""
        holding, changed_lines = checked(answered.evidence, self._sources)
        note = self._store.answers.by_key(answered.key) if answered.model and answered.key else None
        fresh = self.is_fresh(note) if note else not changed_lines
        changed_lines += answered.changed_lines
        return msgspec.structs.replace(answered, evidence=holding, changed_lines=changed_lines, fresh=fresh)

    def _stated(self, target: Target, intent: str) -> Answered | None:
        if intent not in BY_NAME:
            return None
        stated = self._facts.answer(target, BY_NAME[intent].name)
        if stated is None:
            return None
        text, evidence = stated
        return Answered(
            question=question_for(intent, target.symbol or target.path),
            text=text,
            evidence=evidence,
            source="facts",
            model="",
            created_at=self._clock.now(),
            key=facts_key(target, intent),
            target=target,
            intent=intent,
        )

    def _latest(self, notes: Sequence[Answer]) -> list[Ready]:
        """Of each target and intent the newest fresh one, or else the newest."""
        best: dict[tuple[Target, str], Ready] = {}
        for note in notes:  # newest first
            what = note.target, note.intent
            if what not in best or not best[what].fresh:
                ready = self.ready(note)
                if what not in best or ready.fresh:
                    best[what] = ready
        return list(best.values())

    def _span(self, target: Target) -> Span | None:
        symbol = self._sources.symbol(target) if target.symbol else None
        return symbol.name_span if symbol else None


def target_for(path: str, symbol: Symbol) -> Target:
    """A symbol of a file as what questions are about."""
    return Target(level_of(symbol), path, symbol.qualified_name)


def facts_key(target: Target, intent: str) -> str:
    """The key of what facts say about a target."""
    return f"{FACTS_KEY}{intent}/{target.level}/{target.path}::{target.symbol}"


def target_of(key: str) -> tuple[Target, str]:
    """The target and intent that `facts_key` named; nonsense in, an unknown target out."""
    intent, _, rest = key.removeprefix(FACTS_KEY).partition("/")
    level, _, place = rest.partition("/")
    path, _, symbol = place.partition("::")
    return Target(level, path, symbol), intent  # type: ignore[arg-type]  # an unknown level is about nothing


def served(note: Answer, sources: Sources, graph: Graph, *, fresh: bool) -> Answered:
    """A stored answer as it stands, its citations checked again (lines that changed are counted, not hidden), with
    the places that bear on its subject now.
    """
    holding, changed_lines = checked(note.evidence, sources)
    text = defused(note.text)
    beside = nearby(note, text, graph, sources)
    return Answered(
        question=note.question,
        text=f"{text}\n\n{beside}" if beside else text,
        evidence=holding,
        source="cache",
        model=note.model,
        created_at=note.created_at,
        fresh=fresh,
        key=note.key,
        target=note.target,
        intent=note.intent,
        changed_lines=changed_lines,
    )


def checked(evidence: Sequence[Evidence], sources: Sources) -> tuple[tuple[Evidence, ...], int]:
    """The citations whose lines still stand where they stood, and how many lines the others cited."""
    holding = sources.standing(evidence)
    gone = (e.end_line - e.start_line + 1 for e in evidence if e not in holding)
    return holding, sum(gone)


def _prior(ready: Ready) -> float:
    intent = BY_NAME.get(ready.intent)  # type: ignore[call-overload]
    return -(intent.prior if intent else 0.0)
