"""Any causal chat model through transformers and torch: the engine for machines with a GPU."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from sleeptime.core.errors import ModelError
from sleeptime.core.ports import ChatRequest, ChatResult, Message, OnText, discard
from sleeptime.model.asked import defused, require_room
from sleeptime.model.choosing import Chooser, json_vocabulary
from sleeptime.model.decoder import Decoder, Interrupted, Row
from sleeptime.model.prefixes import Kept, PrefixCache, common_prefix
from sleeptime.model.spoken import Spoken
from sleeptime.model.turns import its_turn
from sleeptime.model.weights import Device, Quantisation, load

OnRowText = Callable[[int, str], None]
"""Which of several requests, and its next piece."""

_LEAST_CONTEXT_TOKENS = 1024


def discard_row(_row: int, _text: str) -> None:
    """An `on_text` for callers of `chat_many` that only want the results."""


def _shifted(on_text: OnRowText, first: int) -> OnRowText:
    return lambda row, text: on_text(first + row, text)


class Options(msgspec.Struct, frozen=True):
    """`cache_bytes` bounds the KV caches that are kept; `batch_rows` how many answers are decoded together; `threads`
    0 leaves torch's own number, which belongs to the whole process.
    """

    context_tokens: int = 8192
    quantisation: Quantisation = "none"
    device: Device | None = None
    threads: int = 0
    cache_bytes: int = 512 * 1024**2
    batch_rows: int = 8


class TransformersModel:
    """A chat model inside this process. Requests take turns; the state after a prompt is kept, and the next prompt
    computes only what differs. `chat_many` decodes several questions about one text together.
    """

    def __init__(self, place: Path, *, name: str, options: Options | None = None) -> None:
        """Load a folder or a GGUF file: this blocks for seconds to minutes.

        Raises:
            ModelMissingError: there is nothing at `place`.
            ModelError: it cannot be loaded.
        """
        import torch

        options = options or Options()
        if options.threads:
            torch.set_num_threads(options.threads)
        loaded = load(place, options.quantisation, options.device)
        self._name = f"{name}-{loaded.precision}"
        self._tokenizer = loaded.tokenizer
        self._config = loaded.network.config.get_text_config()
        trained_tokens = getattr(self._config, "max_position_embeddings", options.context_tokens)
        self._context_tokens = min(options.context_tokens, trained_tokens)
        self._batch_rows = options.batch_rows
        self._decoder: Decoder | None = Decoder(loaded.network, loaded.device, _ends(loaded.network, self._tokenizer))
        self._prefixes = PrefixCache(options.cache_bytes)
        self._vocabulary: Any = None
        self._turn_lock = threading.Lock()

    @property
    def name(self) -> str:
        """The name given, and the precision: other roundings are other answers."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Prompt and answer together may not exceed this; it shrinks when memory does not suffice."""
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, without special ones."""
        return len(self._tokenizer(defused(text), add_special_tokens=False)["input_ids"])

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        """Answer as `Model.chat` says. When cancelled it returns before the next layer is computed.

        Raises:
            ContextOverflowError: prompt and `max_tokens` exceed `context_tokens`.
            ModelError: memory does not suffice, or the JSON schema cannot be followed.
        """
        return self.chat_many([request], cancel, lambda _row, text: on_text(text))[0]

    @property
    def together(self) -> int:
        """What one batch holds; fewer once memory did not suffice."""
        return self._batch_rows

    def chat_many(
        self, requests: Sequence[ChatRequest], cancel: threading.Event, on_text: OnRowText = discard_row
    ) -> tuple[ChatResult, ...]:
        """Answer several requests, best about one text: what their prompts begin with alike is computed once, and
        they decode together. Errors are those of `chat`, and of the first request that has one.
        """
        prompts = [self._prompt(request) for request in requests]
        results: list[ChatResult] = []
        with its_turn(self._turn_lock, cancel) as mine:
            while len(results) < len(requests):
                first = len(results)
                rows = slice(first, first + self._batch_rows)
                turn = _Turn(requests[rows], prompts[rows], _shifted(on_text, first))
                if not mine:
                    turn = _Turn(requests[first:], prompts[first:], on_text)
                elif not self._fits_memory(turn, cancel):
                    continue  # with fewer rows
                results += turn.results()
        return tuple(results)

    def _fits_memory(self, turn: "_Turn", cancel: threading.Event) -> bool:
        """Answer; False if memory did not suffice and a smaller batch may."""
        try:
            self._answer(turn, cancel)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        else:
            return True
        self._prefixes.clear()
        _give_back_memory()
        if len(turn.prompts) > 1:
            self._batch_rows = len(turn.prompts) // 2
            return False
        raise self._too_large(len(turn.prompts[0]) + turn.requests[0].max_tokens)

    def _too_large(self, tokens: int) -> ModelError:
        needs = tokens * _kv_bytes(self._config)
        while self._context_tokens >= tokens and self._context_tokens > _LEAST_CONTEXT_TOKENS:
            self._context_tokens //= 2
        return ModelError(
            f"Memory does not suffice for {tokens} tokens with {self._name}: besides the weights they need about "
            f"{needs / 1e9:.1f} GB free. From now on it has room for {self._context_tokens}.",
            "Set model.quantisation to 4bit, choose a smaller model, or lower model.context_tokens.",
        )

    def _answer(self, turn: "_Turn", cancel: threading.Event) -> None:
        decoder = self._open_decoder()
        turn.restart(self._rows(turn, shared := _shared(turn.prompts)))
        with contextlib.suppress(Interrupted), decoder.interruptible(cancel):
            state = self._prefilled(decoder, turn, turn.prompts[0][:shared])
            started = decoder.begin(state, turn.rows)
            turn.first_token_at = time.perf_counter()
            for ended in decoder.decode(turn.rows, *started):
                turn.end(ended)
        turn.end(turn.rows)

    def _prefilled(self, decoder: Decoder, turn: "_Turn", tokens: Sequence[int]) -> Kept:
        """The state after `tokens`, kept; of an interrupted prefill what is done is kept."""
        state = self._prefixes.fork(tokens)
        turn.cached_tokens = len(state.tokens)
        try:
            for longer in decoder.extended(state, tokens):
                state = longer
                turn.cached_if_shared = len(state.tokens)
        finally:
            if len(state.tokens) > turn.cached_tokens:
                self._prefixes.keep(state)
        turn.cached_if_shared = len(state.tokens)
        return state

    def _rows(self, turn: "_Turn", shared: int) -> list[Row]:
        rows = []
        for at, (request, prompt) in enumerate(zip(turn.requests, turn.prompts, strict=True)):
            if request.json_schema and self._vocabulary is None:
                self._vocabulary = json_vocabulary(self._tokenizer)
            spoken = Spoken(self._text, request.stop, partial(turn.on_text, at))
            rows.append(Row(request, prompt[shared:], Chooser(request, self._vocabulary), spoken))
        return rows

    def _text(self, ids: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def _prompt(self, request: ChatRequest) -> list[int]:
        tokens = prompt_tokens(self._tokenizer, request.messages)
        require_room(self._name, len(tokens), request.max_tokens, self._context_tokens)
        return tokens

    def _open_decoder(self) -> Decoder:
        if self._decoder is None:
            raise ModelError(f"{self._name} was closed.")
        return self._decoder

    def close(self) -> None:
        """Free the weights, after the answer that is under way. Calling it twice is fine."""
        with self._turn_lock:
            self._decoder = None
            self._prefixes.clear()
        _give_back_memory()


class _Turn:
    """One batch: what is asked, and what it cost."""

    def __init__(self, requests: Sequence[ChatRequest], prompts: Sequence[list[int]], on_text: OnRowText) -> None:
        self.requests, self.prompts, self.on_text = requests, prompts, on_text
        self.restart([])

    def restart(self, rows: list[Row]) -> None:
        self.rows = rows
        self.cached_tokens = self.cached_if_shared = 0
        self._start = time.perf_counter()
        self.first_token_at: float | None = None

    def end(self, rows: Sequence[Row]) -> None:
        """Note the time for rows that have ended, or will not go on."""
        for row in rows:
            if not row.ended_at:
                row.spoken.flush()
                row.ended_at = time.perf_counter()

    def results(self) -> list[ChatResult]:
        """In the order of the requests. What the batch shares counts as computed for its first one only."""
        if not self.rows:
            return [ChatResult("", "cancelled", len(prompt), 0, 0, 0.0, 0.0) for prompt in self.prompts]
        return [self._result(at) for at in range(len(self.rows))]

    def _result(self, at: int) -> ChatResult:
        row = self.rows[at]
        first = self.first_token_at or row.ended_at
        return ChatResult(
            text=row.spoken.text,
            finish=row.finish or "cancelled",
            prompt_tokens=len(self.prompts[at]),
            cached_tokens=self.cached_if_shared if at else self.cached_tokens,
            generated_tokens=row.spoken.tokens,
            prefill_ms=(first - self._start) * 1000,
            decode_ms=(row.ended_at - first) * 1000,
        )


def prompt_tokens(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The messages through the model's own template, with exactly one BOS if the model wants one: some templates write
    it and some tokenizers add it.
    """
    from jinja2 import TemplateError

    turns = [{"role": turn.role, "content": defused(turn.content)} for turn in messages]
    try:
        tokens = _templated(tokenizer, turns)
    except TemplateError:  # some templates know no system text: it then opens the user's first turn
        tokens = _templated(tokenizer, _without_system(turns))
    bos = tokenizer.bos_token_id
    start = next((at for at, token in enumerate(tokens) if token != bos), len(tokens))
    wanted = bos is not None and (start > 0 or tokenizer("")["input_ids"][:1] == [bos])
    return [bos, *tokens[start:]] if wanted else tokens[start:]


