"""The arms that need neither sleep nor the product's way to answer: closed book, and raw retrieval."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sleeptime.core.keys import combined_hash
from sleeptime.core.ports import ChatRequest, ChatResult, Embedder, Message, Model, discard
from sleeptime.core.types import Target
from sleeptime.index import Passage, Sources
from sleeptime.prompts import VERBOSITY, VERBOSITY_TOKENS, render
from sleeptime.report.compare import Arm, Try
from sleeptime.report.questions import Question
from sleeptime.report.scores import Produced, shown_files
from sleeptime.store import Store

HITS = 50
"""Chunks looked at for one question."""

FUSED_RANK = 60
"""The constant of reciprocal-rank fusion, as its authors chose it (Cormack, Clarke, Buettcher 2009)."""

CHUNK_LINES = 60
"""A function fits; of a longer class or file its head is shown."""

RAW_TOKENS = 1_800
"""Source in a raw prompt: what the ten best functions come to, and what the first prototype was measured with."""

SAMPLING_TEMPERATURE = 0.8
"""Of further samples of the same question; the first is greedy."""


class Mind(Struct, frozen=True):
    """What answers: `model` lends the engine, `name` is the model's, `cancel` ends an answer."""

    model: Callable[[], Model]
    name: str
    cancel: threading.Event
    begin: Callable[[], None] = lambda: None


class Library(Struct, frozen=True):
    """A repository as raw retrieval sees it: an index that never slept. Without an embedder only words are searched."""

    sources: Sources
    store: Store
    worktree: str
    embedder: Embedder | None
    fingerprint: str

    def find(self, question: str) -> list[Target]:
        """The best chunks, by reciprocal-rank fusion of BM25 and embeddings."""
        rankings = [self.store.search.code(self.worktree, question, HITS)]
        if self.embedder is not None:
            vector: np.ndarray = self.embedder.embed([question])[0]
            rankings.append(self.store.search.near(self.worktree, self.embedder.name, vector, HITS))
        scores: defaultdict[Target, float] = defaultdict(float)
        for hits in rankings:
            for rank, hit in enumerate(hits, 1):
                scores[hit.target] += 1 / (FUSED_RANK + rank)
        return sorted(scores, key=lambda target: -scores[target])


def closed_book(mind: Mind) -> Arm:
    """The model alone."""

    def answer(question: Question, how: Try) -> Produced:
        task = render("closed.v1", question=question.question, style=VERBOSITY[how.verbosity])
        return chat(mind, task, how)

    return Arm("closed book", answer, combined_hash(["closed.v1", mind.name]), begin=mind.begin)


def raw_retrieval(mind: Mind, library: Library, budget_tokens: int = RAW_TOKENS) -> Arm:
    """Source chunks in the prompt."""

    def answer(question: Question, how: Try) -> Produced:
        started = time.perf_counter()
        targets = library.find(question.question)
        context = "\n\n".join(_fitting(_chunks(targets, library.sources), mind.model().count_tokens, budget_tokens))
        task = render("ask.v2", context=context, question=question.question, style=VERBOSITY[how.verbosity])
        produced = chat(mind, task, how, files=[target.path for target in targets])
        return timed(produced, started)

    depends_on = combined_hash(["raw.v1+ask.v2", mind.name, library.fingerprint, str(budget_tokens)])
    return Arm("raw retrieval", answer, depends_on, begin=mind.begin)


def retrieval(library: Library) -> Arm:
    """The search of raw retrieval by itself, which costs no model."""

    def answer(question: Question, _how: Try) -> Produced:
        started = time.perf_counter()
        files = tuple(dict.fromkeys(target.path for target in library.find(question.question)))
        return Produced(text="", files=files, outcome="searched", latency_ms=(time.perf_counter() - started) * 1000)

    return Arm("raw's search", answer, combined_hash(["retrieval.v1", library.fingerprint]), needs_model=False)


def chat(mind: Mind, task: str, how: Try, *, files: Sequence[str] = (), system: str = "system.v1") -> Produced:
    """One generation as an arm's product; `files` are those whose text the model was given."""
    started = time.perf_counter()
    request = ChatRequest(
        (Message("system", render(system)), Message("user", task)),
        max_tokens=VERBOSITY_TOKENS[how.verbosity],
        temperature=SAMPLING_TEMPERATURE if how.sample else 0.0,
        seed=how.sample,
    )
    result = mind.model().chat(request, mind.cancel, discard)
    return timed(_produced(result, files), started)


def timed(produced: Produced, started: float) -> Produced:
    """The product with the time since `started` (of time.perf_counter) as its latency."""
    return replace(produced, latency_ms=(time.perf_counter() - started) * 1000)


def _produced(result: ChatResult, files: Sequence[str]) -> Produced:
    text = result.text.strip()
    return Produced(
        text=text,
        files=shown_files(text, files),
        prompt_tokens=result.prompt_tokens,
        cached_tokens=result.cached_tokens,
        generated_tokens=result.generated_tokens,
    )


def _chunks(targets: Sequence[Target], sources: Sources) -> Iterator[str]:
    for target in targets:
        passage = sources.passage(target)
        if passage is not None:
            yield _chunk(passage)


def _chunk(passage: Passage) -> str:
    name = f" {passage.symbol}" if passage.symbol else ""
    head = f"[{passage.path}:{passage.first_line + 1}{name}]"
    return "\n".join([head, "```", *passage.lines[:CHUNK_LINES], "```"])


def _fitting(texts: Iterator[str], count_tokens: Callable[[str], int], budget_tokens: int) -> Iterator[str]:
    """The best texts until one does not fit: what ranks lower is not read instead."""
    used = 0
    for text in texts:
        used += count_tokens(text) + 2
        if used > budget_tokens:
            return
        yield text
