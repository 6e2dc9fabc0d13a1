"""What notes have to be about to stand for all else that a live answer would read."""

from collections.abc import Sequence

from sleeptime.answer.accept import FEATURES, Proposal
from sleeptime.answer.described import Described, describing_words, namesakes
from sleeptime.answer.proposals import MOST_WORDS
from sleeptime.answer.retrieve import Understood
from sleeptime.core.types import Target
from sleeptime.index.words import ABBREVIATION


def is_particular(asked: Understood) -> bool:
    """Whether a question says more than one about one thing does: then notes about that are not all it asks for."""
    return len(describing_words(asked.words)) > MOST_WORDS


def subjects(asked: Understood, proposals: Sequence[Proposal], described: Sequence[Described]) -> list[Target]:
    """What a question is about, best guess first: what it names, with what has the same name; or else what is proposed
    for it, and of what else it may describe whatever it says the whole name of.
    """
    whole = [one.target for one in described if one.of_name == 1.0]
    if asked.targets and not asked.is_loose:
        named = asked.targets
        return list(dict.fromkeys([*named, *(one for one in whole if any(namesakes(one, other) for other in named))]))
    return list(dict.fromkeys([*(one.target for one in proposals if _says_its_name(one)), *whole]))


def _says_its_name(proposal: Proposal) -> bool:
    """Whether the question says what it is called and, first of all, what its subject comes down to is in that name."""
    of = dict(zip(FEATURES, proposal.features, strict=True))
    return of["of_name"] >= ABBREVIATION and of["covered"] > 0
