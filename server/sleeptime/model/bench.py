"""How fast a model is on this machine: measured, not estimated."""

import os
import threading
import time

import psutil
from msgspec import Struct

from sleeptime.core.ports import ChatRequest, ChatResult, Message, Model

_LINE = "def handler_{0}(request):\n    return request.args[{0}]\n\n"
_SYSTEM = Message("system", "You explain code to its maintainers.")


class Speed(Struct, frozen=True):
    """Tokens per second, milliseconds to the first token of an answer, and bytes of this process with its children."""

    model: str
    prompt_tokens: int
    prefill_tokens_per_second: float
    decode_tokens_per_second: float
    first_token_ms: float
    first_token_reusing_ms: float
    reused_tokens: int
    memory_bytes: int


def measure(model: Model, *, prompt_tokens: int = 1000, answer_tokens: int = 64) -> Speed:
    """Ask twice about one text of about `prompt_tokens`: the second question reuses what the first computed."""
    # Without this an engine that loads or compiles on its first request would be measured doing so.
    _ask(model, "Hello", 2)
    text = _text(model, prompt_tokens)
    first, first_ms = _ask(model, f"{text}\nWhat does this module do?", answer_tokens)
    second, second_ms = _ask(model, f"{text}\nWho would call it, and why?", answer_tokens)
    computed = first.prompt_tokens - first.cached_tokens
    decoded = first.generated_tokens + second.generated_tokens
    return Speed(
        model=model.name,
        prompt_tokens=first.prompt_tokens,
        prefill_tokens_per_second=_rate(computed, first.prefill_ms),
        decode_tokens_per_second=_rate(decoded, first.decode_ms + second.decode_ms),
        first_token_ms=first_ms,
        first_token_reusing_ms=second_ms,
        reused_tokens=second.cached_tokens,
        memory_bytes=_memory_bytes(),
    )


def _text(model: Model, tokens: int) -> str:
    """Never the same twice, or an engine's cache from an earlier run would answer for it."""
    text, number = "", time.time_ns() % 10_000
    while model.count_tokens(text) < tokens:
        text += "".join(_LINE.format(number + more) for more in range(8))
        number += 8
    return text


def _ask(model: Model, text: str, max_tokens: int) -> tuple[ChatResult, float]:
    heard: list[float] = []
    start = time.perf_counter()
    request = ChatRequest((_SYSTEM, Message("user", text)), max_tokens=max_tokens)
    result = model.chat(request, threading.Event(), lambda _piece: heard.append(time.perf_counter()))
    return result, ((heard[0] if heard else time.perf_counter()) - start) * 1000


def _rate(tokens: int, milliseconds: float) -> float:
    return tokens / milliseconds * 1000 if milliseconds > 0 else 0.0


def _memory_bytes() -> int:
    own = psutil.Process(os.getpid())
    return int(sum(process.memory_info().rss for process in (own, *own.children(recursive=True))))
