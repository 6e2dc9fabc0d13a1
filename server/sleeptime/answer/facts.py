"""Typed questions, answered by the syntax tree and the reference graph alone: exact, fresh and free of any model."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from sleeptime.answer.defined import defined
from sleeptime.answer.defuse import defused
from sleeptime.answer.relation import relation
from sleeptime.answer.stated import SHOWN, Stated, an, code, codes, listed
from sleeptime.answer.structure import collaborators, conventions, effects, extension_points, invariants
from sleeptime.answer.workings import workings
from sleeptime.core.intents import IntentName
from sleeptime.core.keys import text_hash
from sleeptime.core.types import DATA_KINDS, Commit, Evidence, Target
from sleeptime.index import Facts, Graph, Sources, Use, named
from sleeptime.prompts import first_sentence, outline_card

CARD_LINES = 40
"""Lines of a module's contents; longer is scrolled past."""

SHORTEST_DOCUMENTATION = 30
"""Characters; less ("Helpers.") explains nothing."""

_TITLE = re.compile(r"\A\s*(?:([=~#*^\"'+`-])\1{2,}[ \t]*\n)?[^\n]+\n[ \t]*([=~#*^\"'+`-])\2{2,}[ \t]*(?:\n|\Z)")
"""As reStructuredText and Markdown have it, with or without a line above."""

DESCENDANTS = 60
"""Classes looked at that extend one, near and far."""

OF_CODE: frozenset[IntentName] = frozenset({"parameters", "callees", "errors", "effects"})
"""What a variable cannot be asked."""

DOCUMENTATION = 700
"""Characters shown of a documentation: whole paragraphs, at least one."""


