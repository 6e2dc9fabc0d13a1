"""Which definitions of a file are on their way out, by what they say of themselves in each language's convention."""

import re

from sleeptime.core.types import Outline, Reference, Symbol

_DECORATED = re.compile(r"(?:^|[.\[(])_?(?:deprecated?|obsolete)\b", re.IGNORECASE)
"""`@deprecated`, `#[deprecated]`, `@Deprecated`, `[Obsolete]`; what deprecates one argument has a longer name."""

_KINDS = "function|method|class|interface|type|module|constructor|property|attribute|field|alias|decorator|helper|API"
_DOCUMENTED = re.compile(
    rf"""^\.\.[ ]deprecated::                                               # Sphinx; indented it is about a parameter
    | ^@deprecated\b                                                       # JSDoc, Javadoc, PHPDoc, YARD
    | ^\W{{0,2}}deprecated\b(?:[ ](?:since|in|as[ ]of|and)\b|\W|$)         # Go, and whoever writes a plain sentence
    | \bthis[ ](?:(?:{_KINDS})[ ])?(?:is|was|has[ ]been)[ ](?:now[ ])?deprecated\b""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)

_INDENT = 4
"""Columns that a body is indented by, at most: what stands deeper is done under a condition."""


def deprecated(outline: Outline) -> frozenset[int]:
    """The indexes in `Outline.symbols` of what is deprecated, and of what lies inside that."""
    found: set[int] = set()
    acts = _first_acts(outline)
    for at, symbol in enumerate(outline.symbols):
        if symbol.parent in found or _says_so(symbol) or _warns(symbol, acts.get(at)):
            found.add(at)
    return frozenset(found)


def _says_so(symbol: Symbol) -> bool:
    decorated = any(_DECORATED.search(text.partition("(")[0]) for text in symbol.decorators)
    return decorated or (symbol.kind != "heading" and _DOCUMENTED.search(symbol.docstring) is not None)


def _first_acts(outline: Outline) -> dict[int, Reference]:
    """What each definition calls first, its decorators and default values left out."""
    found: dict[int, Reference] = {}
    for reference in outline.references:
        at = reference.enclosing
        if reference.kind == "call" and at >= 0 and reference.line > outline.symbols[at].name_span.end_line:
            found.setdefault(at, reference)
    return found


def _warns(symbol: Symbol, act: Reference | None) -> bool:
    """Whether it begins with a warning, whatever it is called with: Python's `warnings.warn(…, DeprecationWarning)`."""
    if act is None or act.name != "warn" or act.receiver not in {"warnings", ""}:
        return False
    return act.column - len(act.receiver and "warnings.") <= symbol.span.start_column + _INDENT
