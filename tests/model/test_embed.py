"""The real embedder: unit vectors, in the order of the texts, near for like meaning."""

import threading

import numpy as np
import pytest

from sleeptime.core.errors import ModelError
from sleeptime.model import EMBEDDER, find, pull, require, spec_named
from sleeptime.model.embed import MiniLmEmbedder

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def embedder() -> MiniLmEmbedder:
    spec = spec_named(EMBEDDER)
    if find(spec) is None:
        pull(spec, lambda _done, _total, _text: None, threading.Event())
    return MiniLmEmbedder(require(spec))


def test_rows_have_length_one_and_like_meanings_are_near(embedder):
    vectors = embedder.embed(["where is the request pushed?", "push the request", "a ripe banana"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


def test_batching_changes_neither_order_nor_values(embedder):
    texts = [f"{'word ' * (number % 7)}text number {number}" for number in range(70)]
    together = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)


def test_no_texts_make_no_rows_and_an_empty_or_endless_text_makes_one(embedder):
    assert embedder.embed([]).shape == (0, 384)
    assert np.isfinite(embedder.embed(["", "word " * 5000])).all()


def test_a_folder_without_the_model_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        MiniLmEmbedder(tmp_path)
