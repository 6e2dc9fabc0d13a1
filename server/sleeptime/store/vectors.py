"""Embeddings of short texts, by the text's hash: a text that was embedded once never is again.

They are searched as one float32 matrix in memory. Measured with 384 dimensions on two cores, 20,000 texts: loaded from
these rows in 71 ms (100,000: 325 ms), the best 20 found in 1 to 2 ms (7 to 9 ms); as float16 half the room, but 18 ms
(102 ms). sqlite-vec 0.1.9 took 11 ms for 20,000, and is an extension that many a Python's sqlite3 is built not to load.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from sleeptime.store.database import Database
from sleeptime.store.modules import Modules

Place = tuple[str, int]
"""(path, index of a symbol in the file's outline; -1 is the file itself)."""


class Vectors:
    """float32 rows of one embedder each; vectors of two embedders never mix."""

    def __init__(self, database: Database, modules: Modules) -> None:
        self._database = database
        self._modules = modules
        self._lock = threading.Lock()
        self._loaded: tuple[object, list[Place], np.ndarray] | None = None

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
        return [key for key, _ in rows], _matrix([data for _, data in rows])

    def count(self) -> int:
        """How many texts have a vector, of any embedder."""
        row = self._database.row("SELECT count(*) FROM vectors")
        return row[0] if row else 0

    def missing(self, embedder: str, text_hashes: Sequence[str]) -> set[str]:
        """Those of these texts that were never embedded."""
        rows = self._database.rows(
            """SELECT value FROM json_each(?) WHERE value NOT IN (
                SELECT text_hash FROM vectors WHERE embedder = ?)""",
            (msgspec.json.encode(text_hashes).decode(), embedder),
        )
        return {key for (key,) in rows}

    def describe(self, worktree: str, path: str, texts: Mapping[int, str]) -> None:
        """Say which text (its hash) stands for which symbol of the content that `path` has now, in place of what was
        said before. Embed the texts first. Contents are shared: other worktrees that have it there know it too.
        """
        found = self._modules.stored_file(worktree, path)
        if found is None or texts == self._described(found.outline_id, path):
            return
        with self._database.transaction():
            self._database.execute("DELETE FROM described WHERE outline = ? AND path = ?", (found.outline_id, path))
            self._database.execute_many(
                "INSERT INTO described (outline, path, symbol, text_hash) VALUES (?, ?, ?, ?)",
                ((found.outline_id, path, symbol, key) for symbol, key in texts.items()),
            )

    def _described(self, outline_id: int, path: str) -> dict[int, str]:
        rows = self._database.rows(
            "SELECT symbol, text_hash FROM described WHERE outline = ? AND path = ?", (outline_id, path)
        )
        return dict(rows)

    def nearest(self, embedder: str, worktree: str, vector: np.ndarray, limit: int) -> list[tuple[Place, float]]:
        """The places of a worktree whose texts mean most nearly what `vector` does, with their cosines, best first."""
        places, matrix = self._of_worktree(embedder, worktree)
        if not places:
            return []
        cosines = matrix @ vector.astype("<f4")  # (texts,)
        few = min(limit, len(places))
        best = np.argpartition(-cosines, few - 1)[:few]
        return [(places[row], float(cosines[row])) for row in best[np.argsort(-cosines[best], kind="stable")]]

    def _of_worktree(self, embedder: str, worktree: str) -> tuple[list[Place], np.ndarray]:
        """Kept until files or texts change: loading is most of the time of a search."""
        last = self._database.row("SELECT max(id) FROM described")
        state = (embedder, worktree, self._modules.generation(worktree), last)
        with self._lock:
            if self._loaded is None or self._loaded[0] != state:
                rows = self._database.rows(
                    """SELECT files.path, symbol, data FROM files
                    JOIN described ON described.outline = files.outline AND described.path = files.path
                    JOIN vectors ON vectors.text_hash = described.text_hash AND embedder = ?
                    WHERE worktree = ? ORDER BY files.path, symbol""",
                    (embedder, self._modules.worktree_id(worktree)),
                )
                places = [(path, symbol) for path, symbol, _ in rows]
                self._loaded = (state, places, _matrix([data for *_, data in rows]))
            return self._loaded[1], self._loaded[2]


def _matrix(rows: Sequence[bytes]) -> np.ndarray:
    """Rows as one array of shape (rows, dimensions)."""
    if not rows:
        return np.zeros((0, 0), dtype="<f4")
    return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), -1)