class FactAnswers:
    """Answers typed intents about one worktree."""

    def __init__(self, graph: Graph, sources: Sources) -> None:
        self._graph = graph
        self._sources = sources
        self._symbol_answers: dict[IntentName, Callable[[Facts], Stated]] = {
            "callers": _callers,
            "callees": _callees,
            "errors": _errors,
            "parameters": _parameters,
            "overrides": lambda facts: _overrides(facts, graph),
            "tests": _tests,
            "attributes": lambda facts: _attributes(facts, graph),
            "defined": lambda facts: defined(facts, graph, sources.outlines),
            "effects": lambda facts: effects(facts, sources),
            "collaborators": lambda facts: collaborators(facts, graph),
            "extension_points": lambda facts: extension_points(facts, graph, sources),
            "impact": _impact,
        }

    def answer(self, target: Target, intent: IntentName) -> tuple[str, tuple[Evidence, ...]] | None:
        """Markdown and its evidence, or None if the target is gone or the intent does not fit it."""
        if intent in {"history", "introduced"}:
            stated = self._from_git(target, intent)
        elif intent == "conventions":
            stated = conventions(self._sources)
        else:
            stated = self._about_symbol(target, intent) if target.symbol else self._about_module(target, intent)
        if stated is None:
            return None
        return stated.text, self._cited(stated.places)

    def located(self, targets: Sequence[Target]) -> tuple[str, tuple[Evidence, ...]] | None:
        """Where several things are that a question describes alike; those that are gone are left out, and data: a
        variable is named, but a description means what does something.
        """
        rows, places = [], []
        for target in targets:
            symbol = self._sources.symbol(target) if target.symbol else None
            if symbol is not None and symbol.kind not in DATA_KINDS:
                line = symbol.name_span.start_line
                rows.append(f"- {code(symbol.qualified_name)}, {an(symbol.kind)}, in `{target.path}:{line + 1}`")
                places.append((target.path, line, target.symbol))
            elif not target.symbol and self._sources.outlines.outline(target.path) is not None:
                rows.append(f"- the file `{target.path}`")
                places.append((target.path, 0, ""))
        return ("\n".join(["By their names, these fit:", "", *rows]), self._cited(places)) if rows else None

    def documented(self, target: Target) -> tuple[str, tuple[Evidence, ...]] | None:
        """What the code itself says that `target` is for: its documentation, as its authors wrote it, or that of what
        it extends or overrides if it has none of its own.
        """
        if said := self._own_documentation(target):
            return self._with_names(said, target), self._cited([self._head(target)])
        for above in (*self._graph.bases(target), *self._graph.overrides(target)) if target.symbol else ():
            if said := self._own_documentation(above):
                path, line, _ = self._head(above)
                text = f"In the words of {code(above.symbol)} (`{path}:{line + 1}`), which it extends:\n\n{said}"
                return self._with_names(text, target), self._cited([self._head(target), self._head(above)])
        return None

    def _with_names(self, said: str, target: Target) -> str:
        """Documentation with a sentence of the names that it leaves out, as notes have it; what is only read says
        little beside it.
        """
        names = named(target, self._sources.outlines).besides("reads").without(said).sentence()
        return f"{said}\n\n{names}" if names else said

    def explained(self, target: Target) -> tuple[str, tuple[Evidence, ...]] | None:
        """How `target` works as far as documentation, steps and parts tell; None if they tell too little."""
        facts = self._graph.facts(target) if target.symbol else None
        outline = self._sources.outlines.outline(target.path)
        if facts is None or outline is None:
            return None
        stated = workings(facts, outline, self._own_documentation(target))
        return (stated.text, self._cited(stated.places)) if stated is not None else None

    def related(self, one: Target, other: Target) -> tuple[str, tuple[Evidence, ...]] | None:
        """What joins two classes; None if the index sees nothing."""
        stated = relation(one, other, self._graph)
        return (stated.text, self._cited(stated.places)) if stated is not None else None

    def _own_documentation(self, target: Target) -> str:
        """The first paragraphs of a documentation; "" if there is none that explains anything."""
        outline = self._sources.outlines.outline(target.path)
        symbol = self._sources.symbol(target) if target.symbol else None
        if outline is None or (target.symbol and symbol is None):
            return ""
        said = _first_paragraphs(symbol.docstring if symbol else _untitled(outline.docstring))
        return defused(said) if len(said) >= SHORTEST_DOCUMENTATION else ""

    def _head(self, target: Target) -> tuple[str, int, str]:
        """Where the name of a target stands; a file's first line."""
        symbol = self._sources.symbol(target) if target.symbol else None
        return target.path, symbol.name_span.start_line if symbol else 0, target.symbol

    def _cited(self, places: Iterable[tuple[str, int, str]]) -> tuple[Evidence, ...]:
        found = (self._evidence(*place) for place in list(places)[:SHOWN])
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _about_symbol(self, target: Target, intent: IntentName) -> Stated | None:
        facts = self._graph.facts(target)
        answer = self._symbol_answers.get(intent)
        if facts is None or answer is None or (facts.symbol.kind in DATA_KINDS and intent in OF_CODE):
            return None
        return answer(facts)

    def _about_module(self, target: Target, intent: IntentName) -> Stated | None:
        outline = self._sources.outlines.outline(target.path)
        if outline is None:
            return None
        here = ((target.path, 0, ""),)
        if intent == "defined":
            return Stated(f"It is the file `{target.path}`.", here)
        if intent == "contents":
            card = outline_card(replace(outline, docstring=_untitled(outline.docstring)), CARD_LINES)
            return Stated(f"`{target.path}` holds:\n\n```{outline.language}\n{card}\n```", here)
        if intent == "invariants":
            return invariants(target.path, outline)
        if intent in {"dependencies", "dependents"}:
            find = self._graph.dependencies if intent == "dependencies" else self._graph.dependents
            said = "depends on" if intent == "dependencies" else "is imported by"
            paths = find(target.path)
            rows = [f"- `{path}`" for path in paths[:SHOWN]]
            return Stated(listed(f"`{target.path}` {said}", rows, len(paths), "file"), here)
        return None

    def _from_git(self, target: Target, intent: IntentName) -> Stated | None:
        """What git knows; it is asked now, since commits are in no outline."""
        symbol = self._sources.symbol(target) if target.symbol else None
        if symbol is None and (target.symbol or self._sources.outlines.outline(target.path) is None):
            return None
        here = ((target.path, symbol.name_span.start_line if symbol else 0, target.symbol),)
        name = code(target.symbol or target.path)
        if intent == "introduced":
            return Stated(_origin(name, self._sources.origin(target)), here)
        commits = self._sources.history(target)
        if not commits:
            return Stated(f"Git knows no commit that touched {name}.", here)
        rows = [f"- {_commit(commit)}" for commit in commits[:SHOWN]]
        return Stated("\n".join([f"{name} was last changed by:", "", *rows]), here)

    def _evidence(self, path: str, line: int, symbol: str) -> Evidence | None:
        lines = self._sources.lines(path)
        if line >= len(lines):
            return None
        return Evidence(path, line + 1, line + 1, symbol, text_hash(lines[line].encode()))


