"""When two words are the same one, inflected or abbreviated."""

import math
import re
from functools import lru_cache

SHORTEST = 3
"""Letters that an abbreviation of a word has at least: "app", "auth"."""

ABBREVIATED = 0.4
"""Share of a word's letters that its abbreviation has at least: "con" is not "configuration"."""

ABBREVIATION = 0.95
"""What an abbreviation counts: "cli" may be short for "client", but a name with "client" in it is nearer."""

_INFLECTION = re.compile(r"(ings?|ed|e)$")
_ENDING = re.compile(r"(ations?|ings?|ers?|ors?|ed|es|s)$")


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """1 if both are one (lower-case) word, inflected at most; less if one abbreviates the other, which may mean another
    word; else 0.
    """
    if one == other:
        return 1.0
    first, second = stem(one), stem(other)
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    abbreviates = len(short) >= SHORTEST and long.startswith(short) and len(short) >= ABBREVIATED * len(long)
    return ABBREVIATION if abbreviates else 0.0


def abbreviations(word: str) -> list[str]:
    """What may be short for a word: "authentication" for "auth" and "authent"."""
    longest = stem(word)
    shortest = max(SHORTEST, math.ceil(ABBREVIATED * len(longest)))
    return [longest[:length] for length in range(shortest, len(longest) + 1)]


def stem(word: str) -> str:
    """A word without its ending; as it is if too little would be left."""
    found = _ENDING.sub("", word)
    found = found.removesuffix("e") if len(found) > SHORTEST else found
    return found if len(found) >= SHORTEST else word


def root(word: str) -> str:
    """A word in the singular without an ending that leaves it the same thing: "route" and "routing", not "router"."""
    found = _INFLECTION.sub("", word)
    return found if len(found) >= SHORTEST else word
