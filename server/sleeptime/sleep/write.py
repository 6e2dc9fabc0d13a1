"""Writing one answer: the prompt, the model, the gates, one retry with the failure shown."""

import threading
import time
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from sleeptime.core.intents import question_for
from sleeptime.core.keys import answer_key
from sleeptime.core.ports import ChatRequest, ChatResult, Clock, Message, Model
from sleeptime.core.reasons import may_answer
from sleeptime.core.types import Answer, GateResults, Outline, Read, Target
from sleeptime.index import Freshness, Named, Scope, Sources, find_evidence
from sleeptime.prompts import render
from sleeptime.sleep.material import Gatherer, Known, Material
from sleeptime.sleep.plain import whole_sentences
from sleeptime.sleep.propose import sifted
from sleeptime.sleep.together import replies, request_for, share_of
from sleeptime.sleep.truths import Truths, truths_of, truths_of_parts
from sleeptime.sleep.verify import Sifted, check, keep_sound, problems

PROMPT_VERSION = "system.v1+module.v2+theme.v2+thought.v6"
"""Names the prompt files a thought is made from; a changed file has a new name, and so has this."""

ANSWER_TOKENS = {"purpose": 90, "questions": 240}
"""Two sentences dense with names; more is padding from a small model. Eight questions of a line each."""
ENOUGH_NAMED = 0.25
"""Share of a theme's parts that an answer names, below which a second draft is worth its half minute."""

DRAFT_TEMPERATURE = 0.7
"""At zero a second draft would be the first."""

LONG_ANSWER_TOKENS = 200
"""Four sentences, for every other intent."""


class Cost(Struct):
    """What generations cost: `prompt_tokens` counts all, `cached_tokens` of them were reused."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0

    def add(self, other: "Cost | ChatResult") -> None:
        """Count another's tokens in."""
        self.prompt_tokens += other.prompt_tokens
        self.cached_tokens += other.cached_tokens
        self.generated_tokens += other.generated_tokens


class Written(Struct, frozen=True):
    """What came of one thought: an answer, or none, and why not ("" when it was cancelled)."""

    answer: Answer | None
    cost: Cost
    cancelled: bool = False
    reason: str = ""
    seconds: float = 0.0


class Judge(Struct, frozen=True):
    """What a text is checked against; no `truths` where no single tree speaks about the target."""

    scope: Scope
    truths: Truths | None
    outline: Outline | None = None

    def questions(self, text: str, target: Target) -> Sifted:
        """The proposed questions that are worth keeping."""
        return sifted(text, target, self.outline, self.scope) if self.outline else Sifted("", {})

    def gates(self, text: str) -> GateResults:
        """How a text fares."""
        return check(text, self.scope, self.truths)


class Thought(Struct):
    """One answer while it is being written."""

    target: Target
    intent: str
    code_hash: str
    material: Material
    judge: Judge
    read: tuple[Read, ...]
    cost: Cost
    text: str = ""
    drafts: list[str] = msgspec.field(default_factory=list)
    cancelled: bool = False

    def request(self) -> ChatRequest | None:
        """The question itself; None if the facts have answered it, or a generation for several questions."""
        if self.material.stated:
            self.text = self.material.stated
            return None
        if self.text or self.cancelled:
            return None
        return self._request(self.material.messages)

    def retry(self) -> ChatRequest | None:
        """The question again, with what is wrong with the first answer; or another draft, if it gave no reason where
        one was asked, or of a theme named few parts or not the nearest.
        """
        if self.cancelled or self.material.stated or self.material.json_schema:
            return None
        if wrong := problems(self.judge.gates(self.text)):
            complaint = Message("user", render("retry.v2", problems=wrong))
            return self._request((*self.material.messages, Message("assistant", self.text), complaint))
        if not may_answer(self.intent, self.text) or (self.material.read and not self._is_about_it(self.text)):
            return msgspec.structs.replace(self._request(self.material.messages), temperature=DRAFT_TEMPERATURE)
        return None

    def _is_about_it(self, text: str) -> bool:
        return self._names_nearest(text) and self._named_share(text) >= ENOUGH_NAMED

    def _names_nearest(self, text: str) -> bool:
        """Whether it names the part that is nearest to the theme: one that does not may be all about another."""
        nearest = Named(tuple((kind, names[:1]) for kind, names in self.material.names.kinds[:1]))
        return nearest.without(text).count == 0

    def _named_share(self, text: str) -> float:
        """Of the first kind of names: where something is found and documented is added to any text."""
        wanted = Named(self.material.names.kinds[:1])
        return 1.0 - wanted.without(text).count / wanted.count if wanted.count else 1.0

    def _request(self, messages: tuple[Message, ...]) -> ChatRequest:
        room = ANSWER_TOKENS.get(self.intent, LONG_ANSWER_TOKENS)
        return ChatRequest(messages, max_tokens=room, json_schema=self.material.json_schema)

    def hear(self, result: ChatResult) -> None:
        """Take what the model said."""
        self.cost.add(result)
        self.cancelled = self.cancelled or result.finish == "cancelled"
        as_said = result.text if self.material.json_schema else ""
        self.text = as_said or whole_sentences(result.text, cut_off=result.finish == "length")
        self.drafts += [self.text] if self.text else []

    def sound(self) -> Sifted:
        """What may be kept of the best draft: the one that answers, names the nearest part, the most parts, and passes
        most.
        """
        if self.material.stated:
            return Sifted(self.text, {})
        return max((self._sifted(draft) for draft in self.drafts), key=self._worth, default=Sifted("", {}))

    def _worth(self, kept: Sifted) -> tuple[bool, bool, bool, float, int]:
        text = kept.text
        return (
            bool(text),
            may_answer(self.intent, text),
            self._names_nearest(text),
            self._named_share(text),
            -sum(kept.dropped.values()),
        )

    def _sifted(self, draft: str) -> Sifted:
        if self.intent == "questions":
            return self.judge.questions(draft, self.target)
        messages = self.material.messages
        instructions = [messages[0].content, messages[1].content.rsplit("\n", 1)[-1]]
        return keep_sound(draft, self.judge.scope, instructions, self.judge.truths)