def _callers(facts: Facts) -> Stated:
    name, outside = code(facts.target.symbol), "Outside tests, " if facts.tests else ""
    if not facts.callers:
        nothing = "nothing" if outside else "Nothing"
        text = f"{outside}{nothing} in the index calls {name}."
        return Stated(f"{text} Calls through names made at run time cannot be seen.", _here(facts))
    return _uses(f"{outside}{name} is called from{_bound(facts)}", facts.callers, facts.caller_count, "place")


def _callees(facts: Facts) -> Stated:
    name = code(facts.target.symbol)
    if not facts.callees:
        return Stated(f"{name} calls nothing that this repository defines.", _here(facts))
    return _uses(f"{name} calls", facts.callees, facts.callee_count, "thing")


def _impact(facts: Facts) -> Stated:
    """Who would notice a change: those that call it, extend or override it, and test it."""
    name = code(facts.target.symbol)
    callers, tests = _callers(facts) if facts.callers else None, _tests(facts) if facts.tests else None
    kin = {"is extended by": facts.subclasses, "is overridden by": facts.overridden_by}
    said = [f"{name} {verb} {codes(_symbols(targets))}." for verb, targets in kin.items() if targets]
    parts = [callers.text if callers else "", " ".join(said), tests.text if tests else ""]
    places = (*(callers.places if callers else ()), *(tests.places if tests else ()))
    if not any(parts):
        text = (
            f"Nothing in the index calls, extends or tests {name}. Uses through names made at run time cannot be seen."
        )
        return Stated(text, _here(facts))
    return Stated("\n\n".join(part for part in parts if part), places or _here(facts))


def _origin(name: str, commit: Commit | None) -> str:
    if commit is None:
        return f"Git knows no commit that {name} came with."
    text = f"The oldest lines of {name} came with this commit:\n\n- {_commit(commit)}"
    return text + (f"\n\n{defused(commit.body)}" if commit.body else "")


def _tests(facts: Facts) -> Stated:
    name = code(facts.target.symbol)
    if not facts.tests:
        return Stated(f"No test in the index uses {name} directly.", _here(facts))
    return _uses(f"{name} is used by{_bound(facts)}", facts.tests, facts.test_count, "test")


def _errors(facts: Facts) -> Stated:
    name, raised = code(facts.target.symbol), facts.symbol.raises
    if not raised:
        return Stated(f"{name} raises nothing itself; what it calls may.", _here(facts))
    places = tuple((use.path, use.line, facts.target.symbol) for use in facts.raises)
    return Stated(f"{name} raises {codes(raised)} itself; what it calls may raise more.", places or _here(facts))