def _templated(tokenizer: Any, turns: list[dict[str, str]]) -> list[int]:
    tokens = tokenizer.apply_chat_template(turns, tokenize=True, add_generation_prompt=True, return_dict=False)
    return list(tokens)


def _without_system(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    if not turns or turns[0]["role"] != "system" or len(turns) == 1:
        return turns
    system, user, *rest = turns
    return [{"role": "user", "content": f"{system['content']}\n\n{user['content']}"}, *rest]


def _shared(prompts: Sequence[list[int]]) -> int:
    """How many tokens all prompts begin with; the last of each is always computed, for its logits are needed."""
    return min(min(common_prefix(prompts[0], other), len(other) - 1) for other in prompts)


def _ends(network: Any, tokenizer: Any) -> frozenset[int]:
    ends = network.generation_config.eos_token_id
    known = ends if isinstance(ends, list) else [ends]
    return frozenset(end for end in [*known, tokenizer.eos_token_id] if end is not None)


def _kv_bytes(config: Any) -> int:
    """Of one token: keys and values of every layer, and as much again while a cache is being copied."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    bytes_each = getattr(config.dtype, "itemsize", 4)
    return int(4 * config.num_hidden_layers * heads * size * bytes_each)


def is_out_of_memory(error: BaseException) -> bool:
    """For GPUs torch has a type; on a CPU the allocator's sentence is all there is."""
    import torch

    words = ("can't allocate memory", "not enough memory", "out of memory")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(word in str(error) for word in words)


def _give_back_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
