"""The names that an answer about a symbol has to carry, from its own code, and the sentence that adds those left out.

Small models drop names, and an answer without them helps nobody to find anything (shared notes, "A first prototype").
Only what the target's own source says is used, so the sentence goes stale with the code hash and with nothing else.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sleeptime.core.ports import Outlines
from sleeptime.core.types import Outline, Symbol, Target
from sleeptime.index.freshness import PROSE
from sleeptime.index.grounding import UNIVERSAL_NAMES, code_names

MOST_NAMES = 10
"""More than this is a list, not an answer."""

MOST_OF_A_KIND = 6

COMMON = 8
"""A name with more definitions than this, such as `get`, leads nowhere in particular."""

_PARTS = {"class", "interface", "struct", "trait", "enum", "function", "method", "property"}


class Named(Struct, frozen=True):
    """Names by what the target does with them, as in "raises": ("KeyError",)."""

    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(names) for _, names in self.kinds)

    def listed(self) -> str:
        """All of them, for a prompt; "" if there are none."""
        return ", ".join(f"`{name}`" for _, names in self.kinds for name in names)

    def without(self, text: str) -> "Named":
        """Those that a text does not name yet."""
        said = {part for name in code_names(text) for part in _parts(name)}
        left = ((kind, tuple(name for name in names if name not in said)) for kind, names in self.kinds)
        return Named(tuple((kind, names) for kind, names in left if names))

    def besides(self, kind: str) -> "Named":
        """All but those of one kind."""
        return Named(tuple((other, names) for other, names in self.kinds if other != kind))

    def sentence(self) -> str:
        """A sentence that says them; "" if there are none."""
        said = [f"{kind} {', '.join(f'`{name}`' for name in names)}" for kind, names in self.kinds]
        return f"It {'; '.join(said)}." if said else ""


def named(target: Target, outlines: Outlines) -> Named:
    """The names that matter to a symbol or module, what the repository defines before the rest."""
    outline = outlines.outline(target.path)
    if outline is None:
        return Named()
    inside = _inside(target, outline)
    symbols = [outline.symbols[at] for at in inside]
    own = {symbol.name for symbol in symbols} if target.level == "symbol" else {target.symbol.rpartition(".")[2]}
    kinds = _kinds_of_whole(target, outline) if target.level in {"class", "module"} else _kinds_of_body(inside, outline)
    found: list[tuple[str, tuple[str, ...]]] = []
    left = MOST_NAMES
    for kind, names in kinds:
        wanted = _chosen(names, own, outlines)[: min(MOST_OF_A_KIND, left)]
        left -= len(wanted)
        own |= set(wanted)
        found += [(kind, wanted)] if wanted else []
    return Named(tuple(found))


def named_of(members: Sequence[Target]) -> Named:
    """The names of what a theme is made of, of the files in which it is found, and of those that document it."""
    code = [member for member in members if not member.path.endswith(PROSE)]
    documents = (member for member in members if member.path.endswith(PROSE))
    symbols = tuple(dict.fromkeys(member.symbol for member in code if member.symbol))
    files, read = (tuple(dict.fromkeys(member.path for member in some)) for some in (code, documents))
    kinds = (
        ("involves", symbols[:MOST_NAMES]),
        ("is found in", files[:MOST_OF_A_KIND]),
        ("is documented in", read[:MOST_OF_A_KIND]),
    )
    return Named(tuple((kind, names) for kind, names in kinds if names))


def _kinds_of_body(inside: list[int], outline: Outline) -> list[tuple[str, list[str]]]:
    within = set(inside)
    references = [reference for reference in outline.references if reference.enclosing in within]
    return [
        ("raises", [_last(name) for at in inside for name in outline.symbols[at].raises]),
        ("calls", [ref.name for ref in references if ref.kind == "call"]),
        ("sets", [ref.name for ref in references if ref.kind == "write" and ref.receiver]),
        ("reads", [ref.name for ref in references if ref.kind == "read" and ref.receiver]),
    ]


def _kinds_of_whole(target: Target, outline: Outline) -> list[tuple[str, list[str]]]:
    """Of a class or a module: what it extends and what it offers, the largest first."""
    at = next((i for i, s in enumerate(outline.symbols) if s.qualified_name == target.symbol), -1)
    bases = [_last(base) for base in outline.symbols[at].bases] if at >= 0 else []
    parts = [s for s in outline.symbols if s.parent == at and s.exported and s.kind in _PARTS]
    parts.sort(key=_length, reverse=True)
    fields = [s.name for s in outline.symbols if s.parent == at and s.kind == "field" and s.exported]
    return [("extends", bases), ("offers", [s.name for s in parts]), ("keeps", fields)]


def _inside(target: Target, outline: Outline) -> list[int]:
    name = target.symbol
    return [
        at
        for at, symbol in enumerate(outline.symbols)
        if not name or symbol.qualified_name == name or symbol.qualified_name.startswith(name + ".")
    ]


def _chosen(names: Iterable[str], own: set[str], outlines: Outlines) -> tuple[str, ...]:
    """Once each, in order, but those that the repository defines first: they are what people search for."""
    telling = [name for name in dict.fromkeys(names) if name not in own and _tells(name)]
    return tuple(sorted(telling, key=lambda name: not 0 < len(outlines.definitions(name)) <= COMMON))


def _tells(name: str) -> bool:
    """Whether a name is worth repeating; a single letter or a builtin function is not, a builtin exception is."""
    plain = name.startswith("__") or (name in UNIVERSAL_NAMES and not name[0].isupper())
    return len(name) > 1 and not plain


def _length(symbol: Symbol) -> int:
    return symbol.span.end_line - symbol.span.start_line


def _last(name: str) -> str:
    return name.partition("(")[0].partition("[")[0].rpartition(".")[2]


def _parts(name: str) -> list[str]:
    """What code in a text names: itself, a file without the line, and each part of a dotted name."""
    return [name, name.partition(":")[0], *name.replace("()", "").replace("(", ".").split(".")]
