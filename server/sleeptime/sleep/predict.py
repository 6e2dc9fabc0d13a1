"""Which questions a module and its symbols are likely to be asked.

Typed intents need no preparing: facts answer them at once (`answer/facts.py`). What a model must phrase is prepared:
what something is for, and how it works.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from sleeptime.core.intents import SUMMARY_INTENT, prior_of, question_for
from sleeptime.core.types import Outline, Symbol, Target, level_of
from sleeptime.index import Sources, members
from sleeptime.sleep.themes import Theme

_KIND_WEIGHT = {
    "class": 1.0, "interface": 1.0, "trait": 1.0, "struct": 0.9, "enum": 0.6, "type": 0.4,
    "function": 0.8, "method": 0.6, "constructor": 0.4, "macro": 0.4, "property": 0.3,
}  # fmt: skip
"""How often people ask about a kind of symbol, against a class. Constants and fields speak for themselves."""

HOVER_WEIGHT = 3.0
"""A summary answers a question and stands in every hover on the name, and people hover far more often than they ask.
A concept stands in no hover.
"""

MIN_EXPLAIN_LINES = 6
"""A shorter body is quicker read than explained."""


MIN_MODULE_SYMBOLS = 6
"""How the parts of a module work together is a question only if there are some."""

SHORT_WEIGHT = 0.4
"""Of a definition as short as that: its hover shows nearly all of it without a note."""

THEME_WEIGHT = 8.0
"""Most questions name a concept rather than a symbol (two of three short ones in a public set), and there are dozens of
concepts where there are thousands of symbols.
"""

MIN_STATE = 2
"""Attributes that make a class worth asking what state it keeps."""


class Question(Struct, frozen=True):
    """A question worth preparing. `likelihood` is relative, within one module; `members` are what a theme is about."""

    target: Target
    intent: str
    text: str
    likelihood: float
    is_undocumented: bool = False
    members: tuple[Target, ...] = ()

    @property
    def prior(self) -> float:
        """The intent's share at its level, before anyone has asked."""
        return prior_of(self.intent, self.target.level)


def likely_questions(path: str, outline: Outline) -> Iterator[Question]:
    """The open questions about a module and its exported symbols, the module's own first."""
    if not any(symbol.kind in _KIND_WEIGHT for symbol in outline.symbols):
        return
    yield _question(Target("module", path), "purpose", path, 2.0)
    if len(outline.symbols) >= MIN_MODULE_SYMBOLS:
        for intent in ("explain", "data_flow", "questions"):
            yield _question(Target("module", path), intent, path, 1.0)
    for symbol in outline.symbols:
        if weight := _weight(symbol, outline):
            level = level_of(symbol)
            target = Target(level, path, symbol.qualified_name)
            yield _question(target, "purpose", symbol.qualified_name, weight, is_undocumented=not symbol.docstring)
            if not _is_short(symbol):
                yield _question(target, "explain", symbol.qualified_name, weight)
            if level == "class" and not _is_short(symbol):
                yield _question(target, "rationale", symbol.qualified_name, weight)
            if level == "class" and _has_state(symbol, outline):
                yield _question(target, "lifecycle", symbol.qualified_name, weight)


def questions_about_themes(themes: Iterable[Theme]) -> Iterator[list[Question]]:
    """The open questions about each theme, which are written from the same code."""
    for theme in themes:
        name = theme.target.symbol
        weight = THEME_WEIGHT * theme.weight**0.5
        asked = [_question(theme.target, intent, name, weight) for intent in theme.intents]
        questions = [msgspec.structs.replace(question, members=theme.members) for question in asked]
        yield [question for question in questions if needs_no_model(question.intent)]
        yield [question for question in questions if not needs_no_model(question.intent)]


def needs_no_model(intent: str) -> bool:
    """Whether a thought is answered without a model, and so without reading anything into one."""
    return intent == "where"


def questions_about_wholes(sources: Sources) -> Iterator[Question]:
    """The open questions about packages and the repository; there are few, and whoever is new here asks them first."""
    repository = Target("repository")
    packages = [target for target in members(repository, sources) if len(members(target, sources)) > 1]
    for package in packages:
        yield _question(package, "purpose", package.path, 1.0)
    if packages:
        yield _question(repository, "overview", "", 3.0)


def _question(target: Target, intent: str, name: str, weight: float, *, is_undocumented: bool = False) -> Question:
    surfaces = HOVER_WEIGHT if intent == SUMMARY_INTENT and target.level != "topic" else 1.0
    likelihood = weight * surfaces * prior_of(intent, target.level)
    return Question(target, intent, question_for(intent, name), likelihood, is_undocumented)


def _is_short(symbol: Symbol) -> bool:
    return symbol.span.end_line - symbol.span.start_line < MIN_EXPLAIN_LINES


def _weight(symbol: Symbol, outline: Outline) -> float:
    """0 for what is private, local to a function, or redefined; a missing docstring makes the question likelier."""
    weight = _KIND_WEIGHT.get(symbol.kind, 0.0)
    if not weight or "#" in symbol.qualified_name or not _is_public(symbol, outline):
        return 0.0
    dunder = symbol.name.startswith("__") and symbol.name.endswith("__")
    shown = SHORT_WEIGHT if _is_short(symbol) else 1.0
    return weight * shown * (0.3 if dunder else 1.0) * (1.0 if symbol.docstring else 1.3)


def _has_state(symbol: Symbol, outline: Outline) -> bool:
    prefix = symbol.qualified_name + "."
    fields = (other for other in outline.symbols if other.kind in {"field", "variable"})
    return sum(other.qualified_name.startswith(prefix) for other in fields) >= MIN_STATE


def _is_public(symbol: Symbol, outline: Outline) -> bool:
    """Exported, in nothing but exported classes."""
    parent = outline.symbols[symbol.parent] if symbol.parent >= 0 else None
    if parent is None:
        return symbol.exported
    return symbol.exported and parent.kind not in {"function", "method", "constructor"} and _is_public(parent, outline)
