"""Search by words (BM25 over names split by case and underscore, docstrings, comments, headings, and answers) and by
meaning (cosines of embeddings). `answer/find.py` fuses the two.
"""

from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct

from sleeptime.core.types import Symbol, Target, level_of
from sleeptime.store.database import Database
from sleeptime.store.encoding import SYMBOL_BITS, decode_symbols
from sleeptime.store.modules import Modules
from sleeptime.store.vectors import Vectors
from sleeptime.store.words import words_query


class Hit(Struct, frozen=True):
    """Something that matches. A higher `score` is better; scores of code and of answers do not compare.
    `key` is the answer's key, or "".
    """

    kind: Literal["code", "answer"]
    target: Target
    score: float
    key: str = ""


class Search:
    """Finds targets by words; proposes candidates, decides nothing."""

    def __init__(self, database: Database, modules: Modules, vectors: Vectors) -> None:
        self._database = database
        self._modules = modules
        self._vectors = vectors

    def code(self, worktree: str, text: str, limit: int = 20) -> list[Hit]:
        """Symbols and modules of a worktree that share words with `text`, best first."""
        query = words_query(text)
        if not query:
            return []
        # A name counts twice. Over 174 questions about two repositories, weights from 1 to 6 moved recall by 0.02.
        # What sleep has read in full is found by that, and only the rest by what parsing alone could tell.
        found = """SELECT rowid, bm25(bodies, 2.0, 1.0) AS rank FROM bodies WHERE bodies MATCH ?2
            UNION ALL
            SELECT rowid, bm25(symbol_words, 2.0, 1.0, 1.0, 1.0) AS rank FROM symbol_words
            WHERE symbol_words MATCH ?2 AND NOT EXISTS (
                SELECT 1 FROM bodies WHERE bodies.rowid
                BETWEEN symbol_words.rowid & ~?1 AND symbol_words.rowid | ?1)"""
        return self._symbols(found, worktree, query, limit)

    def named(self, worktree: str, text: str, limit: int = 20) -> list[Hit]:
        """Symbols whose own names have words of `text`, those with the fewest others first: names, not what is said."""
        query = words_query(text)
        if not query:
            return []
        found = """SELECT rowid, bm25(symbol_words, 1.0, 0.0, 0.0, 0.0) AS rank FROM symbol_words
            WHERE symbol_words MATCH ?2"""
        return self._symbols(found, worktree, f"name : ({query})", limit)

    def _symbols(self, found: str, worktree: str, query: str, limit: int) -> list[Hit]:
        """The symbols whose rows `found` selects, with their rank; in it ?1 is the mask of a symbol's number in a file
        and ?2 the query.
        """
        rows = self._database.rows(
            f"""SELECT path, found.rowid & ?1, -found.rank AS score, data FROM files
            JOIN ({found}) AS found ON files.outline = found.rowid >> ?3
            JOIN outlines ON outlines.id = files.outline
            WHERE worktree = ?4 ORDER BY score DESC, path LIMIT ?5""",  # noqa: S608  # `found` is written above
            ((1 << SYMBOL_BITS) - 1, query, SYMBOL_BITS, self._modules.worktree_id(worktree), limit),
        )
        symbols: dict[str, tuple[Symbol, ...]] = {}
        hits: list[Hit] = []
        for path, number, score, data in rows:
            if path not in symbols:
                symbols[path] = decode_symbols(data)
            hits.append(Hit("code", _target(path, symbols[path], number - 1), score))
        return hits

    def near(self, worktree: str, embedder: str, vector: np.ndarray, limit: int = 20) -> list[Hit]:
        """Symbols and modules whose short texts mean most nearly what `vector` does, best first; [] before sleep has
        embedded any. `embedder` is `Embedder.name`.
        """
        found = self._vectors.nearest(embedder, worktree, vector, limit)
        symbols = self._symbols_of({path for (path, _), _ in found}, worktree)
        return [Hit("code", _target(path, symbols[path], index), cosine) for (path, index), cosine in found]

    def _symbols_of(self, paths: set[str], worktree: str) -> dict[str, tuple[Symbol, ...]]:
        id_ = self._modules.worktree_id(worktree)
        rows = self._database.rows(
            """SELECT path, data FROM files JOIN outlines ON outlines.id = files.outline
            WHERE worktree = ? AND path IN (SELECT value FROM json_each(?))""",
            (id_, msgspec.json.encode(sorted(paths)).decode()),
        )
        return {path: decode_symbols(data) for path, data in rows}

    def answers(self, text: str, limit: int = 20) -> list[Hit]:
        """Answers whose question or text shares words with `text`, best first, of any worktree and version."""
        query = words_query(text)
        if not query:
            return []
        rows = self._database.rows(
            """SELECT key, level, path, symbol, -found.rank FROM answers
            JOIN (SELECT rowid, bm25(answer_words, 3.0, 1.0) AS rank
                  FROM answer_words WHERE answer_words MATCH ?) AS found ON answers.id = found.rowid
            ORDER BY found.rank, key LIMIT ?""",
            (query, limit),
        )
        return [Hit("answer", Target(level, path, symbol), score, key) for key, level, path, symbol, score in rows]


def _target(path: str, symbols: tuple[Symbol, ...], index: int) -> Target:
    if index < 0:
        return Target("module", path)
    symbol = symbols[index]
    return Target(level_of(symbol), path, symbol.qualified_name)
