"""What the shape of the code tells: what is changed, worked with, meant to be extended, insisted on, and usual here."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sleeptime.answer.stated import SHOWN, Stated, code, codes, listed
from sleeptime.core.types import Outline, Symbol, Target
from sleeptime.index import Facts, Graph, Sources, Use, is_test_path

LOOKED_AT = 400
"""Files that conventions are counted in: what most of these do the others do."""

USUAL_SHARE = 0.5
"""Done by more than half, it is a convention."""

_FUNCTIONS = {"function", "method"}


def effects(facts: Facts, sources: Sources) -> Stated:
    """What a function assigns outside its own locals, and what it raises."""
    name, outline = code(facts.target.symbol), sources.outlines.outline(facts.target.path)
    assigned: dict[str, int] = {}
    for reference in outline.references if outline else ():
        symbol = outline.symbols[reference.enclosing] if outline and reference.enclosing >= 0 else None
        if reference.kind == "write" and reference.receiver and symbol and _is_within(symbol, facts.target):
            assigned.setdefault(f"{reference.receiver}.{reference.name}", reference.line)
    raised = f" It raises {codes(facts.symbol.raises)}." if facts.symbol.raises else ""
    if not assigned:
        text = f"{name} assigns no attribute itself; what it calls may.{raised}"
        return Stated(text, ((facts.target.path, facts.symbol.name_span.start_line, facts.target.symbol),))
    places = tuple((facts.target.path, line, facts.target.symbol) for line in assigned.values())
    return Stated(f"{name} assigns {codes(assigned)} itself; what it calls may change more.{raised}", places)


def collaborators(facts: Facts, graph: Graph) -> Stated:
    """The classes whose code a class uses, and those that use it."""
    target, name = facts.target, code(facts.target.symbol)
    uses, used_by = _owners(graph.callees(target)), _owners(graph.uses(target))
    said = [
        f"{name} {verb} {codes(found)}."
        for verb, found in (
            ("extends", facts.symbol.bases),
            ("is extended by", _subclasses(facts)),
            ("uses", _others(uses, target)),
            ("is used by", _others(used_by, target)),
        )
        if found
    ]
    text = " ".join(said) or f"{name} works with no other class of this repository that the index sees."
    return Stated(text, ((target.path, facts.symbol.name_span.start_line, target.symbol),))


def extension_points(facts: Facts, graph: Graph, sources: Sources) -> Stated:
    """What subclasses of a class replace already, or must."""
    target, name = facts.target, code(facts.target.symbol)
    outline = sources.outlines.outline(target.path)
    methods = [s for s in outline.symbols if s.kind in _FUNCTIONS and _is_within(s, target)] if outline else []
    rows, places = [], []
    for method in methods:
        replaced = graph.overridden_by(Target("symbol", target.path, method.qualified_name))
        abstract = any("NotImplemented" in raised for raised in method.raises)
        abstract = abstract or any("abstract" in decorator for decorator in method.decorators)
        if replaced or abstract:
            by = f"replaced by {codes(sorted({one.symbol for one in replaced})[:4])}" if replaced else ""
            why = "; ".join(part for part in ("must be defined" if abstract else "", by) if part)
            rows.append(f"- {code(method.qualified_name)}: {why}")
            places.append((target.path, method.name_span.start_line, method.qualified_name))
    subclasses = _subclasses(facts)
    head = f"{name} is extended by {codes(subclasses)}. " if subclasses else ""
    if not rows:
        text = f"{head or f'Nothing in the index extends {name}. '}No method of it is replaced or asks to be."
        return Stated(text, ((target.path, facts.symbol.name_span.start_line, target.symbol),))
    return Stated(head + listed("Subclasses define", rows[:SHOWN], len(rows), "method"), tuple(places))


def invariants(path: str, outline: Outline) -> Stated:
    """What a module refuses: where it raises, and what."""
    refusing = [symbol for symbol in outline.symbols if symbol.raises and symbol.kind in {*_FUNCTIONS, "constructor"}]
    rows = [f"- {code(symbol.qualified_name)} refuses with {codes(symbol.raises)}" for symbol in refusing[:SHOWN]]
    text = listed(f"{code(path)} raises in", rows, len(refusing), "function")
    places = tuple((path, symbol.name_span.start_line, symbol.qualified_name) for symbol in refusing)
    return Stated(text, places or ((path, 0, ""),))


def conventions(sources: Sources) -> Stated:
    """What most of the code does alike, counted."""
    outlines = sources.outlines
    paths = outlines.paths()
    code_paths = [path for path in paths if not is_test_path(path)][:LOOKED_AT]
    modules = [outline for path in code_paths if (outline := outlines.outline(path)) is not None]
    symbols = [symbol for outline in modules for symbol in outline.symbols]
    functions = [symbol for symbol in symbols if symbol.kind in _FUNCTIONS and symbol.exported]
    rows = [row for row in (_documented(functions), _private(symbols), _bases(symbols), _decorators(symbols)) if row]
    tests = [path for path in paths if is_test_path(path)]
    rows += [f"- Tests stand in {codes(_folders(tests))}."] if tests else []
    languages = Counter(outline.language for outline in modules).most_common(3)
    head = f"Counted in {len(modules)} files ({', '.join(language for language, _ in languages)}):"
    return Stated("\n".join([head, "", *rows]), tuple((path, 0, "") for path in tests[:2]))


def _documented(functions: Sequence[Symbol]) -> str:
    share = sum(bool(symbol.docstring) for symbol in functions) / max(1, len(functions))
    usual = "have" if share > USUAL_SHARE else "seldom have"
    return f"- Exported functions {usual} documentation ({share:.0%})." if functions else ""


def _private(symbols: Sequence[Symbol]) -> str:
    hidden = [symbol.name for symbol in symbols if symbol.name.startswith("_") and not symbol.name.startswith("__")]
    return f"- Names that are not for others begin with `_` ({len(hidden)} do)." if hidden else ""


def _bases(symbols: Sequence[Symbol]) -> str:
    common = [base for base, count in Counter(b for s in symbols for b in s.bases).most_common(4) if count > 1]
    return f"- The classes most often extended are {codes(common)}." if common else ""


def _decorators(symbols: Sequence[Symbol]) -> str:
    names = Counter(decorator.partition("(")[0].lstrip("@") for s in symbols for decorator in s.decorators)
    common = [name for name, count in names.most_common(4) if count > 1]
    return f"- The decorators most often used are {codes(common)}." if common else ""


def _folders(paths: Iterable[str]) -> list[str]:
    return [folder for folder, _ in Counter(path.rpartition("/")[0] or "." for path in paths).most_common(3)]


def _is_within(symbol: Symbol, target: Target) -> bool:
    return symbol.qualified_name == target.symbol or symbol.qualified_name.startswith(target.symbol + ".")


def _owner(target: Target) -> str:
    """The class that something belongs to, or is; "" for a function of its own."""
    return target.symbol if target.level == "class" else target.symbol.rpartition(".")[0]


def _owners(uses: Iterable[Use]) -> Counter[str]:
    """The classes of this repository's own code, tests left out, that certain uses belong to."""
    certain = (use.target for use in uses if not use.ambiguous and not is_test_path(use.target.path))
    return Counter(owner for target in certain if (owner := _owner(target)))


def _subclasses(facts: Facts) -> list[str]:
    return [other.symbol for other in facts.subclasses if not is_test_path(other.path)]


def _others(found: Counter[str], target: Target) -> list[str]:
    names = (name for name, _ in found.most_common(SHOWN))
    return [name for name in names if name != target.symbol and not name.startswith(f"{target.symbol}.")]
