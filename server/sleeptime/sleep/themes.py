"""What is asked about the repository rather than about one of its files, and what such an answer is made from.

A theme is a concept (`index/concepts.py`), a question that the model proposed (`propose.py`), or one of the questions
that every newcomer has: how it is configured, tested, entered, how errors are handled, and what happens from start to
end when it does its work. An answer about a theme is written from the documentation's sections on it and its members'
own source, and is fresh as long as they say what they said then.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from sleeptime.core.types import Target
from sleeptime.index import Graph, Sources, concepts, is_test_path, named_after, sections_on
from sleeptime.index.concepts import MOST_MEMBERS, words_of

CONCEPT_INTENTS = ("where", "purpose", "explain", "rationale")
DOCUMENTED_INTENTS = ("purpose", "explain", "rationale")
"""Of what no definition is named after: it is implemented nowhere in particular."""

REPOSITORY_WORDS = {
    "configuration": frozenset({"config", "configuration", "setting", "option", "environ", "env"}),
    "error_handling": frozenset({"error", "exception", "handler", "failure", "abort", "fault", "panic", "raise"}),
    "entry_points": frozenset({"main", "cli", "command", "entry", "run", "wsgi", "asgi", "serve", "server"}),
    "testing": frozenset({"test", "testing", "runner", "fixture", "mock"}),
}
"""How the definitions that bear on a question are called, in any repository."""

_SHARED = re.compile(r"conftest|fixture|helper|util")
TEST_FILES = 3
"""Test files shown of all, those that the others share (`conftest`) first."""

STARTING = frozenset(
    {"main", "run", "call", "wsgi", "asgi", "handle", "dispatch", "request", "send", "serve", "execute", "process"}
)
"""How the function is called from which a program's work is followed."""

STARTS_LOOKED_AT = 60
FARTHEST = 40
"""Functions that are followed from one start, to compare starts by how far they reach."""


class Theme(Struct, frozen=True):
    """`members` are what it is written from, sections of documentation first, then code, the most telling first;
    `weight` is 1 for what is asked most.
    """

    target: Target
    intents: tuple[str, ...]
    members: tuple[Target, ...]
    weight: float = 1.0


FindMembers = Callable[[Target, str], tuple[Target, ...]]
"""The members of the theme that a target and an intent are, () for what is none."""


def no_members(_target: Target, _intent: str) -> tuple[Target, ...]:
    """Where nothing was looked for yet."""
    return ()


def themes_of(sources: Sources, ranks: Mapping[str, float]) -> Iterator[Theme]:
    """The repository's own questions and its concepts."""
    repository = Target("repository")
    for intent, words in REPOSITORY_WORDS.items():
        found = named_after(words, sources.outlines, ranks)
        if intent == "testing":
            found = (*_test_files(sources), *found)[:MOST_MEMBERS]
        if found:
            yield Theme(repository, (intent,), (*sections_on(words, sources.outlines), *found))
    if way := way_through(sources, ranks):
        yield Theme(repository, ("flow",), way)
    for concept in concepts(sources.outlines, ranks):
        intents = CONCEPT_INTENTS if concept.members else DOCUMENTED_INTENTS
        yield Theme(Target("topic", "", concept.name), intents, (*concept.sections, *concept.members), concept.weight)


def way_through(sources: Sources, ranks: Mapping[str, float]) -> tuple[Target, ...]:
    """The functions that run, one calling the next, when the repository does what it is for: from the one named like a
    beginning that reaches the most others.
    """
    graph = Graph(sources.outlines)
    known: dict[Target, list[Target]] = {}

    def called(target: Target) -> list[Target]:
        if target not in known:
            certain = (use.target for use in graph.callees(target) if not use.ambiguous and use.target.symbol)
            known[target] = [callee for callee in certain if not is_test_path(callee.path)]
        return known[target]

    ways = (_reached(start, called) for start in _starts(sources, ranks))
    widest = max(ways, key=len, default=())
    return widest[:MOST_MEMBERS] if len(widest) > 2 else ()


def _starts(sources: Sources, ranks: Mapping[str, float]) -> list[Target]:
    found: list[Target] = []
    for path in sorted(ranks, key=lambda path: -ranks[path]):
        outline = sources.outlines.outline(path)
        if outline is None or is_test_path(path):
            continue
        found += [
            Target("symbol", path, symbol.qualified_name)
            for symbol in outline.symbols
            if symbol.kind in {"function", "method"} and STARTING.intersection(words_of(symbol.name))
        ]
        if len(found) >= STARTS_LOOKED_AT:
            break
    return found[:STARTS_LOOKED_AT]


def _reached(start: Target, called: Callable[[Target], list[Target]]) -> tuple[Target, ...]:
    """What runs from `start` on, what it calls itself first."""
    seen = {start: None}
    waiting = deque([start])
    while waiting and len(seen) < FARTHEST:
        for callee in called(waiting.popleft()):
            if callee not in seen and callee.level != "class":
                seen[callee] = None
                waiting.append(callee)
    return tuple(seen)


def _test_files(sources: Sources) -> list[Target]:
    paths = [path for path in sources.outlines.paths() if is_test_path(path)]
    paths.sort(key=lambda path: (path.count("/"), not _SHARED.search(path), path))
    return [Target("module", path) for path in paths[:TEST_FILES]]
