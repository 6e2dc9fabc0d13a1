"""How fast a model is on this machine: measured, not estimated, and remembered."""

import os
import platform
import threading
import time
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct
from platformdirs import user_cache_path

from sleeptime.core.ports import ChatRequest, ChatResult, Message, Model

_LINE = "def handler_{0}(request):\n    return request.args[{0}]\n\n"
_SYSTEM = Message("system", "You explain code to its maintainers.")


class Speed(Struct, frozen=True):
    """Tokens per second, milliseconds to the first token of an answer, and bytes of this process with its children.
    `model` is `Model.name`, which names the engine's precision too; `measured_at` is in seconds since the epoch.
    """

    model: str
    prompt_tokens: int
    prefill_tokens_per_second: float
    decode_tokens_per_second: float
    first_token_ms: float
    first_token_reusing_ms: float
    reused_tokens: int
    memory_bytes: int
    threads: int = 0
    measured_at: float = 0.0

    def seconds(self, computed_tokens: int, written_tokens: int) -> float:
        """How long it takes to read so many tokens that no cache holds, and to write so many."""
        reading = computed_tokens / self.prefill_tokens_per_second if self.prefill_tokens_per_second else 0.0
        writing = written_tokens / self.decode_tokens_per_second if self.decode_tokens_per_second else 0.0
        return reading + writing


def speeds_file() -> Path:
    """Where measurements are remembered. Deleting it forgets them."""
    return user_cache_path("sleeptime") / "speeds.json"


def measured_speed(model: str, threads: int) -> Speed | None:
    """What `remember` was last told of this model (`Model.name`, or a spec's `key`) with so many threads on this
    machine; None if nothing.
    """
    return _read_speeds().get(_key(model, threads))


def remember(speed: Speed) -> None:
    """Keep a measurement for `measured_speed`; it replaces the one before. A cache that cannot be written loses it."""
    path = speeds_file()
    speeds = {**_read_speeds(), _key(speed.model, speed.threads): speed}
    fresh = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(speeds)))
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)


def _key(model: str, threads: int) -> str:
    """With the machine: home folders are shared over networks, and images of them are copied."""
    return f"{model}|{threads} threads|{platform.node()} {platform.machine()}"


def _read_speeds() -> dict[str, Speed]:
    try:
        return msgspec.json.decode(speeds_file().read_bytes(), type=dict[str, Speed])
    except (OSError, msgspec.DecodeError):  # none yet, or an older form: it is only a cache
        return {}


def measure(model: Model, *, prompt_tokens: int = 1000, answer_tokens: int = 64, threads: int = 0) -> Speed:
    """Ask twice about one text of about `prompt_tokens`: the second question reuses what the first computed. `threads`
    is only noted.
    """
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
        threads=threads,
        measured_at=time.time(),
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
