"""Writing one answer: the prompt, the model, the gates, one retry with the failure shown."""

import threading
import time

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.core.intents import question_for
from sleeptime.core.keys import answer_key
from sleeptime.core.ports import ChatRequest, ChatResult, Clock, Message, Model
from sleeptime.core.types import Answer, Outline, Target
from sleeptime.index import Freshness, Passage, Scope, Sources, find_evidence
from sleeptime.prompts import outline_card, render
from sleeptime.sleep.verify import check, keep_sound, whole_sentences

PROMPT_VERSION = "system.v1+module.v1+thought.v1"
"""Names the prompt files a thought is made from; a changed file has a new name, and so has this."""

OUTLINE_LINES = 60
"""About 900 tokens: the prefix that all thoughts of a module share."""

SOURCE_LINES = 80
"""About 900 tokens of a symbol's own source; a longer body is shown by its head."""

HEAD_LINES = 2
"""A definition's first lines: what a citation of it shows."""

ANSWER_TOKENS = {"purpose": 90, "explain": 200}
"""Two sentences dense with names, and four; more is padding from a small model."""


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

    def __init__(self, sources: Sources, model: Model, clock: Clock) -> None:
        self._sources = sources
        self._freshness = Freshness(sources, lambda _key: None)
        self._model = model
        self._clock = clock

    def write(self, target: Target, intent: str, cancel: threading.Event) -> Written:
        """Answer the intent's question about `target`, keeping only what passes the gates.

        Raises:
            ModelError: the engine failed; nothing was written.
        """
        cost = Cost()
        outline = self._sources.outlines.outline(target.path)
        passage = self._sources.passage(target)
        if outline is None or passage is None:
            return Written(None, cost, reason="the code changed meanwhile")
        started, code_hash = time.perf_counter(), self._sources.code_hash(target)
        messages = _prompt(target, intent, outline, passage)
        scope = self._sources.scope([passage, _context_passage(target, outline)])
        text, result = self._sound_text(messages, intent, scope, cancel, cost)
        seconds = time.perf_counter() - started
        if result.finish == "cancelled":
            return Written(None, cost, cancelled=True, seconds=seconds)
        if not text:
            return Written(None, cost, reason="no sentence passed the gates", seconds=seconds)
        answer = self._answer(target, intent, (text, scope, passage), code_hash)
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
        result = self._model.chat(ChatRequest(messages, max_tokens=ANSWER_TOKENS[intent]), cancel)
        cost.add(result)
        return result

    def _answer(self, target: Target, intent: str, said: tuple[str, Scope, Passage], code_hash: str) -> Answer:
        text, scope, passage = said
        question = question_for(intent, target.symbol or target.path)
        return Answer(
            key=answer_key(code_hash, [str(target)], question, PROMPT_VERSION, self._model.name),
            target=target,
            intent=intent,
            question=question,
            text=text,
            evidence=find_evidence(text, [*self._heads(target), passage]),
            code_hash=code_hash,
            model=self._model.name,
            prompt=PROMPT_VERSION,
            created_at=self._clock.now(),
            gates=check(text, scope),
            token_hash=self._freshness.token_hash(target),
        )

    def _heads(self, target: Target) -> list[Passage]:
        """Where a module's definitions begin: the best lines to cite for a sentence that names them."""
        outline = None if target.symbol else self._sources.outlines.outline(target.path)
        lines = self._sources.lines(target.path) if outline else ()
        return [
            Passage(target.path, start, lines[start : start + HEAD_LINES], symbol.qualified_name)
            for symbol in (outline.symbols if outline else ())
            if symbol.parent < 0 and (start := symbol.name_span.start_line) < len(lines)
        ]


def _prompt(target: Target, intent: str, outline: Outline, passage: Passage) -> tuple[Message, ...]:
    """Fixed text, then the module, then the symbol and the question: the longest shared prefix comes first."""
    module = render(
        "module.v1", path=target.path, language=outline.language, outline=outline_card(outline, OUTLINE_LINES)
    )
    if not target.symbol:
        task = render("overview.v1", path=target.path)
    else:
        values = {"source": _shown(passage), "subject": f"`{target.symbol}`"}
        question = question_for(intent, target.symbol)
        task = render("summary.v1" if intent == "purpose" else "explain.v1", question=question, **values)
    return (Message("system", render("system.v1")), Message("user", f"{module}\n{task}"))


def _shown(passage: Passage) -> str:
    lines = passage.lines[:SOURCE_LINES]
    more = [f"… ({len(passage.lines) - SOURCE_LINES} more lines)"] if len(passage.lines) > SOURCE_LINES else []
    return "\n".join(["```", *lines, *more, "```"])


def _context_passage(target: Target, outline: Outline) -> Passage:
    """What the model saw of the module besides the source: names in it are in scope too."""
    return Passage(target.path, 0, tuple(outline_card(outline, OUTLINE_LINES).split("\n")))


def _with_cost(answer: Answer, cost: Cost, seconds: float) -> Answer:
    return replace(
        answer,
        prompt_tokens=cost.prompt_tokens,
        cached_tokens=cost.cached_tokens,
        generated_tokens=cost.generated_tokens,
        seconds=seconds,
    )
