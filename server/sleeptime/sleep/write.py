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
from sleeptime.sleep.truths import Truths, truths_of
from sleeptime.sleep.verify import Sifted, check, keep_sound, problems, whole_sentences

PROMPT_VERSION = "system.v1+module.v1+thought.v2"
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


class Judge(Struct, frozen=True):
    """What a text is checked against; no `truths` where no single tree speaks about the target."""

    scope: Scope
    truths: Truths | None


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
        judge = self._judge(target, material)
        sifted, result = self._sound_text(material.messages, intent, judge, cancel, cost)
        seconds = time.perf_counter() - started
        if result.finish == "cancelled":
            return Written(None, cost, cancelled=True, seconds=seconds)
        if not sifted.text:
            gates = ", ".join(f"{gate} {count}" for gate, count in sorted(sifted.dropped.items()))
            return Written(None, cost, reason=f"no sentence passed the gates ({gates})", seconds=seconds)
        answer = self._answer(target, intent, (sifted, judge, material), code_hash)
        return Written(_with_cost(answer, cost, seconds), cost, seconds=seconds)

    def _judge(self, target: Target, material: Material) -> Judge:
        outline = self._sources.outlines.outline(target.path)
        scope = self._sources.scope([*material.passages, material.context])
        return Judge(scope, truths_of(target, outline, self._sources.outlines) if outline else None)

    def _sound_text(
        self, messages: tuple[Message, ...], intent: str, judge: Judge, cancel: threading.Event, cost: Cost
    ) -> tuple[Sifted, ChatResult]:
        result = self._ask(messages, intent, cancel, cost)
        text = whole_sentences(result.text, cut_off=result.finish == "length")
        wrong = problems(check(text, judge.scope, judge.truths))
        if wrong and result.finish != "cancelled":
            complaint = Message("user", render("retry.v2", problems=wrong))
            result = self._ask((*messages, Message("assistant", text), complaint), intent, cancel, cost)
            text = whole_sentences(result.text, cut_off=result.finish == "length")
        instructions = [messages[0].content, messages[1].content.rsplit("\n", 1)[-1]]
        return keep_sound(text, judge.scope, instructions, judge.truths), result

    def _ask(self, messages: tuple[Message, ...], intent: str, cancel: threading.Event, cost: Cost) -> ChatResult:
        result = self._model.chat(
            ChatRequest(messages, max_tokens=ANSWER_TOKENS.get(intent, LONG_ANSWER_TOKENS)), cancel
        )
        cost.add(result)
        return result

    def _answer(self, target: Target, intent: str, said: tuple[Sifted, Judge, Material], code_hash: str) -> Answer:
        sifted, judge, material = said
        text = sifted.text
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
            gates=replace(check(text, judge.scope, judge.truths), dropped=sifted.dropped),
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
