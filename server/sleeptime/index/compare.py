"""What differs between two states of some files, symbol by symbol: added, removed, changed, renamed, moved, and whether
callers may have to change with it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sleeptime.core.types import CLASS_KINDS, Outline, Symbol
from sleeptime.index.lookup import FUNCTIONS

ChangeKind = Literal["added", "removed", "changed", "renamed", "moved"]

SameTokens = Callable[[Symbol, Symbol], bool]
"""(before, now) -> whether only comments, blank space, place or their own name differ; False if that cannot be told."""

_ARROW = re.compile(r"[-=]>")
_OPENING, _CLOSING = "([{<", ")]}>"
_OPTIONAL = re.compile(r"=|^\*|^\.\.\.|\?\s*(?::|$)|\.\.\.$|^[*/]$")
"""A parameter that may be left out: a default, `*args`, `...rest`, `name?: type`, and Python's bare `*` and `/`."""


class SymbolChange(Struct, frozen=True):
    """One symbol that differs. `symbol` is as it is now, of a removed one as it was; `before` is None for an added one.
    `breaking` tells that callers written for the earlier state may fail.
    """

    kind: ChangeKind
    path: str
    symbol: Symbol
    before: Symbol | None = None
    old_path: str = ""
    breaking: bool = False

    @property
    def new_signature(self) -> bool:
        """Whether it is used differently now."""
        return self.before is not None and self.kind != "removed" and self.before.signature != self.symbol.signature


def compare_outlines(
    path: str, before: Outline | None, after: Outline | None, same_tokens: SameTokens = lambda _before, _now: False
) -> list[SymbolChange]:
    """The symbols of one file that differ, in the order in which they stand; None is a file that is not there.

    Passed over are local variables, private fields (what assigns them is told), headings (`changed_sections`), and a
    class that only differs in members that are named themselves.
    """
    old, new = _comparable(before), _comparable(after)
    changes = [SymbolChange("removed", path, symbol, symbol, path) for name, symbol in old.items() if name not in new]
    for name, symbol in new.items():
        was = old.get(name)
        if was is None:
            changes.append(SymbolChange("added", path, symbol))
        elif was.text_hash != symbol.text_hash and not same_tokens(was, symbol):
            breaking = _is_public(symbol, after) and breaks_callers(was, symbol)
            changes.append(SymbolChange("changed", path, symbol, was, path, breaking))
    return _with_renames(list(_told_once(_removals_judged(changes, before))), same_tokens)


def changed_sections(before: Outline | None, after: Outline | None) -> list[Symbol]:
    """The sections of a text that are new or read differently, the innermost of those that stand in each other."""
    old = {symbol.qualified_name: symbol.text_hash for symbol in (before.symbols if before else ())}
    symbols = after.symbols if after else ()
    differing = [
        symbol for symbol in symbols if symbol.kind == "heading" and old.get(symbol.qualified_name) != symbol.text_hash
    ]
    around = {symbol.parent for symbol in differing}
    return [symbol for symbol in differing if symbols.index(symbol) not in around]


def _comparable(outline: Outline | None) -> dict[str, Symbol]:
    return {
        symbol.qualified_name: symbol
        for symbol in (outline.symbols if outline else ())
        if not _is_passed_over(symbol) and not _is_local(symbol, outline)
    }


def _is_passed_over(symbol: Symbol) -> bool:
    return symbol.kind in {"heading", "variable"} or (symbol.kind == "field" and not symbol.exported)


def _is_local(symbol: Symbol, outline: Outline | None) -> bool:
    while outline is not None and symbol.parent >= 0:
        symbol = outline.symbols[symbol.parent]
        if symbol.kind not in CLASS_KINDS and symbol.kind != "namespace":
            return True
    return False


def _is_public(symbol: Symbol, outline: Outline | None) -> bool:
    while outline is not None and symbol.exported and symbol.parent >= 0:
        symbol = outline.symbols[symbol.parent]
    return symbol.exported


def _removals_judged(changes: Iterable[SymbolChange], before: Outline | None) -> Iterator[SymbolChange]:
    for change in changes:
        gone = change.kind == "removed" and _is_public(change.symbol, before)
        yield SymbolChange("removed", change.path, change.symbol, change.before, change.path, True) if gone else change


def _told_once(changes: Iterable[SymbolChange]) -> Iterator[SymbolChange]:
    """Without the members of a class that came or went with them, and without a class whose members say it all."""
    changes = list(changes)
    whole = {change.symbol.qualified_name for change in changes if change.kind in {"added", "removed"}}
    owners = {owner for change in changes for owner in _owners(change.symbol.qualified_name)}
    for change in changes:
        name = change.symbol.qualified_name
        within = any(owner in whole for owner in _owners(name))
        said_by_members = name in owners and change.kind == "changed" and not change.new_signature
        if not within and not said_by_members:
            yield change