class Writer:
    """Writes verified answers about one worktree with one model. Blocking."""

    def __init__(self, sources: Sources, model: Model, clock: Clock, known: Known | None = None) -> None:
        self._sources = sources
        self._gatherer = Gatherer(sources, known or Known())
        self._freshness = Freshness(sources, lambda _key: None)
        self._model = model
        self._clock = clock

    def write(self, target: Target, intent: str, cancel: threading.Event) -> Written:
        """Answer the intent's question about `target`, keeping only what passes the gates.

        Raises:
            ModelError: the engine failed; nothing was written.
        """
        return self.write_many([(target, intent)], cancel)[0]

    def write_many(self, asked: Sequence[tuple[Target, str]], cancel: threading.Event) -> list[Written]:
        """The same for several questions, which the model is asked at once, and asked again where it was wrong.

        Raises:
            ModelError: the engine failed; nothing was written.
        """
        started = time.perf_counter()
        thoughts = [self._thought(target, intent) for target, intent in asked]
        begun = [thought for thought in thoughts if thought is not None]
        self._ask_together(begun, cancel)
        self._ask([(thought, request) for thought in begun if (request := thought.request())], cancel)
        self._ask([(thought, request) for thought in begun if (request := thought.retry())], cancel)
        seconds = (time.perf_counter() - started) / max(1, len(begun))
        return [self._written(thought, seconds) for thought in thoughts]

    def _thought(self, target: Target, intent: str) -> Thought | None:
        code_hash = self._freshness.code_hash(target)
        material = self._gatherer.gather(target, intent)
        if material is None:
            return None
        outline = self._sources.outlines.outline(target.path)
        scope = self._sources.scope([*material.passages, material.context])
        truths = self._truths(target, material, outline)
        read = tuple(self._read(member) for member in material.read)
        return Thought(target, intent, code_hash, material, Judge(scope, truths, outline), read, Cost())

    def _truths(self, target: Target, material: Material, outline: Outline | None) -> Truths | None:
        if material.read:
            return truths_of_parts(material.read, self._sources.outlines)
        return truths_of(target, outline, self._sources.outlines) if outline else None

    def _read(self, target: Target) -> Read:
        return Read(target, self._freshness.code_hash(target), self._freshness.token_hash(target))

    def _ask_together(self, thoughts: Sequence[Thought], cancel: threading.Event) -> None:
        """Short questions about the same text in one generation; what that leaves unanswered is asked alone."""
        by_text: dict[str, list[Thought]] = {}
        for thought in thoughts:
            if thought.material.shared:
                by_text.setdefault(thought.material.shared, []).append(thought)
        for shared, group in by_text.items():
            if len(group) > 1:
                system = group[0].material.messages[0]
                request = request_for(system, shared, [thought.target.symbol for thought in group])
                result = self._model.chat(request, cancel)
                said = replies(result.text)
                for thought in group:
                    thought.hear(share_of(result, said.get(thought.target.symbol, ""), len(group)))

    def _ask(self, asked: Sequence[tuple[Thought, ChatRequest]], cancel: threading.Event) -> None:
        if asked:
            results = self._model.chat_many([request for _, request in asked], cancel)
            for (thought, _), result in zip(asked, results, strict=True):
                thought.hear(result)

    def _written(self, thought: Thought | None, seconds: float) -> Written:
        if thought is None:
            return Written(None, Cost(), reason="the code changed meanwhile")
        if thought.cancelled:
            return Written(None, thought.cost, cancelled=True, seconds=seconds)
        kept = thought.sound()
        if not kept.text:
            gates = ", ".join(f"{gate} {count}" for gate, count in sorted(kept.dropped.items()))
            return Written(None, thought.cost, reason=f"no sentence passed the gates ({gates})", seconds=seconds)
        return Written(self._answer(thought, kept, seconds), thought.cost, seconds=seconds)

    def _answer(self, thought: Thought, kept: Sifted, seconds: float) -> Answer:
        target, material, cost = thought.target, thought.material, thought.cost
        question = question_for(thought.intent, target.symbol or target.path)
        dependencies = tuple(note.key for note in material.dependencies)
        depends_on = [str(target), *dependencies, *(f"{one.target} {one.code_hash}" for one in thought.read)]
        text = f"{kept.text} {material.names.without(kept.text).sentence()}".rstrip()
        return Answer(
            key=answer_key(thought.code_hash, depends_on, question, PROMPT_VERSION, self._model.name),
            target=target,
            intent=thought.intent,
            question=question,
            text=text,
            evidence=find_evidence(text, material.passages),
            code_hash=thought.code_hash,
            model=self._model.name,
            prompt=PROMPT_VERSION,
            created_at=self._clock.now(),
            gates=msgspec.structs.replace(thought.judge.gates(kept.text), dropped=kept.dropped),
            prompt_tokens=cost.prompt_tokens,
            cached_tokens=cost.cached_tokens,
            generated_tokens=cost.generated_tokens,
            seconds=seconds,
            token_hash=self._freshness.token_hash(target),
            dependencies=dependencies,
            read=thought.read,
        )
