"""Questions with known answers, made from the repository itself, to calibrate acceptance with.

Right ones ask about a symbol by its name, or describe it or a concept by its name's words. Wrong ones are hard: they
are about something absent, ask something else, ask for more, or ask for the opposite. Two families of templates keep
what is learnt from (TRAIN) apart from what is measured with (HELD_OUT).
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sleeptime.answer.described import GENERIC, account_for, describing_words, is_no_source, own_words, words_of_name
from sleeptime.answer.retrieve import STOP_WORDS
from sleeptime.core.intents import BY_NAME, IntentName
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Level, Symbol, Target, level_of
from sleeptime.index import Concept, find_symbol

SUBJECTS = 120
CONCEPTS = 40
"""Symbols and concepts asked about; half to learn from, half to measure with: some 1,000 questions each."""

SHORTEST_NAME = 4
KINDS = frozenset({"class", "interface", "struct", "trait", "function", "method"})


class Case(Struct, frozen=True):
    """A question and what it is about. With `target` None no ready answer answers it; with `is_particular` one does
    that speaks of all that the question says.
    """

    question: str
    target: Target | None = None
    intent: IntentName | None = None
    is_particular: bool = False


class Family(Struct, frozen=True):
    """Templates. `{name}` is a symbol's name, `{words}` the words of it, `{project}` the repository's name, `{other}`
    the words of another symbol, `{near}` a word that the subject's documentation says, `{far}` one of another trade.
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
        ("rationale", "Why does {project} use a {words} system instead of a simple list?"),
        ("rationale", "Why does {project} have {words} support for serious work?"),
        ("purpose", "What is the role of {project}'s {words} in {near}?"),
        ("explain", "How does {project} handle {near} {words}?"),
        ("purpose", "What is {project}'s {near} {words} system?"),
        ("rationale", "Why does {project} use {near} {words}?"),
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
        "Why does {project} use {words} instead of {other}?",
        "Why does {project} make {words} fast?",
        "How does {project} handle {far} {words}?",
        "How does {project} handle {words} {other}?",
        "What is {project}'s {other} {words} system?",
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
        ("rationale", "Why does {project} implement {words} rather than doing everything by hand?"),
        ("rationale", "Why does {project} provide a {words} mechanism for larger programs?"),
        ("purpose", "What is the meaning of {project}'s {words} concept in terms of {near}?"),
        ("explain", "How does {project} implement its {near} {words} management?"),
        ("purpose", 'What is the definition of {project}\'s "{near} {words}" concept?'),
        ("rationale", "Why does {project} provide a {near} {words} mechanism?"),
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
        "Why do {project}'s {words} improve memory usage?",
        "What is the meaning of {project}'s {words} concept in terms of {far}?",
        "How does {project} implement its {far} {words} management?",
        "How does {project} implement its {words} {far} management?",
        "Why does {project} provide a {other} {words} mechanism?",
    ),
    absent=(
        "What is the purpose of {project}'s {absent}?",
        "Where are {project}'s {absent} features located?",
        "Explain {absent}.",
    ),
)


class Subject(Struct, frozen=True):
    """What is asked about, and the words that its documentation (of a concept, that of its first part) says besides."""

    target: Target
    said: tuple[str, ...]


def make_cases(
    paths: Sequence[str], outlines: Outlines, project: str, concepts: Sequence[Concept] = ()
) -> tuple[list[Case], list[Case]]:
    """Cases to learn from and cases to measure with, about different subjects; `paths` and `concepts`: the most
    important first.
    """
    chance = random.Random(0)  # noqa: S311  # the same questions each time
    subjects = [*_subjects(paths, outlines), *(_concept(concept, outlines) for concept in concepts[:CONCEPTS])]
    chance.shuffle(subjects)
    halves = subjects[::2], subjects[1::2]
    known = frozenset(word for subject in subjects for word in words_of_name(subject.target))
    learn, measure = (
        [case for subject in half for case in _about(subject, half, family, (project, known, chance))]
        for half, family in zip(halves, (TRAIN, HELD_OUT), strict=True)
    )
    return learn, measure