def _parameters(facts: Facts) -> Stated:
    symbol = facts.symbol
    said = defused(first_sentence(symbol.docstring))
    text = f"```{facts.language}\n{symbol.signature or symbol.qualified_name}\n```" + (f"\n\n{said}" if said else "")
    if symbol.returns:
        text += f"\n\nIt returns {codes(symbol.returns)}."
    return Stated(text, _here(facts))


def _overrides(facts: Facts, graph: Graph) -> Stated:
    name = code(facts.target.symbol)
    near_and_far = graph.descendants(facts.target, DESCENDANTS) if facts.subclasses else ()
    far = [one for one in near_and_far if one not in facts.subclasses]
    said = [
        f"{name} {verb} {codes(names)}."
        for verb, names in (
            ("extends", facts.symbol.bases),
            ("is extended by", _symbols(facts.subclasses)),
            ("is extended through others by", _symbols(far)),
            ("overrides", _symbols(facts.overrides)),
            ("is overridden by", _symbols(facts.overridden_by)),
        )
        if names
    ]
    return Stated(" ".join(said) or f"{name} extends and overrides nothing, and nothing overrides it.", _here(facts))


def _attributes(facts: Facts, graph: Graph) -> Stated:
    """Each with the line that it begins in. How often they are read is not told: through a variable of unknown type
    nobody sees that.
    """
    name, bases = code(facts.target.symbol), codes(_symbols(facts.bases))
    inherited = f"\n\nThose of {bases} it inherits." if bases else ""
    if not facts.attributes:
        return Stated(f"{name} assigns no attributes that the index sees.{inherited}", _here(facts))
    rows, places = [], []
    for target in (attribute.target for attribute in facts.attributes):
        if (symbol := graph.symbol(target)) is not None:
            line = symbol.name_span.start_line
            rows.append(f"- {code(target.symbol)} · `{target.path}:{line + 1}`")
            places.append((target.path, line, target.symbol))
    text = listed(f"{name} {'itself ' if bases else ''}has", rows, facts.attribute_count, "attribute")
    return Stated(text + inherited, tuple(places) or _here(facts))


def _untitled(docstring: str) -> str:
    """A file's docstring without the underlined title that it begins with, which is the file's name."""
    return _TITLE.sub("", docstring)


def _first_paragraphs(docstring: str) -> str:
    """The first paragraphs, before any list or example begins, announced or not."""
    shown: list[str] = []
    for paragraph in re.split(r"\n\s*\n", docstring.strip()):
        text = " ".join(paragraph.split())
        if text.endswith(":") and shown:
            break
        if re.match(r"(:\w|>>>|\.\. |@\w|Usage|Args|Param|Return|Example|[-~=]{3,})", text) or (
            shown and sum(map(len, shown)) + len(text) > DOCUMENTATION
        ):
            break
        shown.append(text)
    return "\n\n".join(shown)


def _bound(facts: Facts) -> str:
    """What a count is preceded by: of a name that is all over the repository only the nearest files were searched."""
    return " at least" if facts.at_least else ""


def _commit(commit: Commit) -> str:
    if not commit.hash:
        return "a change that is not committed yet"
    day = datetime.fromtimestamp(commit.time, UTC).date().isoformat()
    return f"{defused(commit.author)} on {day}: {defused(commit.subject)} ({code(commit.hash[:10])})"


def _uses(head: str, uses: Sequence[Use], total: int, unit: str) -> Stated:
    rows = [
        f"- {code(use.target.symbol or use.target.path)} · `{use.path}:{use.line + 1}`"
        + (" (perhaps: several things have this name)" if use.ambiguous else "")
        for use in uses[:SHOWN]
    ]
    return Stated(listed(head, rows, total, unit), tuple((use.path, use.line, use.target.symbol) for use in uses))


def _here(facts: Facts) -> tuple[tuple[str, int, str], ...]:
    return ((facts.target.path, facts.symbol.name_span.start_line, facts.target.symbol),)


def _symbols(targets: Iterable[Target]) -> tuple[str, ...]:
    return tuple(target.symbol for target in targets)
