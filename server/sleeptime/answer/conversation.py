"""Follow-ups: a question that leans on the one before becomes one that stands by itself, by rules that can be read.

"and who calls it?"          a pronoun          who calls `Cart.add`?
"what about its errors?"     a kind of question What does `Cart.add` raise?
"callers?"                   the same, bare     Who calls `Cart.add`?
"and `price_of`?"            another target     What does `price_of` raise?
"why?"                       a bare word        Why does `Cart.add` raise that?
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.answer.ready import ReadyAnswers, target_for
from sleeptime.core.intents import BY_NAME, find_intent, question_for
from sleeptime.core.messages import Ask, FollowUp
from sleeptime.core.types import Target
from sleeptime.index import Sources, code_names

FOLLOW_UPS = 3

_LEAD = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|also|then|now|well|yes|no|hm+)\b[\s,]*)*(what about|how about|and)?\b[\s,:]*",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\b(its|their|the(?= \w+s?\W*$))\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(it|they|them|that one|the same|(?:this|that|the)(?= (?:function|method|class|module|file|package))"
    r"(?: (?:function|method|class|module|file|package)))\b",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(r"\b(this|that|here)\b", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z_][\w.]*\w|[A-Za-z_]")

_NOUNS = {
    "callers": "callers", "usages": "callers", "uses": "callers", "users": "callers", "call sites": "callers",
    "callees": "callees", "calls": "callees",
    "errors": "errors", "exceptions": "errors", "failures": "errors", "raises": "errors",
    "parameters": "parameters", "arguments": "parameters", "args": "parameters", "params": "parameters",
    "signature": "parameters", "return": "parameters", "return value": "parameters", "return type": "parameters",
    "tests": "tests", "test": "tests", "coverage": "tests",
    "attributes": "attributes", "fields": "attributes", "properties": "attributes",
    "subclasses": "overrides", "bases": "overrides", "base class": "overrides", "overrides": "overrides",
    "definition": "defined", "location": "defined",
    "dependencies": "dependencies", "imports": "dependencies",
    "dependents": "dependents", "importers": "dependents",
    "impact": "impact", "consequences": "impact", "origin": "introduced",
    "contents": "contents", "api": "contents", "public api": "contents",
    "history": "history", "author": "history", "commits": "history",
    "purpose": "purpose", "role": "purpose", "job": "purpose",
    "state": "lifecycle", "lifecycle": "lifecycle",
}  # fmt: skip
"""What people call an intent when they only name it."""

_BARE = {"where": "defined", "how": "explain", "how so": "explain", "who": "callers", "what": "purpose"}
"""Questions of one word."""

_WHY = {
    "errors": "Why does {name} raise that?",
    "callers": "Why is {name} called there?",
    "callees": "Why does {name} call these?",
    "parameters": "Why does {name} take these parameters?",
    "dependencies": "Why does {name} need these?",
    "history": "Why was {name} changed then?",
}
"""What "why?" asks after a question of a kind; after any other, why the code is as it is."""

_WHY_ELSE = "Why is {name} written this way?"

DULL = frozenset({"defined"})
"""Not offered as follow-ups: the evidence shows where something is."""


class Topic(Struct, frozen=True):
    """What a conversation spoke of last."""

    target: Target
    intent: str = ""

    @property
    def name(self) -> str:
        """How a question names it."""
        spelt = self.target.symbol or self.target.path
        return f"`{spelt}`" if spelt else "the repository"


def follow(ask: Ask, topic: Topic, sources: Sources) -> Ask:
    """The question made to stand by itself, with the cursor on what it is about: there names are certain."""
    question = standalone(ask.question, topic, sources, at_cursor=bool(ask.path))
    if question == ask.question:
        return ask
    target = topic.target
    if target.symbol and target.symbol in question and (symbol := sources.symbol(target)):
        where = symbol.name_span
        return replace(ask, question=question, path=target.path, line=where.start_line, column=where.start_column)
    return replace(ask, question=question)


def standalone(question: str, topic: Topic, sources: Sources, *, at_cursor: bool = False) -> str:
    """The question with what it leaves out, taken from the topic; as it is if it leaves nothing out. With `at_cursor`
    "this" is what the cursor is on.
    """
    said = _LEAD.sub("", question, count=1).strip()
    lead = said != question.strip()
    bare = said.strip(" ?!.").lower()
    if bare in ("why", "why so", "why not", "why is that", "why that"):
        return _WHY.get(topic.intent, _WHY_ELSE).format(name=topic.name)
    if bare in _BARE:
        return _asked(_BARE[bare], topic)
    if noun := _NOUNS.get(_POSSESSIVE.sub("", bare)):
        return _asked(noun, topic)
    named = _named(said, sources)
    if named:
        only = bare in {name.lower() for name in named} or bare.strip("`").lower() in {n.lower() for n in named}
        return question_for(topic.intent, named[0]) if only and topic.intent in BY_NAME else question
    return _with_pronouns(said, question, topic, lead=lead, at_cursor=at_cursor)


def _with_pronouns(said: str, question: str, topic: Topic, *, lead: bool, at_cursor: bool) -> str:
    if possessed := re.search(r"\b(?:its|their)\s+(\w+)", said, re.IGNORECASE):
        if possessed.start() == 0:
            return f"What is the {possessed[1]} of {topic.name}?"
        return said[: possessed.start()] + f"the {possessed[1]} of {topic.name}" + said[possessed.end() :]
    if _PRONOUN.search(said):
        return _PRONOUN.sub(topic.name, said)
    if not at_cursor and _DEMONSTRATIVE.search(said):
        return _DEMONSTRATIVE.sub(topic.name, said, count=1)
    if lead and find_intent(said, topic.target.level) is not None:
        return f"{said.rstrip(' ?')} {topic.name}?"  # "and who calls?"
    return question


def _asked(intent: str, topic: Topic) -> str:
    return question_for(intent, (topic.target.symbol or topic.target.path) or "the repository")


def _named(said: str, sources: Sources) -> list[str]:
    """What a question names that is defined here: written as code, with a capital, a dot or an underscore."""
    coded = [name.removesuffix("()") for name in code_names(said)]
    written = [word for word in _WORDS.findall(said)[1:] if not word.islower() or "_" in word or "." in word]
    first = [word for word in _WORDS.findall(said)[:1] if "_" in word or "." in word]
    names = dict.fromkeys((*coded, *first, *written))
    return [name for name in names if _is_known(name, sources)]


def _is_known(name: str, sources: Sources) -> bool:
    outlines = sources.outlines
    return bool(outlines.definitions(name.rpartition(".")[2])) or any(
        path == name or path.endswith("/" + name) for path in outlines.paths()
    )


def follow_ups(topic: Topic, ready: ReadyAnswers, sources: Sources) -> tuple[FollowUp, ...]:
    """Up to three questions to go on with, answered already: of the same target what was written about it, then what
    facts answer, and one about what is around it.
    """
    written = [one for one in ready.about(topic.target) if one.fresh and one.intent not in {topic.intent, *DULL}]
    around = [one for place in _around(topic.target, sources) for one in ready.about(place) if one.fresh and one.model]
    chosen = [*written[: FOLLOW_UPS - len(around[:1])], *around]
    return tuple(FollowUp(one.question, one.key) for one in chosen[:FOLLOW_UPS])


def _around(target: Target, sources: Sources) -> Iterator[Target]:
    """What encloses a target, from near to far."""
    outline = sources.outlines.outline(target.path) if target.path else None
    if outline is not None and target.symbol:
        outer = target.symbol.rpartition(".")[0]
        yield from (target_for(target.path, s) for s in outline.symbols if outer and s.qualified_name == outer)
        yield Target("module", target.path)
    if target.path:
        yield Target("package", target.path.rpartition("/")[0] or ".")
        yield Target("repository")
