"""From the matches of a query to the definitions of a file: nesting, names, kinds, and what is only local."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from sleeptime.core.types import CLASS_KINDS, DATA_KINDS, SymbolKind
from sleeptime.index.languages import LanguageSpec
from sleeptime.index.scan import Match, Scan

FUNCTIONS = frozenset({"function", "method", "constructor", "macro"})
VALUES: frozenset[SymbolKind] = DATA_KINDS | {"property"}
_CONTAINER = "container"


class Definition:
    """A definition while its file is being read. `start` and `end` are the bytes of all that belongs to it."""

    __slots__ = (
        "documented_at",
        "end",
        "kind",
        "name",
        "name_node",
        "node",
        "outer",
        "owner",
        "parent",
        "qualified",
        "start",
    )

    def __init__(self, kind: str, node: Node, name_node: Node, name: str) -> None:
        name = name.lstrip(":@")  # Ruby's `:name` and `@name`
        self.kind = kind
        self.node = node
        self.outer = node
        self.name_node = name_node
        self.name = name
        self.owner = ""
        self.parent: Definition | None = None
        self.qualified = name
        self.documented_at = node.start_byte
        self.start = node.start_byte
        self.end = node.end_byte

    @property
    def function(self) -> "Definition | None":
        """The innermost function that this is, or is in without a class between."""
        scope: Definition | None = self
        while scope is not None and scope.kind not in FUNCTIONS:
            if scope.kind in CLASS_KINDS or scope.kind == _CONTAINER:
                return None
            scope = scope.parent
        return scope

    @property
    def owning_class(self) -> "Definition | None":
        """The innermost class (or `impl`) around this."""
        scope = self.parent
        while scope is not None and scope.kind not in CLASS_KINDS and scope.kind != _CONTAINER:
            scope = scope.parent
        return scope


class Nesting:
    """Which definition is innermost at a byte. Ranges that overlap without nesting (broken code) are cut."""

    def __init__(self, definitions: list[Definition]) -> None:
        """`definitions` in order of (start, -end)."""
        starts: list[int] = [0]
        owners: list[Definition | None] = [None]
        stack: list[Definition] = []

        def close(until: int) -> None:
            while stack and stack[-1].end <= until:
                starts.append(stack.pop().end)
                owners.append(stack[-1] if stack else None)

        for definition in definitions:
            close(definition.start)
            stack.append(definition)
            starts.append(definition.start)
            owners.append(definition)
        close(1 << 62)
        self._starts = starts
        self._owners = owners

    def at(self, byte: int) -> Definition | None:
        """The innermost definition around a byte."""
        return self._owners[bisect_right(self._starts, byte) - 1]


class Definitions:
    """All definitions of one file, in order; and which plain names are known in it but mean a local somewhere."""

    def __init__(self, scan: Scan, spec: LanguageSpec, imported: Iterable[str]) -> None:
        self._scan = scan
        self._spec = spec
        self._outers = {m["inner"][0].start_byte: m["outer"][0] for m in scan.matches("outer")}
        scopes = self._scopes()
        _nest(scopes)
        self.scope_nesting = Nesting(scopes)
        values = self._values(scopes)
        self.known = frozenset(name.encode() for name in (*(d.name for d in (*scopes, *values)), *imported))
        """Plain names whose use is a fact about the repository: imported, or defined at the top or in a class."""
        self._global_names = {(id(self._function_at(node)), scan.slice(node)) for node in scan.nodes("global")}
        self.local_ends: set[int] = set()
        self._locals: dict[int, set[str]] = {}
        self._collect_locals()
        self.scopes = sorted((*scopes, *values), key=_order)
        _nest(self.scopes)
        for definition in self.scopes:
            self._name(definition)
        fields = list(self._fields())
        self.all = sorted((d for d in (*self.scopes, *fields) if d.kind != _CONTAINER), key=_order)
        self.nesting = Nesting([d for d in self.scopes if d.kind != _CONTAINER])

    def is_local(self, name: str, scope: Definition | None) -> bool:
        """Whether `name`, one of the known ones, means in `scope` a parameter or a variable of a function around."""
        while scope is not None:
            if name in self._locals.get(id(scope), ()):
                return True
            scope = scope.parent
        return False

    def _scopes(self) -> list[Definition]:
        """Functions, classes, types and containers, sorted; one for each name in the text."""
        by_name: dict[int, Definition] = {}
        for kind, match in self._scan.definitions():
            if kind not in VALUES:
                by_name.setdefault(match["name"][0].start_byte, self._definition(kind, match))
        containers = [self._definition(_CONTAINER, match) for match in self._scan.matches(_CONTAINER)]
        return sorted((*by_name.values(), *containers), key=_order)

    def _values(self, scopes: list[Definition]) -> list[Definition]:
        """Variables, constants and fields outside of functions; those inside become locals."""
        taken = {definition.name_node.start_byte for definition in scopes}
        taken.update(match["alias"][0].start_byte for match in self._scan.matches("import") if "alias" in match)
        self._inner: list[Node] = []
        found: dict[int, Definition] = {}
        for kind, match in self._scan.definitions():
            if kind not in VALUES:
                continue
            node = match["name"][0]
            if node.start_byte in taken:
                continue
            scope = self.scope_nesting.at(node.start_byte)
            if scope is not None and kind != "field" and scope.function is not None:
                self._inner.append(node)
            elif kind != "variable" or node.start_byte not in found:
                found[node.start_byte] = self._definition(kind, match)
        return list(found.values())

    def _function_at(self, node: Node) -> Definition | None:
        scope = self.scope_nesting.at(node.start_byte)
        return scope.function if scope is not None else None

    def _definition(self, kind: str, match: Match) -> Definition:
        node = match["container" if kind == _CONTAINER else f"definition.{kind}"][0]
        name_node = match["name"][0]
        definition = Definition(kind, node, name_node, self._scan.slice(name_node))
        if "owner" in match:
            definition.owner = self._scan.slice(match["owner"][-1])
        while (outer := self._outers.get(definition.outer.start_byte)) is not None and outer.end_byte >= definition.end:
            if outer.start_byte >= definition.outer.start_byte:
                break
            definition.outer = outer
        definition.start = definition.outer.start_byte
        definition.end = max(definition.end, definition.outer.end_byte)
        return definition

    def _collect_locals(self) -> None:
        """Bind names in the innermost function around them; at the top of a file or class they are no locals.
        Only known names matter: the others are no references anyway.
        """
        text, known = self._scan.text, self.known
        for node in (*self._inner, *self._scan.nodes("local")):
            start, end = node.start_byte, node.end_byte
            if (name := text[start:end]) not in known or (function := self._function_at(node)) is None:
                continue
            if (id(function), (plain := name.decode("utf-8", "replace"))) not in self._global_names:
                self._locals.setdefault(id(function), set()).add(plain)
                self.local_ends.add(end)

    def _name(self, definition: Definition) -> None:
        """Set kind and qualified name, once those of the parent are known."""
        if definition.kind == "field":  # a constructor's parameter that is an attribute too
            definition.parent = definition.owning_class or definition.parent
        parent = definition.parent
        while parent is not None and parent.kind == "type":  # C's `typedef struct name {} name;`
            parent = parent.parent
        prefix = [parent.qualified] if parent is not None else []
        owner = ".".join([*prefix, definition.owner] if definition.owner else prefix)
        if owner:
            definition.qualified = f"{owner}.{definition.name}"
        in_class = bool(definition.owner) or (parent is not None and parent.kind in CLASS_KINDS | {_CONTAINER})
        if definition.kind == "function" and (in_class or (parent is not None and parent.kind in VALUES)):
            definition.kind = "method"
        if definition.kind == "method" and (
            definition.name in self._spec.constructors or (in_class and definition.name == owner.rsplit(".", 1)[-1])
        ):
            definition.kind = "constructor"
        if definition.kind == "variable":
            definition.kind = "constant" if is_constant(definition.name) else "field" if in_class else "variable"

    def _fields(self) -> Iterator[Definition]:
        """Attributes that methods assign on their own object, unless the class body names them."""
        known = {definition.qualified for definition in self.scopes}
        for match in sorted(self._scan.matches("field"), key=lambda match: match["field"][0].start_byte):
            node = match["field"][0]
            scope = self.scope_nesting.at(node.start_byte)
            owner = scope.owning_class if scope is not None else None
            receiver = self._scan.slice(match["receiver"][0])
            if owner is None or not (receiver in self._spec.self_names or receiver.startswith("@")):
                continue
            name = self._scan.slice(match["name"][0]).lstrip("@")
            if (qualified := f"{owner.qualified}.{name}") not in known:
                known.add(qualified)
                field = Definition("field", node, match["name"][0], name)
                field.parent, field.qualified = owner, qualified
                yield field


def is_constant(name: str) -> bool:
    """Whether a name is written as constants are: capitals, digits and underscores."""
    return name.isupper() and len(name) > 1


def symbol_kind(definition: Definition, decorators: Iterable[str]) -> SymbolKind:
    """The definition's kind; a method that its decorators turn into an attribute is a property."""
    if definition.kind == "method" and any(text.endswith(("property", ".setter", ".getter")) for text in decorators):
        return "property"
    return definition.kind  # type: ignore[return-value]  # the query files spell the kinds; a test compares them


def _order(definition: Definition) -> tuple[int, int]:
    return definition.start, -definition.end


def _nest(definitions: list[Definition]) -> None:
    """Set each one's parent: the innermost before it that wholly holds it."""
    stack: list[Definition] = []
    for definition in definitions:
        while stack and stack[-1].end < definition.end:
            stack.pop()
        while stack and stack[-1].end <= definition.start:
            stack.pop()
        definition.parent = stack[-1] if stack else None
        stack.append(definition)