def _with_renames(changes: list[SymbolChange], same_tokens: SameTokens) -> list[SymbolChange]:
    """The same, where what went and what came only differ in their name."""
    gone = [change for change in changes if change.kind == "removed"]
    renamed: dict[int, SymbolChange] = {}
    for arrival in (change for change in changes if change.kind == "added"):
        for one in gone:
            if _may_be(one.symbol, arrival.symbol) and same_tokens(one.symbol, arrival.symbol):
                gone.remove(one)
                now, was = arrival.symbol, one.symbol
                renamed[id(arrival)] = SymbolChange("renamed", arrival.path, now, was, arrival.path, one.breaking)
                renamed[id(one)] = renamed[id(arrival)]
                break
    told = (renamed.get(id(change), change) for change in changes)
    return list({id(change): change for change in told}.values())


def _may_be(before: Symbol, now: Symbol) -> bool:
    """Whether what went is worth comparing with what came: of one kind, in one place, used in one way."""
    if before.kind != now.kind or _owners(before.qualified_name) != _owners(now.qualified_name):
        return False
    return before.signature.replace(before.name, now.name) == now.signature


def _owners(qualified_name: str) -> list[str]:
    parts = qualified_name.split(".")
    return [".".join(parts[:size]) for size in range(1, len(parts))]


def with_moves(changes: Sequence[SymbolChange]) -> list[SymbolChange]:
    """The same, where a symbol that went in one file and came in another is told as one that moved: by the same text,
    or by the same name and kind if there is only one such pair.
    """
    gone: defaultdict[tuple[str, str], list[SymbolChange]] = defaultdict(list)
    came: defaultdict[tuple[str, str], list[SymbolChange]] = defaultdict(list)
    for change in changes:
        if change.kind in {"removed", "added"}:
            pile = gone if change.kind == "removed" else came
            pile[change.symbol.name, change.symbol.kind].append(change)
    moved: dict[int, SymbolChange] = {}
    left: set[int] = set()
    for key, arrivals in came.items():
        for arrival in arrivals:
            origin = _origin(arrival, [one for one in gone[key] if id(one) not in left], len(arrivals))
            if origin is not None:
                left.add(id(origin))
                moved[id(arrival)] = _moved(origin, arrival)
    return [moved.get(id(change), change) for change in changes if id(change) not in left]


def _origin(arrival: SymbolChange, departures: Sequence[SymbolChange], rivals: int) -> SymbolChange | None:
    same = [one for one in departures if one.symbol.text_hash == arrival.symbol.text_hash]
    if same:
        return same[0]
    return departures[0] if len(departures) == rivals == 1 else None


def _moved(origin: SymbolChange, arrival: SymbolChange) -> SymbolChange:
    breaking = origin.breaking and breaks_callers(origin.symbol, arrival.symbol)
    return SymbolChange("moved", arrival.path, arrival.symbol, origin.symbol, origin.path, breaking)


def breaks_callers(before: Symbol, now: Symbol) -> bool:
    """Whether a call that fits one may not fit the other: a parameter went, moved or changed its name, or a new
    one must be given. A parameter's type and default, and what is returned, are not looked at: callers in most
    languages can live with a change of these.
    """
    if before.signature == now.signature or not {before.kind, now.kind} <= FUNCTIONS:
        return False
    old, new = _parameters(before), _parameters(now)
    if [_name(one) for one in old] != [_name(one) for one in new[: len(old)]]:
        return True
    made_needed = any(_OPTIONAL.search(was) and not _OPTIONAL.search(one) for was, one in zip(old, new, strict=False))
    return made_needed or any(not _OPTIONAL.search(one) for one in new[len(old) :])


def _parameters(symbol: Symbol) -> list[str]:
    """What stands between the parentheses after the name, cut at commas outside brackets."""
    _, _, after_name = _ARROW.sub("", symbol.signature).partition(symbol.name)
    parts, depth = [""], 0
    for letter in after_name.partition("(")[2]:
        if letter in _CLOSING:
            depth -= 1
            if depth < 0:
                break
        elif letter in _OPENING:
            depth += 1
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _name(parameter: str) -> str:
    """A parameter without type and default; where the type stands first (C, Java), with it."""
    return re.split(r"[:=?]", parameter, maxsplit=1)[0].strip()
