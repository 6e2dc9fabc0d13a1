"""How something works, as far as the code itself says: its documentation, and then its steps or its parts.

Only what is documented and has steps or parts is explained: a bare list of calls explains nothing, and a class without
methods does nothing.
"""

from collections.abc import Iterator, Sequence

from sleeptime.answer.defuse import defused
from sleeptime.answer.stated import SHOWN, Stated, code, codes, listed
from sleeptime.core.types import Outline, Symbol
from sleeptime.index import Facts, Use
from sleeptime.prompts import first_sentence

_FUNCTIONS = {"function", "method", "property"}


def workings(facts: Facts, outline: Outline, documentation: str) -> Stated | None:
    """The steps of a function or the parts of a class under its `documentation`; None if there is too little to say."""
    if not documentation:
        return None
    found = _parts(facts, outline) if facts.target.level == "class" else _steps(facts)
    if found is None:
        return None
    here = (facts.target.path, facts.symbol.name_span.start_line, facts.target.symbol)
    return Stated(f"{documentation}\n\n{found.text}", (here, *found.places))


def _steps(facts: Facts) -> Stated | None:
    """What a function calls in order, and what it raises; how it works, what it raises alone does not tell."""
    raised = {name.rsplit(".", 1)[-1] for name in facts.symbol.raises}
    certain = (use for use in facts.callees if not use.ambiguous)
    calls = [use for use in certain if use.target.symbol.rsplit(".", 1)[-1] not in raised]
    if not calls:
        return None
    rows = [_call(use) for use in calls[:SHOWN]]
    name = code(facts.target.symbol)
    text = listed(f"{name} calls in this order", rows, max(len(calls), len(rows)), "thing")
    text += f"\n\nIt raises {codes(facts.symbol.raises)} itself." if facts.symbol.raises else ""
    return Stated(text, tuple((use.path, use.line, facts.target.symbol) for use in calls))


def _call(use: Use) -> str:
    return f"- {code(use.target.symbol or use.target.path)} · `{use.path}:{use.line + 1}`"


def _parts(facts: Facts, outline: Outline) -> Stated | None:
    """What a class extends, keeps and can be asked to do."""
    methods = list(_public_methods(facts, outline))
    if not methods:
        return None
    name = code(facts.target.symbol)
    said = [f"{name} extends {codes(facts.symbol.bases)}."] if facts.symbol.bases else []
    kept = [attribute.target.symbol.rsplit(".", 1)[-1] for attribute in facts.attributes[:SHOWN]]
    said += [f"It keeps {codes(kept)}."] if kept else []
    path = facts.target.path
    rows = [f"- {code(m.name)}: {_said(m)} · `{path}:{m.name_span.start_line + 1}`" for m in methods[:SHOWN]]
    text = "\n\n".join(
        part for part in (" ".join(said), listed("It has", rows, len(methods), "documented public method")) if part
    )
    return Stated(text, tuple((path, m.name_span.start_line, m.qualified_name) for m in methods))


def _public_methods(facts: Facts, outline: Outline) -> Iterator[Symbol]:
    """A class's own documented methods; what is private or undocumented explains nothing."""
    symbols: Sequence[Symbol] = outline.symbols
    for symbol in symbols:
        owner = symbols[symbol.parent].qualified_name if symbol.parent >= 0 else ""
        if owner == facts.target.symbol and symbol.kind in _FUNCTIONS and symbol.exported and symbol.docstring:
            yield symbol


def _said(method: Symbol) -> str:
    return defused(first_sentence(method.docstring)).rstrip(".")
