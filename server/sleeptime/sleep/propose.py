"""Questions about one module that only its readers would ask: proposed by the model, sifted here.

A small model asked for questions writes many that fit any file ("What is the main purpose?"), names things that are
not there, and repeats itself. What is kept names something of the module that no likelier one names, and asks more of
it than is prepared anyway. The likeliest is the one of which the module's outline foretells the most (shared notes).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sleeptime.core.intents import explains, find_intent
from sleeptime.core.types import Answer, Outline, Target, level_of
from sleeptime.index import Graph, Scope, Sources, code_names, unknown_names
from sleeptime.index.concepts import MOST_MEMBERS
from sleeptime.prompts import outline_card
from sleeptime.sleep.themes import Theme
from sleeptime.sleep.verify import Sifted

PROPOSED = 8
"""Questions asked for at once; half of them survive."""

KEPT = 4

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

_PLAIN_WORDS_TEXT = """
how why what where when which who function method class attribute property module file object code
use used using call called happen happens work works exist exists purpose defined
"""
_PLAIN_WORDS = frozenset(_PLAIN_WORDS_TEXT.split())
"""Words that make no question particular: "What happens when the function `f` is called?" is "How does `f` work?"."""


def proposals(text: str) -> list[str]:
    """The questions in a reply, also in one that was cut off in the middle."""
    found = (match[1].replace('\\"', '"').strip() for match in _STRING.finditer(text))
    return [one for one in found if one.endswith("?")]


def sifted(text: str, target: Target, outline: Outline, scope: Scope) -> Sifted:
    """The questions worth keeping, most predictable first, one a line, and how many each rule dropped."""
    foretold = _words(outline_card(outline, len(outline.symbols)))
    kept: list[str] = []
    covered: set[Target] = set()
    dropped: Counter[str] = Counter()
    for question in sorted(proposals(text), key=lambda question: -_predictability(question, foretold)):
        subjects = _subjects(_named(question, target.path, outline))
        if gate := _stopped_by(question, subjects, scope):
            dropped[gate] += 1
        elif covered.issuperset(subjects):
            dropped["duplicate"] += 1
        else:
            kept.append(question)
            covered |= subjects
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


def _stopped_by(question: str, subjects: frozenset[Target], scope: Scope) -> str:
    if _GENERIC.search(question) or not subjects:
        return "generic"
    if unknown_names(question, scope):
        return "names"
    return "duplicate" if _is_standard(question, subjects) else ""


def _is_standard(question: str, subjects: frozenset[Target]) -> bool:
    """Whether it asks no more of its subjects than is prepared anyway: no word is left over besides the names and what
    its intent accounts for. Why a class inherits is another question than what it inherits, which facts answer.
    """
    level_intents = [find_intent(question, level) for level in sorted({one.level for one in subjects})]
    intent = find_intent(question, "topic")
    is_why = intent is not None and intent.name == "rationale"
    asked = [one for one in (intent, *([] if is_why else level_intents)) if one is not None]
    names = {word for name in code_names(question) for word in _words(name)}
    names.update(word for one in subjects for word in _words(one.symbol))
    left = _words(question) - names - _PLAIN_WORDS
    return all(any(explains(one, word) for one in asked) for word in left)


def _subjects(named: tuple[Target, ...]) -> frozenset[Target]:
    """What a question is about, of what it names: of `Cart.add` the method, not its class."""
    return frozenset(
        one for one in named if not any(other.symbol.startswith(f"{one.symbol}.") for other in named if other != one)
    )


def _named(question: str, path: str, outline: Outline) -> tuple[Target, ...]:
    """The definitions of a module that a question names; a word of plain English is no name unless it is code."""
    coded = {word for name in code_names(question) for word in _WORD.findall(name)}
    names = coded | {word for word in _WORD.findall(question) if not word.islower()}
    symbols = [s for s in outline.symbols if s.name in names and s.kind not in {"variable", "heading"}]
    return tuple(Target(level_of(s), path, s.qualified_name) for s in symbols)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text)) - _STOP_WORDS


def _predictability(question: str, foretold: frozenset[str]) -> float:
    """Share of a question's words that the outline holds: what stands nowhere in it is nobody's first thought."""
    words = _words(question)
    return len(words & foretold) / max(1, len(words))
