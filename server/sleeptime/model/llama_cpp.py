"""Any GGUF file through llama.cpp: the engine for machines without a GPU."""

import contextlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.ports import ChatRequest, ChatResult, Finish, OnText, discard
from sleeptime.model.asked import defused, require_room, schema_of
from sleeptime.model.llama_process import EngineOptions
from sleeptime.model.llama_server import LlamaServer
from sleeptime.model.turns import its_turn

SPECULATION_BYTES = 800_000_000
"""Weights from which n-gram drafts pay: 1.2 times as fast with the 1.5B (1.1 GB), 0.9 times with the 0.5B (0.5 GB),
whose steps are too cheap to be worth a draft.
"""


class LlamaCppModel:
    """A chat model in a llama.cpp engine of its own (see `llama_process.py` for why it is another process).

    One slot: requests follow each other, and one that shares a prefix with the one before, or with one of the last
    few, prefills only the rest: of 383 tokens a second question about the same text computed 9. A cancelled chat
    returned after 1 to 18 ms, in prefill and in decoding, on a machine with twice as many busy processes as cores.
    An engine that died is started again by the next request.

    With `threads` below the number of free cores decoding is steady. With as many threads as cores, any other busy
    process makes them wait for each other at every layer: 14 tokens/s of the 1.5B model on two cores became 5, with
    pauses of 3 s, where one thread kept its 11.
    """

    def __init__(self, path: Path, *, name: str, context_tokens: int, threads: int, niceness: int = 0) -> None:
        """Load the weights: this blocks for seconds.

        Raises:
            ModelMissingError: there is no such file.
            ModelError: the engine cannot load the file.
        """
        _require_gguf(path)
        self._name = name
        self._options = EngineOptions(
            model=str(path),
            host="",
            api_key="",
            context_tokens=context_tokens,
            threads=threads,
            niceness=niceness,
            ngram_speculation=path.stat().st_size >= SPECULATION_BYTES,
        )
        self._slot = threading.Lock()
        self._starting = threading.Lock()
        self._closed = False
        self._server = LlamaServer(self._options)

    @property
    def name(self) -> str:
        """Catalogue name with quantisation."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Prompt and answer together may not exceed this."""
        return self._options.context_tokens

    @property
    def engine_pid(self) -> int:
        """The engine's process, for measurements of memory and CPU time."""
        return self._server.pid

    def count_tokens(self, text: str) -> int:
        """Tokens that the engine itself makes of `text` (0.5 ms each call)."""
        return len(self._running().post("/tokenize", {"content": defused(text)})["tokens"])

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        """Answer as `Model.chat` says. When cancelled it returns within some 10 ms, even in a long prefill.

        Raises:
            ContextOverflowError: prompt and `max_tokens` exceed `context_tokens`; the engine was not asked.
            EngineDiedError: the engine stopped in the middle.
            ModelError: the engine refused the request, e.g. a JSON schema that is none.
        """
        with its_turn(self._slot, cancel) as mine:
            if not mine:
                return _Transcript(0, on_text).result("cancelled")
            server = self._running()
            prompt = self._prompt_tokens(server, request)
            transcript = _Transcript(len(prompt), on_text)
            with contextlib.closing(server.stream("/completion", _completion(request, prompt), cancel)) as events:
                for event in events:
                    transcript.add(event)
                    if cancel.is_set():
                        break
            return self._finished(server, transcript, cancel)

    @property
    def together(self) -> int:
        """One slot: requests follow each other."""
        return 1

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        """One after the other; what their prompts begin with alike is computed once."""
        return tuple(self.chat(request, cancel) for request in requests)

    def _finished(self, server: LlamaServer, transcript: "_Transcript", cancel: threading.Event) -> ChatResult:
        if transcript.finish:
            return transcript.result(transcript.finish)
        if cancel.is_set():
            return transcript.result("cancelled")
        raise server.died()

    def _prompt_tokens(self, server: LlamaServer, request: ChatRequest) -> list[int]:
        messages = [{"role": turn.role, "content": defused(turn.content)} for turn in request.messages]
        text = server.post("/apply-template", {"messages": messages})["prompt"]
        # add_special gives the one BOS: the engine's template leaves it out for models that want it.
        body = {"content": text, "add_special": True, "parse_special": True}
        tokens: list[int] = server.post("/tokenize", body)["tokens"]
        require_room(self._name, len(tokens), request.max_tokens, self.context_tokens)
        return tokens

    def _running(self) -> LlamaServer:
        with self._starting:
            if self._closed:
                raise ModelError(f"{self._name} was closed.")
            if not self._server.alive():
                self._server.close()
                self._server = LlamaServer(self._options)
            return self._server

    def close(self) -> None:
        """Free the weights, also in the middle of an answer. Calling it twice is fine."""
        with self._starting:
            if not self._closed:
                self._closed = True
                self._server.close()


def _require_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelMissingError(f"The model file {path} cannot be read: {error.strerror}.") from error
    if magic != b"GGUF":
        raise ModelError(f"{path} is not a GGUF file.", "Set model.name to a name of `sleeptime model list`.")


def _completion(request: ChatRequest, prompt: list[int]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "prompt": prompt,
        "n_predict": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stop": list(request.stop),
        "cache_prompt": True,
        "return_progress": True,  # its first event says how much of the prompt was cached, also if cancelled later
    }
    if request.json_schema:
        body["json_schema"] = schema_of(request.json_schema)
    return body


class _Transcript:
    """What the engine has said so far, and what it cost."""

    def __init__(self, prompt_tokens: int, on_text: OnText) -> None:
        self.finish: Finish | None = None
        self._prompt_tokens = prompt_tokens
        self._on_text = on_text
        self._pieces: list[str] = []
        self._cached_tokens = 0
        self._generated_tokens = 0
        self._start = time.perf_counter()
        self._first_token: float | None = None

    def add(self, event: dict[str, Any]) -> None:
        self._generated_tokens = event.get("tokens_predicted", self._generated_tokens)
        if progress := event.get("prompt_progress"):
            self._cached_tokens = progress["cache"]
            return
        if self._first_token is None:
            self._first_token = time.perf_counter()
        if event["content"]:
            self._pieces.append(event["content"])
            self._on_text(event["content"])
        if event["stop"]:
            self.finish = "length" if event["stop_type"] == "limit" else "stop"
            self._cached_tokens = event["timings"]["cache_n"]

    def result(self, finish: Finish) -> ChatResult:
        now = time.perf_counter()
        first = self._first_token or now
        return ChatResult(
            text="".join(self._pieces),
            finish=finish,
            prompt_tokens=self._prompt_tokens,
            cached_tokens=self._cached_tokens,
            generated_tokens=self._generated_tokens,
            prefill_ms=(first - self._start) * 1000,
            decode_ms=(now - first) * 1000,
        )
