"""Words of names and texts, as the full-text indexes see them."""

import re
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_PLAIN = re.compile(r"[\w$]+")
_WORD = re.compile(r"\w+")

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from has have how i if in into is it its of on or so that the their "
        "them then there these this to was what when where which who why will with you",
    )
)
"""Words of questions that say nothing about code."""


@lru_cache(maxsize=65536)
def split_name(name: str) -> str:
    """A name as words: split by case and underscore, and once whole if it has several parts.

    >>> split_name("getHTTPResponse_v2")
    'get http response v 2 gethttpresponsev2'
    """
    if name.isascii() and name.replace("_", "a").isalpha() and name.islower():
        parts = name.replace("_", " ").split()  # most names; the search below would take five times as long
    else:
        parts = [part.lower() for part in _PART.findall(name)]
    return " ".join(parts) if len(parts) < 2 else " ".join([*parts, "".join(parts)])


def name_token(name: str) -> str:
    """A name as one token of the index of names, whatever characters it has."""
    return name if _PLAIN.fullmatch(name) else "#" + name.encode("utf-8", "surrogatepass").hex()


def exact_query(token: str) -> str:
    """An FTS5 query for one token of the index of names."""
    return '"' + token.replace('"', '""') + '"'


def words_query(text: str) -> str:
    """An FTS5 query for any word of a question, its names split; "" if it has no word that says something."""
    words: dict[str, None] = {}
    for word in _WORD.findall(text):
        words.update(dict.fromkeys(split_name(word).split()))
    return " OR ".join(f'"{word}"' for word in words if word not in STOP_WORDS)
