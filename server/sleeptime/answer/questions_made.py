"""Questions with known answers, made from the repository itself, to calibrate acceptance with.

Right ones ask about a symbol by its name, or describe it by its name's words. Wrong ones are hard: they are about
something absent, ask something else, ask for more, or ask for the opposite. Two families of templates keep what is
learnt from (TRAIN) apart from what is measured with (HELD_OUT).
"""

import random
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sleeptime.answer.described import GENERIC, words_of_name
from sleeptime.answer.retrieve import STOP_WORDS
from sleeptime.core.intents import IntentName
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Symbol, Target, level_of
from sleeptime.index import PROSE, is_test_path

SUBJECTS = 160
"""Symbols asked about; half to learn from, half to measure with: some 1,000 questions each."""

SHORTEST_NAME = 4
KINDS = frozenset({"class", "interface", "struct", "trait", "function", "method"})


class Case(Struct, frozen=True):
    """A question and what it is about. With `target` None no ready answer answers it."""

    question: str
    target: Target | None = None
    intent: IntentName | None = None


class Family(Struct, frozen=True):
    """Templates. `{name}` is a symbol's name, `{words}` the words of it, `{project}` the repository's name, and
    `{other}` the words of another symbol.
    """

    named: tuple[tuple[IntentName, str], ...]
    described: tuple[tuple[IntentName, str], ...]
    wrong_named: tuple[str, ...]
    wrong_described: tuple[str, ...]
    absent: tuple[str, ...]


TRAIN = Family(
    named=(
        ("purpose", "What does `{name}` do?"),
        ("purpose", "What is the role of {name} in {project}'s handling of {words}?"),
        ("explain", "How does {name} work?"),
        ("defined", "Where is {name} defined?"),
    ),
    described=(
        ("purpose", "What is {project}'s {words} system?"),
        ("explain", "How does {project} implement its {words} mechanism?"),
        ("defined", "Where in {project} is the {words} logic implemented?"),
    ),
    wrong_named=(
        "What does {name} do when {other} fails?",
        "Why does {name} use {other} instead of a simple list?",
        "What does {name} not do?",
        "What is {name}'s relation to {other}?",
    ),
    wrong_described=(
        "How does {project}'s {words} system improve performance for {other}?",
        "What is the {words} of the {other} in {project}?",
        "How does {project} implement {words} without {other}?",
    ),
    absent=(
        "What is {project}'s {absent} system?",
        "Where is the {absent} logic implemented?",
        "How does {absent} work?",
    ),
)

HELD_OUT = Family(
    named=(
        ("purpose", "Describe {name}."),
        ("purpose", "What is the purpose of the {name} object in {project}?"),
        ("explain", "Walk me through `{name}`."),
        ("defined", "Which file defines {name}?"),
    ),
    described=(
        ("purpose", 'What is the exact meaning of {project}\'s "{words}" concept?'),
        ("explain", "How does the {words} framework of {project} work internally?"),
        ("defined", "Where does {project} store its {words} implementation?"),
    ),
    wrong_named=(
        "What would happen to {name} if {other} were removed?",
        "Is {name} safe to use from several threads?",
        "Why was {name} chosen over {other}?",
        "What does {name} never do?",
    ),
    wrong_described=(
        "Why does {project} need {words} and not {other}?",
        "How do {words} and {other} share memory in {project}?",
        "How does {project} scale {words} to thousands of users?",
    ),
    absent=(
        "What is the purpose of {project}'s {absent}?",
        "Where are {project}'s {absent} features located?",
        "Explain {absent}.",
    ),
)


def make_cases(paths: Sequence[str], outlines: Outlines, project: str) -> tuple[list[Case], list[Case]]:
    """Cases to learn from and cases to measure with, about different symbols; `paths`: the most important first."""
    chance = random.Random(0)  # noqa: S311  # the same questions each time
    subjects = _subjects(paths, outlines)
    chance.shuffle(subjects)
    halves = subjects[::2], subjects[1::2]
    known = frozenset(word for subject in subjects for word in words_of_name(subject))
    learn, measure = (
        [case for subject in half for case in _about(subject, half, family, (project, known, chance))]
        for half, family in zip(halves, (TRAIN, HELD_OUT), strict=True)
    )
    return learn, measure


def _subjects(paths: Sequence[str], outlines: Outlines) -> list[Target]:
    found: list[Target] = []
    for path in paths:
        outline = outlines.outline(path)
        if outline is None or path.endswith(PROSE) or is_test_path(path):
            continue
        found += [_target(path, symbol) for symbol in outline.symbols if _is_asked_about(symbol)]
        if len(found) >= 2 * SUBJECTS:
            break
    step = max(1, len(found) // SUBJECTS)
    return found[::step][:SUBJECTS]


def _is_asked_about(symbol: Symbol) -> bool:
    public = symbol.exported and not symbol.name.startswith("_") and "#" not in symbol.qualified_name
    return symbol.kind in KINDS and public and len(symbol.name) >= SHORTEST_NAME


def _target(path: str, symbol: Symbol) -> Target:
    return Target(level_of(symbol), path, symbol.qualified_name)


def _about(
    subject: Target, others: Sequence[Target], family: Family, made_with: tuple[str, frozenset[str], random.Random]
) -> Iterator[Case]:
    project, known, chance = made_with
    sibling = chance.choice(others)
    values = {
        "name": subject.symbol,
        "words": _described(subject),
        "other": _described(sibling),
        "project": project,
        "absent": _absent(subject, sibling, known),
    }
    for intent, template in family.named:
        yield Case(template.format(**values), subject, intent)
    describable = len(values["words"].split()) > 1 or subject.level == "class"
    if describable and not set(values["words"].split()) & (GENERIC | STOP_WORDS):
        for intent, template in family.described:
            yield Case(template.format(**values), subject, intent)
        for template in family.wrong_described:
            yield Case(template.format(**values))
    for template in family.wrong_named:
        yield Case(template.format(**values))
    if values["absent"]:
        for template in family.absent:
            yield Case(template.format(**values))


def _described(target: Target) -> str:
    last = Target(target.level, target.path, target.symbol.rsplit(".", 1)[-1])
    words = words_of_name(last) or words_of_name(target)
    name = target.symbol.rsplit(".", 1)[-1].lower()
    return " ".join(sorted(words, key=lambda word: (name.find(word), word)))


ABSENT = ("billing", "holographic", "satellite", "genome", "auction", "weather", "ledger", "karaoke")
"""Words of other trades: what is made with one that no name here has is not in the repository."""


def _absent(subject: Target, sibling: Target, known: frozenset[str]) -> str:
    strange = [word for word in ABSENT if word not in known]
    if not strange:
        return ""
    word = strange[len(subject.symbol) % len(strange)]
    return f"{word} {_described(sibling).split(' ')[0]}"
