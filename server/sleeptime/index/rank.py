"""How central each file is, which files begin a program, and which are tests."""

import re

from sleeptime.core.ports import Outlines
from sleeptime.index.lookup import Lookup
from sleeptime.index.modules import Modules

_DAMPING = 0.85
_ROUNDS = 50
_PRECISION = 1e-8
_TEST_DIRECTORY = re.compile(r"(?:^|/)(?:tests?|testing|__tests__|specs?|e2e|testdata)/", re.IGNORECASE)
_TEST_FILE = re.compile(
    r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|[^/]*[._-](?:test|spec)|[^/]*Tests?|conftest|[^/]*_spec)\.[A-Za-z]+$"
)

_ASIDE = re.compile(r"(^|/)(docs?|examples?|samples?|benchmarks?|scripts?|tools|vendor|third_party)/")


def is_test_path(path: str) -> bool:
    """Whether a file is a test, or there for tests, by the names that its language's tools look for."""
    return bool(_TEST_DIRECTORY.search(path) or _TEST_FILE.search(path))


def is_stub(path: str, outlines: Outlines) -> bool:
    """Whether a file declares again, for type checkers, what the source beside it defines (PEP 484's stub files)."""
    return path.endswith(".pyi") and outlines.outline(path.removesuffix("i")) is not None


def is_aside(path: str) -> bool:
    """Whether a file stands in a folder that uses what the repository makes rather than makes it."""
    return _ASIDE.search(path) is not None


def rank(outlines: Outlines) -> dict[str, float]:
    """PageRank over files: an edge to each file that is imported, weighted by how often its names are used.
    The ranks sum to 1; an empty repository has none.
    """
    paths = list(outlines.paths())
    if not paths:
        return {}
    position = {path: index for index, path in enumerate(paths)}
    modules = Modules(paths)
    edges = [(position[path], _weights(path, outlines, modules, position)) for path in paths]
    return dict(zip(paths, _page_rank(len(paths), edges), strict=True))


def _weights(path: str, outlines: Outlines, modules: Modules, position: dict[str, int]) -> dict[int, float]:
    """By the place of an imported file: the share of this file's uses that go there."""
    outline = outlines.outline(path)
    if outline is None:
        return {}
    lookup = Lookup(outline)
    weights: dict[int, float] = {}
    for name, imports in lookup.imports.items():
        uses = 1 + len(lookup.references.get(name, ())) + len(lookup.receivers.get(name, ()))
        for found in imports:
            targets = [p for p in modules.resolve(path, outline.language, found).files if p != path]
            for target in targets:
                place = position[target]
                weights[place] = weights.get(place, 0.0) + uses / len(targets)
    total = sum(weights.values())
    return {place: weight / total for place, weight in weights.items()}


def _page_rank(count: int, edges: list[tuple[int, dict[int, float]]]) -> list[float]:
    """Power iteration; plain lists, since the graph is sparse and importing a matrix library takes longer."""
    ranks = [1.0 / count] * count
    for _ in range(_ROUNDS):
        idle = sum(ranks[source] for source, weights in edges if not weights)
        base = (1.0 - _DAMPING + _DAMPING * idle) / count
        following = [base] * count
        for source, weights in edges:
            flow = _DAMPING * ranks[source]
            for target, weight in weights.items():
                following[target] += flow * weight
        moved = sum(abs(new - old) for new, old in zip(following, ranks, strict=True))
        ranks = following
        if moved < _PRECISION:
            break
    total = sum(ranks)
    return [value / total for value in ranks]
