"""Embeddings of short texts, by the text's hash: a text that was embedded once never is again."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from sleeptime.store.database import Database


class Vectors:
    """float32 rows of one embedder each; vectors of two embedders never mix."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, embedder: str, vectors: Mapping[str, np.ndarray]) -> None:
        """Store vectors of shape (dimensions,) by `keys.text_hash` of their texts."""
        with self._database.transaction():
            self._database.execute_many(
                "INSERT OR REPLACE INTO vectors (embedder, text_hash, data) VALUES (?, ?, ?)",
                ((embedder, key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()),
            )

    def get(self, embedder: str, text_hashes: Iterable[str]) -> dict[str, np.ndarray]:
        """The stored ones of these texts."""
        rows = self._database.rows(
            "SELECT text_hash, data FROM vectors WHERE embedder = ? AND text_hash IN (SELECT value FROM json_each(?))",
            (embedder, msgspec.json.encode(list(text_hashes)).decode()),
        )
        return {key: np.frombuffer(data, dtype="<f4") for key, data in rows}

    def all(self, embedder: str) -> tuple[list[str], np.ndarray]:
        """Every text's hash and one matrix of shape (texts, dimensions), rows in the same order."""
        rows = self._database.rows("SELECT text_hash, data FROM vectors WHERE embedder = ?", (embedder,))
        if not rows:
            return [], np.zeros((0, 0), dtype="<f4")
        matrix = np.frombuffer(b"".join(data for _, data in rows), dtype="<f4").reshape(len(rows), -1)
        return [key for key, _ in rows], matrix
