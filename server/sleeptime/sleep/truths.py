"""What the syntax tree says for certain, to hold a sentence's claims against: what is raised, called and extended, and
which class has which member. Similarity to the source does not see such an error; the tree does.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, Outline, Symbol, Target
from sleeptime.index import code_names

_THE = r"\s+(?:an?\s+|the\s+)?(?:(?:method|function|class|exception|error)\s+)?"
_RAISES = re.compile(rf"\b(?:raises?|throws?|raising){_THE}`([\w.]+)`", re.IGNORECASE)
_EXTENDS = re.compile(rf"\b(?:inherits? from|extends|subclass(?:es)? of|derives? from){_THE}`([\w.]+)`", re.IGNORECASE)
_CALLS = re.compile(rf"\b(?:calls|invokes|calling|invoking){_THE}`([\w.]+)(?:\([^`]*\))?`", re.IGNORECASE)
_QUALIFIED = re.compile(r"([A-Z]\w*)\.([A-Za-z_]\w*)(?:\(.*\))?")
_WORD = re.compile(r"\w+")

MOST_BASES = 50
"""Classes looked through for an inherited member; a longer chain is a circle."""


class Truths(Struct, frozen=True):
    """The certain facts of one target. Names are last parts: `exceptions.NotFound` counts as `NotFound`."""

    name: str
    raised: frozenset[str]
    extended: frozenset[str]
    called: frozenset[str]
    outlines: Outlines

    def wrong(self, sentence: str) -> tuple[str, ...]:
        """The claims of a sentence that the tree contradicts, each as words for the model."""
        return tuple(self._wrong(sentence))

    def _wrong(self, sentence: str) -> Iterator[str]:
        for pattern, true, verb in (
            (_RAISES, self.raised, "raised"),
            (_EXTENDS, self.extended | {self.name}, "a base class"),
            (_CALLS, self.called, "called"),
        ):
            for match in pattern.finditer(sentence):
                if match[1].rpartition(".")[2] not in true:
                    yield f"`{match[1]}` is not {verb} there"
        for name in code_names(sentence):
            member = _QUALIFIED.fullmatch(name)
            if member and not has_member(member[1], member[2], self.outlines):
                yield f"`{member[1]}` has no `{member[2]}`"


def truths_of(target: Target, outline: Outline, outlines: Outlines) -> Truths:
    """The facts of a symbol and all inside it, or of a whole module."""
    inside = {at for at, symbol in enumerate(outline.symbols) if _is_inside(symbol, target)}
    symbols = [outline.symbols[at] for at in inside]
    documented = {word for symbol in symbols for word in _WORD.findall(symbol.docstring)}
    references = [ref for ref in outline.references if not target.symbol or ref.enclosing in inside]
    return Truths(
        name=target.symbol.rpartition(".")[2],
        raised=frozenset({_last(name) for symbol in symbols for name in symbol.raises} | documented),
        extended=frozenset(_last(base) for symbol in symbols for base in symbol.bases),
        called=frozenset({ref.name for ref in references if ref.kind != "write"} | documented),
        outlines=outlines,
    )


def truths_of_parts(parts: Sequence[Target], outlines: Outlines) -> Truths:
    """The facts of several targets together: what is true of one may be said of the whole."""
    found = [truths_of(part, outline, outlines) for part in parts if (outline := outlines.outline(part.path))]
    return Truths(
        name="",
        raised=frozenset().union(*(one.raised for one in found)),
        extended=frozenset().union(*(one.extended | {one.name} for one in found)),
        called=frozenset().union(*(one.called for one in found)),
        outlines=outlines,
    )


def has_member(name: str, member: str, outlines: Outlines) -> bool:
    """Whether a class of this repository has a member, its own or inherited; true if that cannot be known: an unknown
    class, or a base from elsewhere.
    """
    seen: set[str] = set()
    waiting = [name]
    known = False
    while waiting and len(seen) < MOST_BASES:
        seen.add(current := waiting.pop())
        classes = [(path, symbol) for path, symbol in outlines.definitions(current) if symbol.kind in CLASS_KINDS]
        if not classes:
            return True
        known = True
        for path, symbol in classes:
            if _defines(path, symbol, member, outlines):
                return True
            waiting += [last for base in symbol.bases if (last := _last(base)) not in seen]
    return not known or len(seen) >= MOST_BASES or member.startswith("__")


def _defines(path: str, owner: Symbol, member: str, outlines: Outlines) -> bool:
    outline = outlines.outline(path)
    wanted = f"{owner.qualified_name}.{member}"
    if outline is None or any(symbol.qualified_name == wanted for symbol in outline.symbols):
        return True
    first, last = owner.span.start_line, owner.span.end_line
    return any(ref.name == member and ref.kind == "write" and first <= ref.line <= last for ref in outline.references)


def _is_inside(symbol: Symbol, target: Target) -> bool:
    name = symbol.qualified_name
    return not target.symbol or name == target.symbol or name.startswith(target.symbol + ".")


def _last(name: str) -> str:
    return name.partition("(")[0].partition("[")[0].rpartition(".")[2]
