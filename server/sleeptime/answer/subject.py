"""What a question is about, and what it merely adds: of "why does it use connection pooling for concurrent requests
instead of new connections" pooling is the subject, connection says which, requests qualify it, and the rest is a foil.

English puts the subject before the first preposition that qualifies it, its head last, and what it is contrasted with
after "instead of". Nothing else of grammar is needed to tell which of a question's words a ready answer has to be
about, and which it only has to speak of.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from sleeptime.store import split_name

_FOIL = re.compile(
    r"\b(?:instead of|rather than|as opposed to|compared (?:to|with)|in contrast to|unlike|versus|vs|over|and not)\b",
    re.IGNORECASE,
)
"""Begins what the subject is contrasted with, up to the end of the question."""

_QUALIFIED = re.compile(
    r"\s(?:in terms of|such as|and its|and their|for|in|on|during|through|throughout|when|while|with|within|without"
    r"|from|to|into|between|across|via|under|if|because|since|as|that|which"
    r"|facilitates?|enables?|allows?|helps?|supports?)\s",
    re.IGNORECASE,
)
"""Begins what qualifies the subject: a preposition, a clause, or a verb that says what it is good for."""

_TOKEN = re.compile(r"[\w.-]+")
_JOINING = frozenset({"and", "or"})


class Phrase(Struct, frozen=True):
    """The words of a question by their parts in it. `subject` are those of what it is about, `heads` those that the
    subject comes down to: one group for each thing, of which one word has to be named. `besides` qualify it, and
    `foil` is what it is contrasted with.
    """

    subject: frozenset[str] = frozenset()
    heads: tuple[frozenset[str], ...] = ()
    besides: frozenset[str] = frozenset()
    foil: frozenset[str] = frozenset()


def phrase_of(question: str, words: frozenset[str]) -> Phrase:
    """Where in a question some of its words (lower case, those that can describe something) stand."""
    foil_at = _FOIL.search(question)
    said = question[: foil_at.start()] if foil_at else question
    parts = [list(_groups(part, words)) for part in _QUALIFIED.split(said)]
    about = next((number for number, part in enumerate(parts) if any(part)), 0)
    subject, shared = _shared(parts[about])
    besides = shared.union(*map(_union, parts[about + 1 :])) - _union(subject)
    foil = _union(list(_groups(question[foil_at.end() :], words))) if foil_at else frozenset()
    return Phrase(_union(subject), tuple(_heads(subject)), besides, foil - _union(subject) - besides)


_Group = frozenset[str] | None
"""The counted words of one written word (a hyphenated one has several), or None for "and"."""


def _groups(text: str, words: frozenset[str]) -> Iterator[_Group]:
    for token in _TOKEN.findall(text):
        if token.lower() in _JOINING:
            yield None
        else:
            yield words.intersection([*re.split(r"\W+", token.lower()), *split_name(token).split()])


def _shared(groups: list[_Group]) -> tuple[list[_Group], frozenset[str]]:
    """In "request and application contexts" the subject is contexts; both kinds of them are returned apart."""
    for at in range(1, len(groups) - 2):
        before, joint, after, head = groups[at - 1 : at + 3]
        if before and joint is None and after and head:
            return [*groups[: at - 1], *groups[at + 2 :]], before | after
    return groups, frozenset()


def _heads(groups: list[_Group]) -> Iterator[frozenset[str]]:
    """The last word of each thing that is joined by "and"."""
    last: frozenset[str] = frozenset()
    for group in [*groups, None]:
        if group is None and last:
            yield last
        last = (group or last) if group is not None else frozenset()


def _union(groups: list[_Group]) -> frozenset[str]:
    return frozenset[str]().union(*(group for group in groups if group))
