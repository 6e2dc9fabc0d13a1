"""The concepts of a repository, and where each is found: the words that its definitions and its documentation share.

A word, or two that stand together, from which several definitions, files or sections of the documentation take their
names (`session` of `SessionInterface`, `open_session`, `sessions.py`, "Accessing the session") is what people ask about
when they name no symbol. No model is needed to find them, and what is found is exactly what the names say.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sized

import msgspec
from msgspec import Struct

from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, Outline, Symbol, Target, level_of
from sleeptime.index.deprecated import deprecated
from sleeptime.index.freshness import PROSE
from sleeptime.index.rank import is_aside, is_test_path
from sleeptime.index.words import SHORTEST, likeness, root

MOST_CONCEPTS = 60
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

MOST_SECTIONS = 3
"""Sections of documentation that are read about one concept; the rest repeats them or is about something else too."""

_SECTION_WEIGHT = 2.0
"""What the documentation has a section on is what its readers ask about."""

_SECTIONS_COUNTED = 6
"""A manual has a section on installing for every platform, and nobody asks that often how it is installed."""

_PRIVATE_SHARE = 0.4

_FAILURE = re.compile(r"(error|exception|warning)s?$", re.IGNORECASE)
_FAILURE_SHARE = 0.1
"""What is raised when connecting fails tells little about how connections work."""

_SUPERSEDED_SHARE = 0.01
"""What is deprecated, or is another name for a class, explains nothing that what replaced it does not."""

_MADE = re.compile(r"(?:new\s+)?(?:\w+\.)*([A-Z]\w*)\(")
_ALIAS_LINES = 4
"""Besides its documentation, whose marks count too."""

_OWN_NAME = 2.0
"""`route` is nearer to routes than any `list_routes`; most files are called by nothing but their concept."""

_PLAIN_PART = 0.5
"""`BaseAdapter` is more of an adapter than `HTTPAdapter`, and less so than `Adapter`."""

_INCIDENTAL = 0.02
"""Share of the nearest definition's weight below which one is no member: it happens to have the word in its name."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MANUAL = re.compile(r"(^|/)docs?/")
_NO_MANUAL = re.compile(
    r"(^|/)(change(s|log)|history|news|releases?|licen[cs]e|contribut\w+|code_of_conduct|authors)\b", re.IGNORECASE
)
"""Prose about the project rather than about what it does."""
_REASONS = frozenset({"why", "what", "how", "purpose", "concept", "design", "motivation", "overview", "about"})
"""In a heading: here a concept is explained rather than used."""

_PLAIN_WORDS_TEXT = """
get set is has have can make do add init to from of with name value type kind data base default new old in on by
for all any and or not as at it my main core util common misc self cls arg kwarg func function method object item
key list dict str string int bool call run check find load save create update delete remove open close read write
start stop end process parse format build return no iter len repr enter exit eq hash version compat class
instance attribute attr property param parameter option result info content text line number count size index max
min first last next prev current python java go node rust impl abstract generic simple null none empty interface
mixin factory manager helper wrapper invalid valid after before copy merge prepare resolve register setup apply
handle getstate setstate send dump dumps environment path slot val guess obj
why what how when where who your you we about note using working building creating adding writing making getting
registering accessing running the a an should required consumed registered loaded based example tutorial guide manual
reference introduction overview purpose design basic simple custom further additional feature recommended support
supported installing installation install usage quickstart
"""
_PLAIN_WORDS = frozenset(_PLAIN_WORDS_TEXT.split())
"""Words that most programs have: nobody asks where "get" is."""


class Concept(Struct, frozen=True):
    """A word or two, the definitions named after it and the sections of the documentation on it, the most telling
    first. `weight` is 1 for the strongest.
    """

    name: str
    members: tuple[Target, ...]
    sections: tuple[Target, ...] = ()
    weight: float = 1.0


def concepts(outlines: Outlines, ranks: Mapping[str, float]) -> tuple[Concept, ...]:
    """The repository's concepts, the strongest first. `ranks` says how much each file matters (`rank`)."""
    named = _members_by_term(outlines, ranks)
    documented = _sections_by_term(outlines, named)
    members = {term: {**named.get(term, {}), **_counted(documented.get(term, {}))} for term in {*named, *documented}}
    strength = {term: _strength(found) for term, found in members.items() if len(found) > 1}
    chosen: list[Concept] = []
    for term in sorted(strength, key=lambda term: (-strength[term], term)):
        if not any(_is_said_already(members[term], members[other.name]) for other in chosen):
            sections = _best(documented.get(term, {}), MOST_SECTIONS)
            nearest = _nearest(named.get(term, {}), frozenset(term.split()))
            chosen.append(Concept(term, nearest, sections, strength[term]))
        if len(chosen) == MOST_CONCEPTS:
            break
    return tuple(msgspec.structs.replace(one, weight=one.weight / chosen[0].weight) for one in chosen)


