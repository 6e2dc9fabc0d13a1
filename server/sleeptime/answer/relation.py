"""How two classes are related: what one inherits from the other, where one uses the other, and what uses both."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from sleeptime.answer.stated import SHOWN, Stated, code, codes, listed
from sleeptime.core.types import Target
from sleeptime.index import Graph, Use, is_test_path

_PAIR = re.compile(
    r"\brelation(?:ship)?s? between (?P<one>.+?) and (?P<other>.+?)(?P<rest> (?:in|for|when|during|with)\b[^?]*)?\?*$"
)

ALL_USES = 1000
"""Uses of a class looked at: of the nearest few too many are within the class itself, and a count has to be of all."""

SHORTEST_SIDE = 2
"""Characters; less names nothing."""


class Pair(Struct, frozen=True):
    """The two things whose relation is asked for, in the question's words, and what it adds to them."""

    one: str
    other: str
    rest: str


def pair_asked(question: str) -> Pair | None:
    """The two things in "the relationship between ... and ..."; None if the question asks something else."""
    found = _PAIR.search(question.strip())
    if found is None or min(len(found["one"]), len(found["other"])) < SHORTEST_SIDE:
        return None
    return Pair(found["one"], found["other"], found["rest"] or "")


def relation(one: Target, other: Target, graph: Graph) -> Stated | None:
    """What the code says that joins two classes; None where neither has to do with the other: that somebody uses
    both, or that both extend a third, tells too little.
    """
    shared, said = _inherited(one, other, graph)
    first, second = _kin(one, graph, shared), _kin(other, graph, shared)
    of_first, of_second = _certain_uses(first, graph), _certain_uses(second, graph)
    direct = [use for use in of_second if _is_in(use, first)]
    back = [use for use in of_first if _is_in(use, second)]
    if not (direct or back or other in graph.ancestors(one) or one in graph.ancestors(other)):
        return None
    both = list(_of_both(of_first, of_second, (*first, *second)))
    by_signature: defaultdict[tuple[bool, bool], list[Use]] = defaultdict(list)
    for use in both:
        by_signature[_makes_of(one, other, use, graph), _makes_of(other, one, use, graph)].append(use)
    forth, reverse, others = (by_signature[key] for key in ((True, False), (False, True), (False, False)))
    groups = (
        (f"{code(one.symbol)} uses {code(other.symbol)} in", direct),
        (f"{code(other.symbol)} uses {code(one.symbol)} in", back),
        (f"{code(one.symbol)} is taken and {code(other.symbol)} returned in", forth),
        (f"{code(other.symbol)} is taken and {code(one.symbol)} returned in", reverse),
        ("Both are also used in" if len(others) < len(both) else "Both are used in", others),
    )
    parts = [said, *(_places(head, uses) for head, uses in groups if uses)]
    places = [(use.path, use.line, use.target.symbol) for _, uses in groups for use in uses[:SHOWN]]
    return Stated("\n\n".join(part for part in parts if part), (*_heads((one, other), graph), *places))


def _inherited(one: Target, other: Target, graph: Graph) -> tuple[frozenset[Target], str]:
    """What both are or extend, and a sentence on who extends whom; "" if neither has to do with the other."""
    above_one, above_other = graph.ancestors(one), graph.ancestors(other)
    if other in above_one:
        return frozenset((other, *above_other)), f"{code(one.symbol)} extends {code(other.symbol)}."
    if one in above_other:
        return frozenset((one, *above_one)), f"{code(other.symbol)} extends {code(one.symbol)}."
    shared = [target for target in above_one if target in above_other]
    said = (
        f"Both {code(one.symbol)} and {code(other.symbol)} extend {codes(t.symbol for t in shared)}." if shared else ""
    )
    return frozenset(shared), said


def _kin(target: Target, graph: Graph, shared: frozenset[Target]) -> tuple[Target, ...]:
    """A class with what it alone extends: their code is its code."""
    return (target, *(base for base in graph.ancestors(target) if base not in shared))


def _certain_uses(targets: Iterable[Target], graph: Graph) -> list[Use]:
    """Where source, not tests, certainly uses one of some classes."""
    uses = (use for target in targets for use in graph.uses(target, ALL_USES))
    return [use for use in uses if not use.ambiguous and use.target.symbol and not is_test_path(use.path)]


def _is_in(use: Use, classes: Sequence[Target]) -> bool:
    return any(use.path == owner.path and (use.target.symbol + ".").startswith(owner.symbol + ".") for owner in classes)


def _of_both(of_first: Sequence[Use], of_second: Sequence[Use], kin: Sequence[Target]) -> Iterator[Use]:
    """The uses by functions that have to do with both and belong to neither."""
    users = {use.target for use in of_second}
    return (use for use in of_first if use.target in users and not _is_in(use, kin))


def _makes_of(taken: Target, returned: Target, use: Use, graph: Graph) -> bool:
    """Whether a function's signature says that it takes one class and returns the other, and just that one."""
    symbol = graph.symbol(use.target)
    before, opened, after = symbol.signature.partition(f"{symbol.name}(") if symbol is not None else ("", "", "")
    parameters, _, result = after.rpartition(")")
    result = f"{before} {result}"
    return bool(opened) and _says(parameters, taken) and _says(result, returned) and not _says(result, taken)


def _says(text: str, target: Target) -> bool:
    return re.search(rf"\b{re.escape(target.symbol.rsplit('.', 1)[-1])}\b", text) is not None


def _places(head: str, uses: Sequence[Use]) -> str:
    by_user = {(use.path, _name(use)): use for use in reversed(uses)}  # the first line of each
    users = sorted(by_user.values(), key=lambda use: (use.path, use.line))
    rows = [f"- {code(_name(use))} · `{use.path}:{use.line + 1}`" for use in users[:SHOWN]]
    return listed(head, rows, len(users), "place")


def _name(use: Use) -> str:
    """What a redefinition (a property's setter) shares with what it redefines."""
    return use.target.symbol.split("#")[0]


def _heads(targets: Iterable[Target], graph: Graph) -> Iterator[tuple[str, int, str]]:
    for target in targets:
        if symbol := graph.symbol(target):
            yield target.path, symbol.name_span.start_line, target.symbol
