"""The concepts of a repository, and where each is found: the words that its definitions share.

A word, or two that stand together, from which several definitions or a file take their names (`session` of
`SessionInterface`, `open_session`, `sessions.py`) is what people ask about when they name no symbol. No model is
needed to find them, and what is found is exactly what the definitions say.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, Outline, Symbol, Target, level_of
from sleeptime.index.freshness import PROSE
from sleeptime.index.rank import is_test_path

MOST_CONCEPTS = 40
MOST_MEMBERS = 10
"""Members of a concept that are named; they are the most telling, the rest is counted by nobody."""

ALIKE = 0.6
"""Share of its members that a stronger concept has, from which on a concept is the same one in other words."""

_KIND_WEIGHT = {
    "class": 4.0, "interface": 4.0, "trait": 4.0, "struct": 3.0, "enum": 2.0, "function": 2.0, "method": 1.0,
    "property": 0.7, "field": 0.4, "constant": 0.4, "type": 1.0,
}  # fmt: skip
_FILE_WEIGHT = 5.0
"""A file is named after what it is about."""

_HEADING_BONUS = 0.3
"""What the documentation has a heading on is what its readers ask about."""

_PRIVATE_SHARE = 0.4

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ASIDE = re.compile(r"(^|/)(docs?|examples?|samples?|benchmarks?|scripts?|tools|vendor|third_party)/")
"""Folders that use the repository's concepts rather than define them."""

_PLAIN_WORDS_TEXT = """
get set is has have can make do add init to from of with name value type kind data base default new old in on by
for all any and or not as at it my main core util common misc self cls arg kwarg func function method object item
key list dict str string int bool call run check find load save create update delete remove open close read write
start stop end process parse format build return no iter len repr enter exit eq hash version compat class
instance attribute attr property param parameter option result info content text line number count size index max
min first last next prev current python java go node rust impl abstract generic simple null none empty interface
mixin factory manager helper wrapper invalid valid after before copy merge prepare resolve register setup apply
handle getstate setstate send dump dumps environment path slot val guess
"""
_PLAIN_WORDS = frozenset(_PLAIN_WORDS_TEXT.split())
"""Words that most programs have: nobody asks where "get" is."""


class Concept(Struct, frozen=True):
    """A word or two, and the definitions named after it, the most telling first. `weight` is 1 for the strongest."""

    name: str
    members: tuple[Target, ...]
    weight: float = 1.0


def concepts(outlines: Outlines, ranks: Mapping[str, float]) -> tuple[Concept, ...]:
    """The repository's concepts, the strongest first. `ranks` says how much each file matters (`rank`)."""
    members = _members_by_term(outlines, ranks)
    headings = _heading_words(outlines)
    strength = {term: _strength(term, found, headings) for term, found in members.items() if len(found) > 1}
    chosen: list[Concept] = []
    for term in sorted(strength, key=lambda term: (-strength[term], term)):
        best = tuple(sorted(members[term], key=lambda target: (-members[term][target], str(target))))[:MOST_MEMBERS]
        if not any(_is_said_already(best, members[other.name]) for other in chosen):
            chosen.append(Concept(term, best, strength[term]))
        if len(chosen) == MOST_CONCEPTS:
            break
    return tuple(Concept(one.name, one.members, one.weight / chosen[0].weight) for one in chosen)


def named_after(words: frozenset[str], outlines: Outlines, ranks: Mapping[str, float]) -> tuple[Target, ...]:
    """The definitions that have one of some words (in the singular) in their names, the most telling first."""
    found = {
        target: weight
        for path, outline in _sources(outlines)
        for target, name, weight in _named(path, outline, ranks)
        if words.intersection(words_of(name))
    }
    return tuple(sorted(found, key=lambda target: (-found[target], str(target))))[:MOST_MEMBERS]


def words_of(name: str) -> list[str]:
    """The words that a name is made of, in lower case and the singular: `RequestContexts` is request, context."""
    return [_singular(word.lower()) for word in _WORD.findall(name)]


def _members_by_term(outlines: Outlines, ranks: Mapping[str, float]) -> dict[str, dict[Target, float]]:
    """The definitions by the words of their names; the project's own name, which all share, is no concept of it."""
    found: dict[str, dict[Target, float]] = {}
    for path, outline in _sources(outlines):
        project = _PLAIN_WORDS.union(*(words_of(part) for part in path.split("/")[:-1]))
        for target, name, weight in _named(path, outline, ranks):
            words = words_of(name)
            for term in {*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))}:
                if not any(word in project or len(word) < 3 for word in term.split()):
                    found.setdefault(term, {})[target] = weight
    return found


def _sources(outlines: Outlines) -> Iterator[tuple[str, Outline]]:
    for path in outlines.paths():
        if is_test_path(path) or path.endswith(PROSE) or _ASIDE.search(path):
            continue
        if (outline := outlines.outline(path)) is not None:
            yield path, outline


def _named(path: str, outline: Outline, ranks: Mapping[str, float]) -> Iterator[tuple[Target, str, float]]:
    """(what, its name, how telling that is) of a file and its definitions that are local to no function."""
    importance = math.sqrt(max(ranks.get(path, 0.0) * max(len(ranks), 1), 0.1))
    yield Target("module", path), path.rsplit("/", 1)[-1].partition(".")[0], _FILE_WEIGHT * importance
    for symbol in outline.symbols:
        if symbol.kind in _KIND_WEIGHT and "#" not in symbol.qualified_name and not _is_apart(symbol, outline):
            shown = 1.0 if symbol.exported else _PRIVATE_SHARE
            target = Target(level_of(symbol), path, symbol.qualified_name)
            yield target, symbol.name, _KIND_WEIGHT[symbol.kind] * importance * shown


def _is_apart(symbol: Symbol, outline: Outline) -> bool:
    """Local to a function, or named by the language rather than by the repository."""
    local = symbol.parent >= 0 and outline.symbols[symbol.parent].kind not in CLASS_KINDS
    return local or symbol.name.startswith("__")


def _heading_words(outlines: Outlines) -> frozenset[str]:
    prose = (outline for path in outlines.paths() if path.endswith(PROSE) and (outline := outlines.outline(path)))
    names = (symbol.name for outline in prose for symbol in outline.symbols if symbol.kind == "heading")
    return frozenset(word for name in names for word in words_of(name))


def _strength(term: str, members: Mapping[Target, float], headings: frozenset[str]) -> float:
    """Grows with what the members weigh and, more slowly, with how many there are."""
    words = term.split()
    bonus = 1.0 + _HEADING_BONUS * sum(word in headings for word in words) / len(words)
    return math.sqrt(sum(members.values())) * math.log(1 + len(members)) * bonus


def _is_said_already(best: tuple[Target, ...], stronger: Mapping[Target, float]) -> bool:
    first = sorted(stronger, key=lambda target: -stronger[target])[:MOST_MEMBERS]
    return sum(target in first for target in best) >= ALIKE * len(best)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-1] if word.endswith("kies") else word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
