"""Running a causal network: prefill in chunks, several answers decoded together, and ending within a layer."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from sleeptime.core.ports import ChatRequest, Finish
from sleeptime.model.choosing import Chooser
from sleeptime.model.prefixes import Kept, Layers, cropped
from sleeptime.model.spoken import Spoken

CHUNK_TOKENS = {"cuda": 2048, "mps": 512, "cpu": 128}
"""Prefill at a time. What a cancelled chunk computed is lost, so a chunk takes about a second at most."""


class Interrupted(Exception):  # noqa: N818  # no error: it carries what was computed before the cancellation
    """Raised inside the network's layers once the answer is cancelled."""


class Row:
    """One answer of a batch. `suffix` are its prompt's tokens after what the batch shares."""

    def __init__(self, request: ChatRequest, suffix: Sequence[int], chooser: Chooser, spoken: Spoken) -> None:
        self.finish: Finish | None = None
        self.suffix = suffix
        self.last = -1
        self.ended_at = 0.0
        self._chooser = chooser
        self.spoken = spoken
        self._max_tokens = request.max_tokens

    def take(self, logits: Any, ends: frozenset[int]) -> None:
        """Choose the next token from logits of shape (vocabulary,)."""
        self.last = self._chooser.next_token(logits)
        if self.last in ends:
            self.finish = "stop"
            return
        self.spoken.add(self.last)
        if self.spoken.stopped or self._chooser.complete:
            self.finish = "stop"
        elif self.spoken.tokens >= self._max_tokens:
            self.finish = "length"


class Decoder:
    """A network with what it takes to run it. Not safe for two threads at once."""

    def __init__(self, network: Any, device: str, ends: frozenset[int]) -> None:
        self._network = network
        self._device = device
        self._ends = ends

    @contextlib.contextmanager
    def interruptible(self, cancel: threading.Event) -> Iterator[None]:
        """Within, `Interrupted` is raised before the next layer once `cancel` is set: some milliseconds on a CPU."""
        import torch

        def check(*_args: Any) -> None:
            if cancel.is_set():
                raise Interrupted

        layers = self._network.get_decoder().layers
        hooks = [layer.register_forward_pre_hook(check) for layer in layers]
        try:
            with torch.inference_mode():
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def extended(self, state: Kept, tokens: Sequence[int]) -> Iterator[Kept]:
        """The state after each further chunk of `tokens`; the last one has seen all."""
        import torch

        cache, done = _cache(state.layers, 1), len(state.tokens)
        size = CHUNK_TOKENS[self._device]
        for start in range(done, len(tokens), size):
            chunk = tokens[start : start + size]
            end = start + len(chunk)
            mask = torch.ones(1, end, dtype=torch.long, device=self._network.device)  # (1, tokens so far)
            self._forward(cache, torch.tensor([chunk]), mask)
            yield Kept(tuple(tokens[:end]), _layers(cache))

    def begin(self, state: Kept, rows: Sequence[Row]) -> tuple[Any, Any, Any]:
        """The shared state forked for all rows, their suffixes computed: cache, mask (rows, tokens), and logits
        (rows, vocabulary). Shorter suffixes have padding in front, which the mask hides.
        """
        import torch

        shared, width = len(state.tokens), max(len(row.suffix) for row in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), shared + width, dtype=torch.long)
        mask[:, :shared] = 1
        for at, row in enumerate(rows):
            ids[at, width - len(row.suffix) :] = torch.tensor(row.suffix)
            mask[at, shared + width - len(row.suffix) :] = 1
        cache, logits, size = _cache(state.layers, len(rows)), None, CHUNK_TOKENS[self._device]
        mask = mask.to(self._network.device)
        for start in range(0, width, size):
            chunk = ids[:, start : start + size]
            logits = self._forward(cache, chunk, mask[:, : shared + start + chunk.shape[1]])
        return cache, mask, logits

    def decode(self, rows: Sequence[Row], cache: Any, mask: Any, logits: Any) -> Iterator[Sequence[Row]]:
        """Decode until every row has ended; yields the rows that just did."""
        import torch

        active = list(rows)
        while True:
            for row, scores in zip(active, logits, strict=True):
                row.take(scores, self._ends)
            going = [at for at, row in enumerate(active) if row.finish is None]
            if len(going) < len(active):
                yield [row for row in active if row.finish]
                if not going:
                    return
                index = torch.tensor(going)  # on the CPU: layers may lie on several GPUs
                cache.batch_select_indices(index)
                mask, active = mask[index], [active[at] for at in going]
            mask = torch.cat([mask, mask.new_ones(len(active), 1)], dim=1)
            logits = self._forward(cache, torch.tensor([[row.last] for row in active]), mask)

    def _forward(self, cache: Any, ids: Any, mask: Any) -> Any:
        """Logits (rows, vocabulary) after ids (rows, new tokens); mask is (rows, old and new tokens)."""
        places = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]  # padding takes up no position
        return self._network(
            input_ids=ids.to(self._network.device),
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]


def _cache(layers: Layers, rows: int) -> Any:
    """A cache of transformers for `rows` answers that begin with these states of batch 1. Made without the network's
    configuration: a sliding window is then a matter of the mask, and any prefix of the state can be used again.
    """
    from transformers import DynamicCache

    if not layers:
        return DynamicCache()
    return DynamicCache([(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)) for keys, values in layers])


def _layers(cache: Any) -> Layers:
    return tuple((layer.keys, layer.values) for layer in cache.layers)


def whole(state: Kept) -> Kept:
    """A state cut to its tokens, whatever an interrupted layer has added."""
    return Kept(state.tokens, cropped(state.layers, len(state.tokens)))
