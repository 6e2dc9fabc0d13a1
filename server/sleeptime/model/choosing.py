"""Choosing the next token of one answer: greedy or sampled by its own seed, within a JSON schema if it has one."""

from typing import Any

import numpy as np

from sleeptime.core.errors import ModelError
from sleeptime.core.ports import ChatRequest


class Chooser:
    """One answer's choices. `tokenizer` is that of transformers; `vocabulary` what llguidance made of it, if needed."""

    def __init__(self, request: ChatRequest, vocabulary: Any) -> None:
        """Raises:
        ModelError: the request's JSON schema cannot be followed.
        """
        import torch

        self._temperature = request.temperature
        self._generator = torch.Generator().manual_seed(request.seed)
        self._matcher: Any = _matcher(request.json_schema, vocabulary) if request.json_schema else None
        self._vocabulary = vocabulary

    @property
    def complete(self) -> bool:
        """Whether the JSON is finished."""
        return self._matcher is not None and bool(self._matcher.is_stopped())

    def next_token(self, logits: Any) -> int:
        """From logits of shape (vocabulary,)."""
        import torch

        scores = logits.float().cpu()  # sampled on the CPU, so that a seed means the same on every device
        if self._matcher is not None:
            scores = self._allowed(scores)
        if self._temperature <= 0:
            token = int(scores.argmax())
        else:
            odds = torch.softmax(scores / self._temperature, dim=-1)
            token = int(torch.multinomial(odds, 1, generator=self._generator))
        if self._matcher is not None:
            self._matcher.consume_token(token)
        return token

    def _allowed(self, scores: Any) -> Any:
        import llguidance.numpy as masks
        import torch

        size = self._vocabulary.vocab_size
        bits = masks.allocate_token_bitmask(1, size)  # int32 (1, vocabulary / 32)
        masks.fill_next_token_bitmask(self._matcher, bits, 0)
        allowed = np.unpackbits(bits.view(np.uint8), bitorder="little")[:size]  # (vocabulary,)
        # Networks pad their vocabulary with unused rows, which are cut off.
        return scores[:size].masked_fill(torch.from_numpy(allowed) == 0, float("-inf"))


def json_vocabulary(tokenizer: Any) -> Any:
    """The tokenizer as llguidance needs it (0.4 s for 32,768 tokens)."""
    import llguidance.hf

    return llguidance.hf.from_tokenizer(tokenizer)


def _matcher(schema: str, vocabulary: Any) -> Any:
    import llguidance

    try:
        # Without free white space: a small model may write it for ever.
        grammar = llguidance.LLMatcher.grammar_from_json_schema(schema, overrides={"whitespace_flexible": False})
        matcher = llguidance.LLMatcher(vocabulary, grammar)
    except ValueError as error:
        raise ModelError(f"The JSON schema of a request cannot be followed: {error}.") from error
    if said := matcher.get_error():
        raise ModelError(f"The JSON schema of a request cannot be followed: {said}.")
    return matcher
