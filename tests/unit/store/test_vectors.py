import numpy as np

from sleeptime.store import Store


def test_vectors_come_back_by_text_and_embedder(store: Store) -> None:
    one, two = np.array([1, 0, 0], dtype=np.float32), np.array([0, 0.5, 1], dtype=np.float32)
    store.vectors.put("mini", {"a": one, "b": two})
    store.vectors.put("other", {"a": two})
    found = store.vectors.get("mini", ["a", "c"])
    assert list(found) == ["a"]
    assert np.array_equal(found["a"], one)
    keys, matrix = store.vectors.all("mini")
    assert matrix.shape == (2, 3)
    assert np.array_equal(matrix[keys.index("b")], two)


def test_an_embedder_without_vectors_has_an_empty_matrix(store: Store) -> None:
    assert store.vectors.get("mini", []) == {}
    keys, matrix = store.vectors.all("mini")
    assert (keys, matrix.shape) == ([], (0, 0))
