"""Writing one answer: the prompt, the model, the gates, one retry with the failure shown."""

import threading
import time

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.core.intents import question_for
from sleeptime.core.keys import answer_key
from sleeptime.core.ports import ChatRequest, ChatResult, Clock, Message, Model
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Scope, Sources, find_evidence
from sleeptime.prompts import render
from sleeptime.sleep.material import Gatherer, Material
from sleeptime.sleep.notes import FindNote, no_notes
from sleeptime.sleep.verify import check, keep_sound, whole_sentences

PROMPT_VERSION = "system.v1+module.v1+thought.v1"
"""Names the prompt files a thought is made from; a changed file has a new name, and so has this."""

ANSWER_TOKENS = {"purpose": 90}
"""Two sentences dense with names; more is padding from a small model."""
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


class Writer:
    """Writes verified answers about one worktree with one model. Blocking."""

    def __init__(self, sources: Sources, model: Model, clock: Clock, find_note: FindNote = no_notes) -> None:
        self._sources = sources
        self._gatherer = Gatherer(sources, find_note)
        self._freshness = Freshness(sources, lambda _key: None)
        self._model = model
        self._clock = clock

    def write(self, target: Target, intent: str, cancel: threading.Event) -> Written:
        """Answer the intent's question about `target`, keeping only what passes the gates.

        Raises:
            ModelError: the engine failed; nothing was written.
        """
        cost, started = Cost(), time.perf_counter()
        code_hash = self._freshness.code_hash(target)
        material = self._gatherer.gather(target, intent)
        if material is None:
            return Written(None, cost, reason="the code changed meanwhile")
        scope = self._sources.scope([*material.passages, material.context])
        text, result = self._sound_text(material.messages, intent, scope, cancel, cost)
        seconds = time.perf_counter() - started
        if result.finish == "cancelled":
            return Written(None, cost, cancelled=True, seconds=seconds)
        if not text:
            return Written(None, cost, reason="no sentence passed the gates", seconds=seconds)
        answer = self._answer(target, intent, (text, scope, material), code_hash)
        return Written(_with_cost(answer, cost, seconds), cost, seconds=seconds)

    def _sound_text(
        self, messages: tuple[Message, ...], intent: str, scope: Scope, cancel: threading.Event, cost: Cost
    ) -> tuple[str, ChatResult]:
        result = self._ask(messages, intent, cancel, cost)
        text = whole_sentences(result.text, cut_off=result.finish == "length")
        unknown = check(text, scope).unknown_names
        if unknown and result.finish != "cancelled":
            complaint = Message("user", render("retry.v1", names=", ".join(f"`{name}`" for name in unknown)))
            result = self._ask((*messages, Message("assistant", text), complaint), intent, cancel, cost)
            text = whole_sentences(result.text, cut_off=result.finish == "length")
        instructions = [messages[0].content, messages[1].content.rsplit("\n", 1)[-1]]
        return keep_sound(text, scope, instructions), result

    def _ask(self, messages: tuple[Message, ...], intent: str, cancel: threading.Event, cost: Cost) -> ChatResult:
        result = self._model.chat(
            ChatRequest(messages, max_tokens=ANSWER_TOKENS.get(intent, LONG_ANSWER_TOKENS)), cancel
        )
        cost.add(result)
        return result

    def _answer(self, target: Target, intent: str, said: tuple[str, Scope, Material], code_hash: str) -> Answer:
        text, scope, material = said
        question = question_for(intent, target.symbol or target.path)
        dependencies = tuple(note.key for note in material.dependencies)
        return Answer(
            key=answer_key(code_hash, [str(target), *dependencies], question, PROMPT_VERSION, self._model.name),
            target=target,
            intent=intent,
            question=question,
            text=text,
            evidence=find_evidence(text, material.passages),
            code_hash=code_hash,
            model=self._model.name,
            prompt=PROMPT_VERSION,
            created_at=self._clock.now(),
            gates=check(text, scope),
            token_hash=self._freshness.token_hash(target),
            dependencies=dependencies,
        )


def _with_cost(answer: Answer, cost: Cost, seconds: float) -> Answer:
    return replace(
        answer,
        prompt_tokens=cost.prompt_tokens,
        cached_tokens=cost.cached_tokens,
        generated_tokens=cost.generated_tokens,
        seconds=seconds,
    )
