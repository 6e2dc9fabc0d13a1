"""What a question describes without naming it: "the blueprint system" is the class `Blueprint`, "the authentication
handlers" are the module `auth.py`.

A symbol or file is meant as far as its name's words and the question's words account for each other.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from sleeptime.core.ports import Outlines
from sleeptime.core.types import Target
from sleeptime.index import PROSE, is_stub, is_test_path
from sleeptime.index.words import SHORTEST, abbreviations, likeness, stem
from sleeptime.store import split_name

CANDIDATES = 40
"""Search hits looked at."""

_GENERIC = """
system systems mechanism mechanisms logic concept concepts object objects class classes pattern patterns process
processing built implementation implementations framework strategy precise exact meaning definition meant codebase
code management manage handle handles handling handled handler handlers implement implements implemented support
supports provide provides design storage located defined details internally internal works work repository project
library own its their main hierarchy tool tools architecture based approach
"""
GENERIC = frozenset(_GENERIC.split())
"""Words that go with any subject and so name none. "Components", "structure" and "features" are not among them: who
asks for those wants a list, which is another question.
"""


class Described(Struct, frozen=True):
    """A reading of a description. `of_question` is the share of its words that the name accounts for, `of_name` the
    share of the name's words that the question does.
    """

    target: Target
    of_question: float
    of_name: float

    @property
    def score(self) -> float:
        """1 if each accounts for the other in full."""
        return self.of_question * self.of_name


def describing_words(words: Iterable[str]) -> frozenset[str]:
    """Those words of a question that can describe something."""
    return frozenset(word for word in words if word not in GENERIC and len(word) >= SHORTEST)


def readings(
    words: frozenset[str], candidates: Sequence[Target], outlines: Outlines, project: frozenset[str] = frozenset()
) -> list[Described]:
    """What the words may describe, best first; source only, and of equals a class or file first. `project`: what the
    repository is called, which need not be said.
    """
    found: dict[Target, Described] = {}
    for target in candidates:
        if is_no_source(target.path, outlines) or _is_private(target):
            continue
        for named in (target, Target("module", target.path)) if target.path else (target,):
            if named not in found and (reading := _reading(named, words, project)).of_question:
                found[named] = reading
    return sorted(found.values(), key=lambda reading: (-reading.score, *_order(reading.target, outlines)))


def account_for(word: str, names: Iterable[str]) -> bool:
    """Whether one of the words is this one, inflected, or an abbreviation of it (or it of that)."""
    return _likeness(word, names) > 0


def is_said(word: str, names: Iterable[str]) -> bool:
    """Whether one of the words is this one, inflected at most."""
    return _likeness(word, names) == 1.0


def abbreviated(words: Iterable[str]) -> str:
    """What may abbreviate some words, to search names with."""
    return " ".join(short for word in words for short in abbreviations(word) if short != word)


def words_of_name(target: Target) -> frozenset[str]:
    """The words that a symbol's, file's or topic's name is made of."""
    if target.level == "topic":
        return describing_words(word.lower() for word in re.findall(r"\w+", target.symbol))
    name = target.symbol.split("#")[0] if target.symbol else target.path.rsplit("/", 1)[-1].split(".")[0]
    parts = (part for piece in name.split(".") for part in _parts(piece))
    return frozenset(part for part in parts if len(part) >= SHORTEST)


def own_words(target: Target) -> frozenset[str]:
    """The words of the last part of its name."""
    last = Target(target.level, target.path, target.symbol.rsplit(".", 1)[-1])
    return words_of_name(last) or words_of_name(target)


def namesakes(one: Target, other: Target) -> bool:
    """Whether the same words describe both: a class and its file, a method and the class that it makes."""
    return {stem(word) for word in own_words(one)} == {stem(word) for word in own_words(other)}


def same_thing(one: Target, other: Target) -> bool:
    """Namesakes in one file: whichever is spoken of, it is about the same."""
    return one.path == other.path and namesakes(one, other)


def is_no_source(path: str, outlines: Outlines) -> bool:
    """Whether a file documents, tests or declares again what other files define."""
    return path.endswith(PROSE) or is_test_path(path) or is_stub(path, outlines)


def _is_private(target: Target) -> bool:
    """Nobody describes what is hidden, but anybody may name it."""
    return target.symbol.rsplit(".", 1)[-1].startswith("_")


def _parts(name: str) -> list[str]:
    words = split_name(name).split()
    return words[:-1] if len(words) > 1 else words  # the last one is the whole name again


def _reading(target: Target, words: frozenset[str], project: frozenset[str]) -> Described:
    names = words_of_name(target)
    if not names:
        return Described(target, 0.0, 0.0)
    of_question = sum(_likeness(word, names) for word in words) / len(words) if words else 0.0
    own = own_words(target)
    of_name = sum(_likeness(name, words | project) for name in own) / len(own)
    return Described(target, of_question, of_name)


def _order(target: Target, outlines: Outlines) -> tuple[int, int, int, str]:
    kinds = {"class": 0, "topic": 1, "module": 2}
    outline = outlines.outline(target.path)
    size = outline.line_count if outline else 0
    return kinds.get(target.level, 3), target.symbol.count("."), -size, str(target)


def _likeness(word: str, names: Iterable[str]) -> float:
    """1 if one of the words is this one, inflected at most; less if it is an abbreviation, which may mean another."""
    return max((likeness(word, name) for name in names), default=0.0)