def sections_on(words: frozenset[str], outlines: Outlines) -> tuple[Target, ...]:
    """The sections of the documentation whose headings have one of some words (in the singular), the best first."""
    found: dict[Target, float] = {}
    for target, heading in _headings(outlines):
        if words.intersection(heading):
            found[target] = _telling(heading, len(words.intersection(heading)))
    return _best(found, MOST_SECTIONS)


def named_after(words: frozenset[str], outlines: Outlines, ranks: Mapping[str, float]) -> tuple[Target, ...]:
    """The definitions that have one of some words (in the singular) in their names, the nearest to them first."""
    found = {
        target: weight
        for path, outline in _sources(outlines)
        for target, name, weight in _named(path, outline, ranks)
        if words.intersection(words_of(name))
    }
    return _nearest(found, words)


def words_of(name: str) -> list[str]:
    """The words that a name is made of, in lower case and the singular: `RequestContexts` is request, context."""
    return [_singular(word.lower()) for word in _WORD.findall(name)]


def _members_by_term(outlines: Outlines, ranks: Mapping[str, float]) -> dict[str, dict[Target, float]]:
    """The definitions by the words of their names; the project's own name, which all share, is no concept of it.
    "Route" and "routing" are one, called as most call it.
    """
    found: dict[str, dict[Target, float]] = {}
    called: dict[str, Counter[str]] = {}
    for path, outline in _sources(outlines):
        plain = _PLAIN_WORDS | _project_words(path)
        for target, name, weight in _named(path, outline, ranks):
            for term in _terms(words_of(name), plain):
                found.setdefault(_root(term), {})[target] = weight
                called.setdefault(_root(term), Counter())[term] += 1
    return {max(called[one], key=lambda term: (called[one][term], -len(term), term)): found[one] for one in found}


def _root(term: str) -> str:
    return " ".join(map(root, term.split()))


def _sections_by_term(outlines: Outlines, in_code: Mapping[str, Sized]) -> dict[str, dict[Target, float]]:
    """The sections of the documentation by the words of their headings."""
    plain = _PLAIN_WORDS.union(*(_project_words(path) for path, _ in _sources(outlines)))
    by_root = {_root(term): term for term in in_code}
    found: dict[str, dict[Target, float]] = {}
    for target, heading in _headings(outlines):
        for term in _terms([_as_in_code(word, in_code, by_root) for word in heading], plain):
            found.setdefault(term, {})[target] = _telling(heading, len(term.split()))
    return found


def _as_in_code(word: str, in_code: Mapping[str, Sized], by_root: Mapping[str, str]) -> str:
    """What most of the code calls it: "configuration" is `config`, "authentication" `auth`."""
    shorter = (word[:length] for length in range(len(word), SHORTEST - 1, -1))
    known = [one for one in shorter if one in in_code and likeness(one, word)]
    return max(known, key=lambda one: len(in_code[one]), default=by_root.get(root(word), word))


def _terms(words: list[str], plain: frozenset[str]) -> Iterator[str]:
    for term in {*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))}:
        if not any(word in plain or len(word) < 3 for word in term.split()):
            yield term


def _project_words(path: str) -> frozenset[str]:
    """The words of the folders that a source file is in."""
    return frozenset(word for part in path.split("/")[:-1] for word in words_of(part))


def _headings(outlines: Outlines) -> Iterator[tuple[Target, list[str]]]:
    """The sections of the documentation, with the words of their headings."""
    for path in outlines.paths():
        outside = is_aside(path) and not _MANUAL.search(path)
        if not path.endswith(PROSE) or outside or _NO_MANUAL.search(path) or is_test_path(path):
            continue
        outline = outlines.outline(path)
        for symbol in outline.symbols if outline else ():
            if symbol.kind == "heading":
                yield Target("symbol", path, symbol.qualified_name), words_of(symbol.name)


def _telling(heading: list[str], words: int) -> float:
    """How much of a heading the words of a concept are; one that promises an explanation counts twice."""
    reasons = 2.0 if _REASONS.intersection(heading) else 1.0
    others = sum(word not in _PLAIN_WORDS for word in heading) - words
    return _SECTION_WEIGHT * reasons / (1 + max(0, others))


def _sources(outlines: Outlines) -> Iterator[tuple[str, Outline]]:
    for path in outlines.paths():
        if is_test_path(path) or path.endswith(PROSE) or is_aside(path):
            continue
        if (outline := outlines.outline(path)) is not None:
            yield path, outline


