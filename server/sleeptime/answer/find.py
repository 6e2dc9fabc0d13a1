"""Finds what a question may be about: by words and by meaning, fused by file, and then by what the graph joins to it.

Measured by tests/bench/bench_search.py. The constants were chosen on plateaus, while the questions about requests and
about flask were both looked at: neither repository is a clean check of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from sleeptime.core.types import Target
from sleeptime.index import PROSE, Graph, Sources, code_names, is_test_path
from sleeptime.store import Hit, Store

WORD_HITS = 300
NEAR_HITS = 100
"""How far down each list is looked."""

UNIT_HITS = 60
"""How many of each list may be shown themselves; those further down only speak for their file."""

DECAY = 0.5
"""A file's second hit counts half, its third a quarter: one long file does not win by its length."""

EXPANDED = 40
"""Hits whose callers, callees, kin and named definitions are looked at; 20 found less in every set, 60 not more."""

CALLER_WEIGHT, CALLEE_WEIGHT, KIN_WEIGHT = 0.3, 0.2, 0.2
"""What a hit gives to the files of its callers, of what it calls, and of the classes it extends or is extended by."""

NAMED_WEIGHT = 0.3
"""What a hit in documentation gives to the files that define what it names: 0.2 to 0.4 raised recall where there is
documentation (by 0.02 on the deep, 0.04 on the short questions about flask), nothing where there is hardly any.
"""

COMMON_NAME = 3
"""A name that more files define is no sign of any of them."""

DOC_WEIGHT, TEST_WEIGHT = 0.7, 0.5
"""Of a hit in documentation and in a test, against source: tests repeat every name. A question that is about tests
takes them at full weight.
"""

NEIGHBOURS = 50
"""Callers and callees looked at for each hit."""

_ABOUT_TESTS = re.compile(r"\b[Tt]est(s|ed|ing)?\b|\btest_|\bTest[A-Z]|\bfixtures?\b")


class Vector(Struct, frozen=True):
    """A question's embedding, of shape (dimensions,), and the name of what made it."""

    embedder: str
    values: np.ndarray


Embed = Callable[[str], Vector | None]
"""The embedding of a question; None where that cannot be had."""


def no_vector(_question: str) -> None:
    """An `Embed` for where there is no embedder: words alone are searched."""


class Found(Struct, frozen=True):
    """`targets` best first: the best of each file in the files' order, then what else matches."""

    files: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()


class Finder:
    """Searches one worktree."""

    def __init__(self, store: Store, worktree: str, graph: Graph, sources: Sources) -> None:
        self._store = store
        self._worktree = worktree
        self._graph = graph
        self._sources = sources

    def find(self, question: str, vector: Vector | None = None) -> Found:
        """What may bear on the question."""
        lists = [self._store.search.code(self._worktree, question, WORD_HITS)]
        if vector is not None:
            near = self._store.search.near(self._worktree, vector.embedder, vector.values, NEAR_HITS)
            lists.append(_above_the_last(near))
        weigh = _weigher(question)
        units = _fused_units(lists, weigh)
        files = _scaled(_fused_files(lists, weigh))
        for path, score in self._joined(units[:EXPANDED], weigh).items():
            files[path] = files.get(path, 0.0) + score
        ranked = tuple(sorted(files, key=lambda path: (-files[path], path)))
        return Found(ranked, _ordered(ranked, [target for target, _ in units]))

    def _joined(self, units: Sequence[tuple[Target, float]], weigh: Callable[[str], float]) -> dict[str, float]:
        """What the hits give to files that use them, that they use or name, and that hold their kin."""
        given: defaultdict[str, float] = defaultdict(float)
        for target, score in units:
            for weight, paths in self._beside(target):
                others = [path for path in paths if path != target.path]
                for path in others:
                    given[path] += weight * score / units[0][1] / len(others) * weigh(path)
        return given

    def _beside(self, target: Target) -> Iterator[tuple[float, list[str]]]:
        """The files joined to a hit, once for each thing there that joins them, with the weight of such a joint."""
        if target.path.endswith(PROSE):
            yield NAMED_WEIGHT, self._named(target)
        elif target.symbol and (facts := self._graph.facts(target, limit=NEIGHBOURS)) is not None:
            kin = (*facts.bases, *facts.subclasses, *facts.overrides, *facts.overridden_by)
            yield CALLER_WEIGHT, [use.path for use in facts.uses if not is_test_path(use.path)]
            yield CALLEE_WEIGHT, [use.target.path for use in facts.callees if not use.ambiguous]
            yield KIN_WEIGHT, [relative.path for relative in kin]

    def _named(self, section: Target) -> list[str]:
        """The source files that define what a section of documentation writes as code."""
        passage = self._sources.passage(section)
        names = code_names("\n".join(passage.lines)) if passage is not None else ()
        plain = dict.fromkeys(re.split(r"\W+", name.strip("`~.!()"))[-1] for name in names)
        return [path for name in plain for path in self._defining(name)]

    def _defining(self, name: str) -> list[str]:
        defined = self._sources.outlines.definitions(name)
        code = (path for path, symbol in defined if symbol.kind != "heading" and not is_test_path(path))
        files = list(dict.fromkeys(code))
        return files if len(files) <= COMMON_NAME else []


def _above_the_last(hits: Sequence[Hit]) -> list[Hit]:
    """Cosines counted from the lowest one: even unrelated texts are somewhat alike."""
    lowest = min((hit.score for hit in hits), default=0.0)
    return [Hit(hit.kind, hit.target, hit.score - lowest, hit.key) for hit in hits]


def _weigher(question: str) -> Callable[[str], float]:
    about_tests = _ABOUT_TESTS.search(question) is not None

    def weigh(path: str) -> float:
        if is_test_path(path):
            return 1.0 if about_tests else TEST_WEIGHT
        return DOC_WEIGHT if path.endswith(PROSE) else 1.0

    return weigh


def _fused_files(lists: Iterable[Sequence[Hit]], weigh: Callable[[str], float]) -> dict[str, float]:
    """Each file's decaying sum of its hits' scores, the lists made comparable by their best file."""
    fused: defaultdict[str, float] = defaultdict(float)
    for hits in lists:
        seen: Counter[str] = Counter()
        scores: defaultdict[str, float] = defaultdict(float)
        for hit in hits:
            path = hit.target.path
            scores[path] += hit.score * weigh(path) * DECAY ** seen[path]
            seen[path] += 1
        for path, score in _scaled(scores).items():
            fused[path] += score
    return fused


def _fused_units(lists: Iterable[Sequence[Hit]], weigh: Callable[[str], float]) -> list[tuple[Target, float]]:
    """The hits' targets with the sum of their scores, best first, the lists made comparable by their best hit."""
    fused: defaultdict[Target, float] = defaultdict(float)
    for hits in lists:
        best = max((hit.score for hit in hits), default=0.0) or 1.0
        for hit in hits[:UNIT_HITS]:
            fused[hit.target] += hit.score / best * weigh(hit.target.path)
    return sorted(fused.items(), key=lambda item: -item[1])


def _scaled(scores: Mapping[str, float]) -> dict[str, float]:
    best = max(scores.values(), default=0.0) or 1.0
    return {path: score / best for path, score in scores.items()}


def _ordered(files: Sequence[str], units: Sequence[Target]) -> tuple[Target, ...]:
    best: dict[str, Target] = {}
    for target in units:
        best.setdefault(target.path, target)
    first = [best.get(path, Target("module", path)) for path in files[:UNIT_HITS]]
    return tuple(dict.fromkeys([*first, *units]))