def _subjects(paths: Sequence[str], outlines: Outlines) -> list[Subject]:
    found: list[Subject] = []
    for path in paths:
        outline = outlines.outline(path)
        if outline is None or is_no_source(path, outlines):
            continue
        found += [_symbol(path, symbol) for symbol in outline.symbols if _is_asked_about(symbol)]
        if len(found) >= 2 * SUBJECTS:
            break
    step = max(1, len(found) // SUBJECTS)
    return found[::step][:SUBJECTS]


def _symbol(path: str, symbol: Symbol) -> Subject:
    target = Target(level_of(symbol), path, symbol.qualified_name)
    return Subject(target, _besides(words_of_name(target), symbol.docstring))


def _concept(concept: Concept, outlines: Outlines) -> Subject:
    names = frozenset(word for member in concept.members for word in words_of_name(member))
    said = _documentation(concept.members[0], outlines) if concept.members else ""
    return Subject(Target("topic", "", concept.name), _besides(names, said))


def _documentation(target: Target, outlines: Outlines) -> str:
    outline = outlines.outline(target.path)
    symbol = find_symbol(outline, target.symbol) if outline and target.symbol else None
    return symbol.docstring if symbol else outline.docstring if outline else ""


def _besides(names: frozenset[str], said: str) -> tuple[str, ...]:
    """Words of a text that tell something and are in none of some names."""
    words = (word for word in re.findall(r"[a-z]+", said.lower()) if word not in STOP_WORDS)
    telling = describing_words(word for word in words if len(word) >= SHORTEST_NAME)
    return tuple(sorted(word for word in telling if not account_for(word, names)))


def _is_asked_about(symbol: Symbol) -> bool:
    public = symbol.exported and not symbol.name.startswith("_") and "#" not in symbol.qualified_name
    return symbol.kind in KINDS and public and len(symbol.name) >= SHORTEST_NAME


def _about(
    subject: Subject, others: Sequence[Subject], family: Family, made_with: tuple[str, frozenset[str], random.Random]
) -> Iterator[Case]:
    project, known, chance = made_with
    target, sibling = subject.target, chance.choice(others).target
    values = {
        "name": target.symbol,
        "words": _described(target),
        "other": _described(sibling),
        "project": project,
        "near": chance.choice(subject.said or ("",)),
        "far": _strange(target, known),
        "absent": _absent(target, sibling, known),
    }
    words = set(values["words"].split())
    right: list[tuple[IntentName, str]] = []
    wrong: list[str] = []
    if target.level != "topic":
        right += family.named
        wrong += family.wrong_named
    if (len(words) > 1 or target.level in {"class", "topic"}) and not words & (GENERIC | STOP_WORDS):
        right += family.described
        wrong += family.wrong_described
    wrong += family.absent
    for intent, template in right:
        if (asked := _asked_of(target.level, intent)) and _can_be_filled(template, values):
            yield Case(template.format(**values), target, asked, "{near}" in template)
    for template in wrong:
        if _can_be_filled(template, values):
            yield Case(template.format(**values))


def _asked_of(level: Level, intent: IntentName) -> IntentName | None:
    """An intent as it is called at a level; None if nobody answers it there."""
    name: IntentName = "where" if intent == "defined" and level == "topic" else intent
    return name if level in BY_NAME[name].levels else None


def _can_be_filled(template: str, values: Mapping[str, str]) -> bool:
    return all(value or f"{{{name}}}" not in template for name, value in values.items())


def _described(target: Target) -> str:
    name = target.symbol.rsplit(".", 1)[-1].lower()
    return " ".join(sorted(own_words(target), key=lambda word: (name.find(word), word)))


ABSENT = ("billing", "holographic", "satellite", "genome", "auction", "weather", "ledger", "karaoke")
"""Words of other trades: what is made with one that no name here has is not in the repository."""


def _absent(subject: Target, sibling: Target, known: frozenset[str]) -> str:
    word = _strange(subject, known)
    return f"{word} {_described(sibling).split(' ')[0]}" if word else ""


def _strange(subject: Target, known: frozenset[str]) -> str:
    """A word of another trade; "" if this repository is about all of them."""
    strange = [word for word in ABSENT if word not in known]
    return strange[len(subject.symbol) % len(strange)] if strange else ""
