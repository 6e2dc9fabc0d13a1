"""Where something is defined: its declaration, what that is made from, and which files give it away as their own."""

from collections.abc import Iterable

from msgspec import Struct

from sleeptime.answer.stated import Stated, an, code, codes
from sleeptime.core.ports import Outlines
from sleeptime.core.types import DATA_KINDS, Target
from sleeptime.index import Facts, Graph, Use, named

SHOWN_OF_A_KIND = 6
"""More names with their places are a list, which nobody reads for a place."""

LONGEST_NEAR = 100
"""Characters of another declaration shown above the one asked for; a longer one hides it."""

Place = tuple[str, int, str]


class _Said(Struct, frozen=True):
    """A sentence, and the places that it names."""

    text: str
    places: tuple[Place, ...]


def defined(facts: Facts, graph: Graph, outlines: Outlines) -> Stated:
    """Where a symbol is defined, and what one would look at next."""
    symbol, target = facts.symbol, facts.target
    here = (target.path, symbol.name_span.start_line, target.symbol)
    where = f"{code(symbol.qualified_name)} is {an(symbol.kind)} defined in {_at(here)}."
    used = _certain(graph.mentions(target)) if symbol.kind in DATA_KINDS else []
    called = _certain(use for use in facts.callees if use.kind == "call") if target.level != "class" else []
    said = [
        _related("It extends", facts.bases, graph),
        _related("It overrides", facts.overrides, graph),
        _related("It uses", used, graph),
        _related("It calls", called, graph),
        _exported(target, graph),
        _Said(_offered(facts, outlines), ()),
    ]
    sentences = " ".join(one.text for one in said if one.text)
    text = "\n\n".join(part for part in (where, _block(facts, used, graph), sentences) if part)
    return Stated(text, (here, *(place for one in said for place in one.places)))


def _certain(uses: Iterable[Use]) -> list[Target]:
    return [use.target for use in uses if not use.ambiguous]


def _offered(facts: Facts, outlines: Outlines) -> str:
    """The names that matter of a class, besides those that it extends."""
    if facts.target.level != "class":
        return ""
    return named(facts.target, outlines).without(codes(facts.symbol.bases)).sentence()


def _block(facts: Facts, used: Iterable[Target], graph: Graph) -> str:
    """The declaration on one line, under those of the data next to it that it is made from."""
    if facts.symbol.kind == "heading" or not facts.symbol.signature:
        return ""
    beside = [symbol for one in used if one.path == facts.target.path and (symbol := graph.symbol(one)) is not None]
    lines = [
        symbol.signature
        for symbol in sorted(beside, key=lambda symbol: symbol.span.start_line)
        if symbol.kind in DATA_KINDS and len(symbol.signature) <= LONGEST_NEAR
    ]
    declared = "\n".join((*lines, facts.symbol.signature))
    return f"```{facts.language}\n{declared}\n```"


def _related(verb: str, targets: Iterable[Target], graph: Graph) -> _Said:
    found = ((target, symbol) for target in targets if (symbol := graph.symbol(target)) is not None)
    places = tuple((target.path, symbol.name_span.start_line, target.symbol) for target, symbol in found)
    shown = places[:SHOWN_OF_A_KIND]
    named_with_places = ", ".join(f"{code(place[2])} ({_at(place)})" for place in shown)
    return _Said(f"{verb} {named_with_places}." if shown else "", shown)


def _exported(target: Target, graph: Graph) -> _Said:
    exports = graph.exports(target)[:SHOWN_OF_A_KIND]
    said = f"It is exported by {codes(use.path for use in exports)}." if exports else ""
    return _Said(said, tuple((use.path, use.line, "") for use in exports))


def _at(place: Place) -> str:
    return f"`{place[0]}:{place[1] + 1}`"