def _named(path: str, outline: Outline, ranks: Mapping[str, float]) -> Iterator[tuple[Target, str, float]]:
    """(what, its name, how telling that is) of a file and its definitions that are local to no function."""
    importance = math.sqrt(max(ranks.get(path, 0.0) * max(len(ranks), 1), 0.1))
    file = Target("module", path)
    yield file, _own_name(file), _FILE_WEIGHT * importance * _size(outline.line_count)
    superseded = deprecated(outline)
    for at, symbol in enumerate(outline.symbols):
        if symbol.kind in _KIND_WEIGHT and "#" not in symbol.qualified_name and not _is_apart(symbol, outline):
            shown = 1.0 if symbol.exported else _PRIVATE_SHARE
            shown *= _FAILURE_SHARE if symbol.kind in CLASS_KINDS and _is_failure(symbol, path) else 1.0
            shown *= _SUPERSEDED_SHARE if at in superseded or _is_alias(symbol) else 1.0
            shown *= _size(symbol.span.end_line - symbol.span.start_line)
            target = Target(level_of(symbol), path, symbol.qualified_name)
            yield target, symbol.name, _KIND_WEIGHT[symbol.kind] * importance * shown


def _own_name(target: Target) -> str:
    """What a definition or a file is called, without what it lies in."""
    return target.symbol.rpartition(".")[2] or target.path.rpartition("/")[2].partition(".")[0]


def _is_failure(symbol: Symbol, path: str) -> bool:
    return any(_FAILURE.search(name) for name in (symbol.name, *symbol.bases, _own_name(Target("module", path))))


def _is_alias(symbol: Symbol) -> bool:
    """A function that only makes the class of its own name: `def session(): return Session()`."""
    made = _MADE.match(symbol.returns[0]) if symbol.parent < 0 and len(symbol.returns) == 1 else None
    if made is None or symbol.kind != "function" or words_of(made[1]) != words_of(symbol.name):
        return False
    lines = symbol.span.end_line - symbol.span.start_line - len(symbol.docstring.splitlines())
    return made[1] != symbol.name and lines <= _ALIAS_LINES


def _size(lines: int) -> float:
    """There is more to ask about what is long: 1 for a function of a dozen lines, 2 for a class of two hundred."""
    return math.log2(2 + lines) / 4


def _is_apart(symbol: Symbol, outline: Outline) -> bool:
    """Local to a function, or named by the language rather than by the repository."""
    local = symbol.parent >= 0 and outline.symbols[symbol.parent].kind not in CLASS_KINDS
    return local or symbol.name.startswith("__")


def _best(found: Mapping[Target, float], most: int) -> tuple[Target, ...]:
    return tuple(sorted(found, key=lambda target: (-found[target], str(target))))[:most]


def _nearest(found: Mapping[Target, float], words: frozenset[str]) -> tuple[Target, ...]:
    """The members of what some words say, those first whose names are nothing but these words, and without those that
    only happen to have one.
    """
    roots = frozenset(map(root, words))
    near = {target: weight * _nearness(target, roots) for target, weight in found.items()}
    least = _INCIDENTAL * max((weight for target, weight in near.items() if target.symbol), default=0.0)
    return _best({target: weight for target, weight in near.items() if weight >= least}, MOST_MEMBERS)


def _nearness(target: Target, roots: frozenset[str]) -> float:
    """The less else a name speaks of, the nearer is what it names; and what is done when a thing fails is not it (the
    classes of what is raised weigh little already).
    """
    name = _own_name(target)
    others = [word for word in words_of(name) if root(word) not in roots]
    if not others:
        return _OWN_NAME if target.symbol and not name.startswith("_") else 1.0
    plain = _PLAIN_WORDS | _project_words(target.path)
    apart = sum(_PLAIN_PART if word in plain else 1.0 for word in others)
    on_failure = target.level != "class" and any(map(_FAILURE.search, others))
    return (_FAILURE_SHARE if on_failure else 1.0) / (1.0 + apart)


def _counted(sections: Mapping[Target, float]) -> dict[Target, float]:
    return {section: sections[section] for section in _best(sections, _SECTIONS_COUNTED)}


def _strength(members: Mapping[Target, float]) -> float:
    """Grows with what the members weigh and, more slowly, with how many there are."""
    return math.sqrt(sum(members.values())) * math.log(1 + len(members))


def _is_said_already(members: Mapping[Target, float], stronger: Mapping[Target, float]) -> bool:
    best, first = _best(members, MOST_MEMBERS), _best(stronger, MOST_MEMBERS)
    return sum(target in first for target in best) >= ALIKE * len(best)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-1] if word.endswith("kies") else word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
