"""What the parts ask of each other where more than one implementation exists."""

import threading
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct

from sleeptime.core.types import Outline, Symbol

Finish = Literal["stop", "length", "cancelled"]


class Message(Struct, frozen=True):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(Struct, frozen=True):
    """A question to a model. `json_schema` constrains the text to JSON of that schema (JSON text of the schema).
    Requests that share a long prefix should follow each other: engines reuse the cached prefix.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    json_schema: str = ""


class ChatResult(Struct, frozen=True):
    """What a model said and what it cost. `prompt_tokens` counts the whole prompt; `cached_tokens` of them
    were reused and not computed again.
    """

    text: str
    finish: Finish
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    prefill_ms: float
    decode_ms: float


OnText = Callable[[str], None]


def discard(_text: str) -> None:
    """An `on_text` for callers that only want the result."""


class Model(Protocol):
    """A causal chat model. Methods block: call them from a thread of the worker, never from an event loop."""

    @property
    def name(self) -> str:
        """Catalogue name with quantisation; part of every answer's key."""
        ...

    @property
    def context_tokens(self) -> int:
        """Prompt and answer together may not exceed this."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens the model's own tokenizer makes of `text`, without special tokens."""
        ...

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        """Answer; `on_text` gets each piece as it is decoded. Once `cancel` is set it ends within one token
        and returns what it has with `finish == "cancelled"`.

        Raises:
            ContextOverflowError: prompt and `max_tokens` exceed `context_tokens`.
            EngineDiedError: the engine stopped in the middle.
        """
        ...

    @property
    def together(self) -> int:
        """How many requests are best asked at once; 1 where each would only wait for the others."""
        ...

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        """The result of each request, in order. Errors are those of `chat`, and of the first request that has one."""
        ...

    def close(self) -> None:
        """Free the weights. Calling it twice is fine."""
        ...


class Embedder(Protocol):
    """Turns short texts into unit vectors."""

    @property
    def name(self) -> str:
        """Part of the key of every stored vector."""
        ...

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """float32 of shape (len(texts), dimensions), rows of length one."""
        ...


class Clock(Protocol):
    """Time as a collaborator, so that tests can fix it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...


class Outlines(Protocol):
    """What the repository's files say, one worktree at one moment: the store's reader, or a dict in memory."""

    def paths(self) -> Sequence[str]:
        """Every indexed path, sorted."""
        ...

    def outline(self, path: str) -> Outline | None:
        """The outline of one path, or None if it is not indexed."""
        ...

    def paths_mentioning(self, name: str) -> Sequence[str]:
        """Paths in which the identifier `name` may occur: a superset, never missing one."""
        ...

    def paths_defining(self, name: str) -> Sequence[str]:
        """Paths in which something of this name may be defined: a superset, never missing one."""
        ...

    def definitions(self, name: str) -> Sequence[tuple[str, Symbol]]:
        """Every (path, symbol) whose `name` is exactly this."""
        ...
