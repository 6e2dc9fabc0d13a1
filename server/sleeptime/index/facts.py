"""What the graph tells about a symbol, as plain values. Every list is bounded, with a count of what there is."""

from msgspec import Struct

from sleeptime.core.types import ReferenceKind, Symbol, Target


class Resolution(Struct, frozen=True):
    """What a reference means. `ambiguous`: it may be any of the targets, or something else of that name."""

    targets: tuple[Target, ...]
    ambiguous: bool = False


class Use(Struct, frozen=True):
    """One place where two symbols meet: `target` is the other one (of a caller, what encloses the call)."""

    target: Target
    path: str
    line: int
    ambiguous: bool = False
    kind: ReferenceKind = "call"


class Attribute(Struct, frozen=True):
    """One attribute of a class, with where it is assigned and read; the counts are of all such places."""

    target: Target
    written: tuple[Use, ...]
    read: tuple[Use, ...]
    write_count: int
    read_count: int


class Facts(Struct, frozen=True):
    """All static facts of one symbol. Lists are bounded; counts are not, unless `at_least` says that more files hold
    the name than were searched. `mention_count` files hold it, whatever it means there.
    """

    target: Target
    symbol: Symbol
    language: str
    callers: tuple[Use, ...] = ()
    caller_count: int = 0
    callees: tuple[Use, ...] = ()
    callee_count: int = 0
    uses: tuple[Use, ...] = ()
    use_count: int = 0
    raises: tuple[Use, ...] = ()
    bases: tuple[Target, ...] = ()
    subclasses: tuple[Target, ...] = ()
    subclass_count: int = 0
    overrides: tuple[Target, ...] = ()
    overridden_by: tuple[Target, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    attribute_count: int = 0
    tests: tuple[Use, ...] = ()
    test_count: int = 0
    at_least: bool = False
    mention_count: int = 0
