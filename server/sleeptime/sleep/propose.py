"""Questions about one module that only its readers would ask: proposed by the model, sifted here.

A small model asked for questions writes many that fit any file ("What is the main purpose?"), names things that are
not there, and repeats itself. What is kept names something of the module, is none that is prepared anyway, and is
ranked by how much of it the module's outline foretells: such questions are likelier to be asked (shared notes).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sleeptime.core.intents import BY_NAME, find_intent
from sleeptime.core.types import Answer, Outline, Target, level_of
from sleeptime.index import Graph, Scope, Sources, code_names, unknown_names
from sleeptime.index.concepts import MOST_MEMBERS
from sleeptime.prompts import outline_card
from sleeptime.sleep.themes import Theme
from sleeptime.sleep.verify import Sifted

PROPOSED = 8
"""Questions asked for at once; half of them survive."""

KEPT = 4

ALIKE = 0.6
"""Share of two questions' words that are the same, from which on they are one question."""

PROPOSED_WEIGHT = 0.2
"""Against the strongest concept: each is asked by few, and most by nobody."""

SCHEMA = msgspec.json.encode(
    {
        "type": "object",
        "properties": {
            "questions": {"type": "array", "items": {"type": "string"}, "minItems": PROPOSED, "maxItems": PROPOSED}
        },
        "required": ["questions"],
    }
).decode()

_GENERIC = re.compile(
    r"\b(overview|best practi[cs]es?|improve\w*|optimi[sz]\w*|performance|refactor\w*|redesign\w*|debug\w*|in general"
    r"|main (purpose|function)|purpose of (this|the) (file|module|code)|(this|given|provided) (file|module|code))\b",
    re.IGNORECASE,
)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORD = re.compile(r"\w+")
_STOP_WORDS_TEXT = "a an the of in on to for is are was be do does did and or it its this that with by as at"
_STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())


def proposals(text: str) -> list[str]:
    """The questions in a reply, also in one that was cut off in the middle."""
    found = (match[1].replace('\\"', '"').strip() for match in _STRING.finditer(text))
    return [one for one in found if one.endswith("?")]


def sifted(text: str, target: Target, outline: Outline, scope: Scope) -> Sifted:
    """The questions worth keeping, most predictable first, one a line, and how many each rule dropped."""
    kept: list[str] = []
    dropped: Counter[str] = Counter()
    for question in proposals(text):
        if gate := _stopped_by(question, kept, target, outline, scope):
            dropped[gate] += 1
        else:
            kept.append(question)
    foretold = _words(outline_card(outline, len(outline.symbols)))
    kept.sort(key=lambda question: -_predictability(question, foretold))
    return Sifted("\n".join(f"- {question}" for question in kept[:KEPT]), dict(dropped))


def proposed_themes(answers: Sequence[Answer], sources: Sources) -> Iterator[Theme]:
    """The questions that were kept about modules, each with the code that it names and what that calls."""
    graph = Graph(sources.outlines)
    for answer in answers:
        outline = sources.outlines.outline(answer.target.path)
        for line in answer.text.split("\n") if outline else ():
            question = line.removeprefix("- ")
            members = _named(question, answer.target.path, outline) if outline else ()
            if members and question.endswith("?"):
                called = (use.target for member in members for use in graph.callees(member) if not use.ambiguous)
                near = tuple(dict.fromkeys((*members, *(one for one in called if one.symbol))))[:MOST_MEMBERS]
                intent = find_intent(question, "topic")
                target = Target("topic", answer.target.path, question)
                yield Theme(target, (intent.name if intent else "explain",), near, PROPOSED_WEIGHT)


def _stopped_by(question: str, kept: list[str], target: Target, outline: Outline, scope: Scope) -> str:
    if _GENERIC.search(question) or not (named := _named(question, target.path, outline)):
        return "generic"
    if unknown_names(question, scope):
        return "names"
    words = _words(question)
    standard = (intent.template.format(name=one.symbol) for one in named for intent in BY_NAME.values())
    if any(_alike(words, _words(other)) for other in (*kept, *standard)):
        return "duplicate"
    return ""


def _named(question: str, path: str, outline: Outline) -> tuple[Target, ...]:
    """The definitions of a module that a question names; a word of plain English is no name unless it is code."""
    coded = {word for name in code_names(question) for word in _WORD.findall(name)}
    names = coded | {word for word in _WORD.findall(question) if not word.islower()}
    symbols = [s for s in outline.symbols if s.name in names and s.kind not in {"variable", "heading"}]
    return tuple(Target(level_of(s), path, s.qualified_name) for s in symbols)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text)) - _STOP_WORDS


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)


def _predictability(question: str, foretold: frozenset[str]) -> float:
    """Share of a question's words that the outline holds: what stands nowhere in it is nobody's first thought."""
    words = _words(question)
    return len(words & foretold) / max(1, len(words))
