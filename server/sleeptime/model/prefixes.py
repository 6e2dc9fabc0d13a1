"""KV caches of prompts, kept so that the next question about the same text computes only what differs."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

Layers = tuple[tuple[Any, Any], ...]
"""Keys and values of each layer, both of shape (batch, heads, tokens, head_dim)."""


class Kept(Struct, frozen=True):
    """The state after `tokens`; layers have batch 1."""

    tokens: tuple[int, ...]
    layers: Layers

    @property
    def size_bytes(self) -> int:
        """What the tensors take."""
        return sum(int(part.nbytes) for layer in self.layers for part in layer)


class PrefixCache:
    """The states last used, within `limit_bytes`. Tensors are never changed: a fork is a view, which the first token
    appended to it copies.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[tuple[int, ...], Kept] = OrderedDict()

    @property
    def size_bytes(self) -> int:
        """What all kept states take."""
        return sum(kept.size_bytes for kept in self._kept.values())

    def fork(self, tokens: Sequence[int]) -> Kept:
        """The longest kept state that `tokens` begins with, possibly of no token. It counts as used."""
        best, shared = None, 0
        for kept in self._kept.values():
            if (same := common_prefix(kept.tokens, tokens)) > shared:
                best, shared = kept, same
        if best is None:
            return Kept((), ())
        self._kept.move_to_end(best.tokens)
        return Kept(best.tokens[:shared], cropped(best.layers, shared))

    def keep(self, state: Kept) -> None:
        """Remember a state. One that shares most of its tokens with it makes room: it was another question about the
        same text.
        """
        for tokens in list(self._kept):
            if 2 * common_prefix(tokens, state.tokens) > len(tokens):
                del self._kept[tokens]
        self._kept[state.tokens] = state
        size_bytes = self.size_bytes
        while size_bytes > self._limit_bytes and self._kept:
            _, dropped = self._kept.popitem(last=False)
            size_bytes -= dropped.size_bytes

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


def cropped(layers: Layers, tokens: int) -> Layers:
    """Views of the first `tokens` positions: (batch, heads, tokens, head_dim)."""
    return tuple((keys[:, :, :tokens], values[:, :, :tokens]) for keys, values in layers)


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same
