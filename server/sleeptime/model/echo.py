"""EchoModel: a deterministic stand-in without weights. It ships: tests, demos and bug reports need no download."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sleeptime.core.ports import ChatRequest, ChatResult, Finish, OnText, discard
from sleeptime.model.asked import require_room

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_ECHOED_WORDS = 12


def echo(request: ChatRequest) -> str:
    """The default reply: the first words of the last message, or the least JSON that its schema allows."""
    words = request.messages[-1].content.split() if request.messages else []
    text = " ".join(["Echo:", *words[:_ECHOED_WORDS]])
    if not request.json_schema:
        return text
    schema = json.loads(request.json_schema)
    return json.dumps(_minimal_json(schema, schema, text), ensure_ascii=False)


class EchoModel:
    """Answers `reply(request)`, whatever the machine. A pause of `seconds_per_token` makes it slow on purpose.

    A token is a word, a punctuation mark or a run of white space, so tokens joined give the text again. The prefix
    that a prompt shares with the one before it counts as cached, as in an engine with one slot.
    """

    def __init__(
        self,
        reply: Callable[[ChatRequest], str] = echo,
        *,
        context_tokens: int = 8192,
        seconds_per_token: float = 0.0,
        together: int = 1,
    ) -> None:
        self._reply = reply
        self._context_tokens = context_tokens
        self._seconds_per_token = seconds_per_token
        self._together = together
        self._last_prompt: list[str] = []
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Always "echo"."""
        return "echo"

    @property
    def context_tokens(self) -> int:
        """Prompt and answer together may not exceed this."""
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """Words, punctuation marks and runs of white space in `text`."""
        return len(_TOKEN.findall(text))

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        """Answer as `Model.chat` says.

        Raises:
            ContextOverflowError: prompt and `max_tokens` exceed `context_tokens`.
        """
        prompt = [token for message in request.messages for token in [message.role, *_TOKEN.findall(message.content)]]
        require_room(self.name, len(prompt), request.max_tokens, self._context_tokens)
        with self._lock:
            cached = _common_prefix(self._last_prompt, prompt)
            self._last_prompt = prompt
            start = time.perf_counter()
            pieces, finish = self._speak(request, cancel, on_text)
        return ChatResult(
            text="".join(pieces),
            finish=finish,
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            generated_tokens=len(pieces),
            prefill_ms=0.0,
            decode_ms=(time.perf_counter() - start) * 1000,
        )

    @property
    def together(self) -> int:
        """As it was told."""
        return self._together

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        """One after the other."""
        return tuple(self.chat(request, cancel) for request in requests)

    def _speak(self, request: ChatRequest, cancel: threading.Event, on_text: OnText) -> tuple[list[str], Finish]:
        text = _cut_at_stop(self._reply(request), request.stop)
        spoken: list[str] = []
        for token in _TOKEN.findall(text):
            if len(spoken) == request.max_tokens:
                return spoken, "length"
            if cancel.wait(self._seconds_per_token):
                return spoken, "cancelled"
            spoken.append(token)
            on_text(token)
        return spoken, "stop"

    def close(self) -> None:
        """Nothing to free."""


def _common_prefix(before: list[str], now: list[str]) -> int:
    """Tokens reused; the last one is always computed, since an engine needs its logits."""
    same = 0
    for old, new in zip(before, now[:-1], strict=False):
        if old != new:
            break
        same += 1
    return same


def _cut_at_stop(text: str, stops: tuple[str, ...]) -> str:
    ends = [place for stop in stops if (place := text.find(stop)) >= 0]
    return text[: min(ends)] if ends else text


def _minimal_json(schema: Mapping[str, Any], root: Mapping[str, Any], text: str) -> Any:
    """The least value that a JSON schema allows; strings carry `text`. Knows what Sleeptime's schemas use."""
    if "$ref" in schema:
        return _minimal_json(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root, text)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _minimal_json(schema[choice][0], root, text)
    return _minimal_of_type(schema, root, text)


def _minimal_of_type(schema: Mapping[str, Any], root: Mapping[str, Any], text: str) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: _minimal_json(properties.get(name, {}), root, text) for name in schema.get("required", [])}
        case "array":
            return [_minimal_json(schema.get("items", {}), root, text)] * schema.get("minItems", 0)
        case "string":
            padded = text.ljust(schema.get("minLength", 0))
            return padded[: schema.get("maxLength", len(padded))]
        case "integer" | "number":
            return max(0, schema.get("minimum", 0))
        case "boolean":
            return False
        case _:
            return None
