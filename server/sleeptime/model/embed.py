"""Sentence vectors from all-MiniLM-L6-v2 through transformers and torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sleeptime.core.errors import ModelError

_BATCH = 32
_MAX_TOKENS = 128
"""Longer texts are cut. On two cores 280 short texts a second fell to 14 at 256 tokens, and what is embedded here is
short by design: a name, a signature, the first line of a docstring, a summary (HOUSE.md)."""
_DIMENSIONS = 384


class MiniLmEmbedder:
    """Unit vectors for short texts. Loads its weights at once; calls block, so make them from a thread."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        """`threads` 0 leaves torch's own number, which belongs to the whole process.

        Raises:
            ModelError: the folder does not hold the model.
        """
        import torch
        from tokenizers import Tokenizer
        from transformers import BertModel
        from transformers.utils import logging

        logging.disable_progress_bar()
        if threads:
            torch.set_num_threads(threads)
        try:
            self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text("utf-8"))
            self._model = BertModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedder in {folder} cannot be loaded: {error}.", "Run `sleeptime model pull all-minilm-l6-v2`."
            ) from error
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.enable_padding()

    @property
    def name(self) -> str:
        """Part of the key of every stored vector."""
        return "all-minilm-l6-v2-f32"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """float32 of shape (len(texts), 384), rows of length one."""
        vectors = np.zeros((len(texts), _DIMENSIONS), np.float32)
        # Texts of like length share a batch, so that little is computed for padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            vectors[rows] = self._batch([texts[row] for row in rows])
        return vectors

    def _batch(self, texts: list[str]) -> np.ndarray:
        import torch

        encoded = self._tokenizer.encode_batch(texts)
        ids = torch.tensor([text.ids for text in encoded])  # (texts, tokens)
        mask = torch.tensor([text.attention_mask for text in encoded])  # (texts, tokens)
        with torch.inference_mode():
            states = self._model(input_ids=ids, attention_mask=mask).last_hidden_state  # (texts, tokens, 384)
            weights = mask.unsqueeze(-1)  # (texts, tokens, 1)
            means = (states * weights).sum(1) / weights.sum(1)  # (texts, 384)
            unit: np.ndarray = torch.nn.functional.normalize(means, dim=1).numpy()
        return unit
