"""What a name means: scopes, imports and re-exports, inheritance, and what variables are known to hold.

Nothing is remembered between questions but tables of single outlines, so the answer is always that of the outlines
as they are. Names are never equated for being spelled the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, Binding, Import, Reference, Span, Symbol
from sleeptime.index.annotations import normal_type, returned_type
from sleeptime.index.lookup import FUNCTIONS, Lookup, Lookups
from sleeptime.index.modules import Modules
from sleeptime.index.reader import Entity, Reader
from sleeptime.index.references import normal_expression

MAX_DEPTH = 12
"""Steps from name to name (alias, base class, returned value) before a chain is given up as endless."""
_MAX_FOUND = 4
_SEPARATOR = re.compile(r"::|->|\\|\.")
_OWN_OBJECT = frozenset({"self", "this", "$this", "Self", "static"})
_BARE_MEMBERS = frozenset({"java", "cpp", "csharp", "ruby", "php"})
"""Languages in which a method names its siblings without `self`."""
_CLASS_SCOPES = _BARE_MEMBERS - {"php"}
_OBJECT_METHODS = frozenset({"new", "__init__", "constructor", "__construct", "initialize"})


_Key = tuple[str, str, int]


class Resolver(Reader):
    """Resolves for one question; make a new one for the next."""

    def __init__(self, outlines: Outlines, modules: Modules, lookups: Lookups) -> None:
        super().__init__(outlines, lookups)
        self.modules = modules
        self._base_cache: dict[Entity, tuple[Entity, ...]] = {}
        self._busy: set[_Key] = set()
        self._known: dict[_Key, tuple[Entity, ...]] = {}
        self._cuts = 0  # how often a chain was given up; what depends on a cut is not remembered

    def reference(self, path: str, reference: Reference) -> tuple[Entity, ...]:
        """What a reference in `path` means; () when that cannot be told."""
        if not reference.receiver:
            found = self._name(path, reference.name, reference.enclosing, MAX_DEPTH)
        else:
            owners = self.expression(path, reference.receiver, reference.enclosing)
            found = self._members(owners, reference.name, MAX_DEPTH)
        return tuple(entity for entity in found if entity.kind != "instance")

    def expression(self, path: str, text: str, enclosing: int, depth: int = MAX_DEPTH) -> tuple[Entity, ...]:
        """What a path of names and calls like `self.app.make().x` denotes."""
        if text == "?":
            return ()
        key = (path, text, enclosing)
        return self._once(key, depth, lambda: self._expression(path, text, enclosing, depth - 1))

    def _once(self, key: "_Key", depth: int, work: Callable[[], tuple[Entity, ...]]) -> tuple[Entity, ...]:
        """The result of `work`, computed once; () when it needs itself, or lies too deep."""
        if (found := self._known.get(key)) is not None:
            return found
        if depth <= 0 or key in self._busy:
            self._cuts += 1
            return ()
        cuts = self._cuts
        self._busy.add(key)
        try:
            found = work()
        finally:
            self._busy.discard(key)
        if cuts == self._cuts:
            self._known[key] = found
        return found

    def _expression(self, path: str, text: str, enclosing: int, depth: int) -> tuple[Entity, ...]:
        found: tuple[Entity, ...] = ()
        for position, segment in enumerate(segments(text)):
            name = segment.removesuffix("()")
            found = self._members(found, name, depth) if position else self._head(path, segment, enclosing, depth)
            if segment.endswith("()") and name != "super":
                found = self._called(found, depth)
            if not found:
                break
        return found

    def bases(self, entity: Entity) -> tuple[Entity, ...]:
        """The classes that a class names as its bases, as far as they are in the repository."""
        if entity in self._base_cache:
            return self._base_cache[entity]
        self._base_cache[entity] = ()
        symbol = self.symbol(entity)
        found: list[Entity] = []
        for text in symbol.bases if symbol is not None else ():
            name = normal_type(text) or text
            parent = symbol.parent if symbol is not None else -1
            found += [e for e in self.expression(entity.path, name, parent) if self._is_class(e)]
        self._base_cache[entity] = result = tuple(dict.fromkeys(found))
        return result

    def ancestors(self, entity: Entity) -> Iterator[Entity]:
        """The class itself and its bases, nearest first (depth first, each once, as most languages search)."""
        waiting: list[Entity] = [Entity("symbol", entity.path, entity.symbol)]
        seen: set[Entity] = set()
        while waiting and len(seen) < 64:
            current = waiting.pop(0)
            if current not in seen:
                seen.add(current)
                yield current
                waiting = [*self.bases(current), *waiting]

    def member(self, owner: Entity, name: str) -> Entity | None:
        """A class's member by name: its own or the nearest base's."""
        for ancestor in self.ancestors(owner):
            if (found := self.own_member(ancestor, name)) is not None:
                return found
        return None

    def own_member(self, owner: Entity, name: str) -> Entity | None:
        """A member that a class defines itself (in Go and Rust: in any file of its package or crate that says so)."""
        symbol = self.symbol(owner)
        if symbol is None:
            return None
        siblings = self.modules.siblings(owner.path, "go") if owner.path.endswith(".go") else ()
        for path in (owner.path, *siblings):
            lookup = self.lookup(path)
            index = lookup.members.get(symbol.qualified_name, {}).get(name) if lookup is not None else None
            if index is not None:
                return Entity("symbol", path, index)
        return None

    def type_of(self, entity: Entity, depth: int = MAX_DEPTH) -> tuple[Entity, ...]:
        """What a symbol's value is: classes, functions and files are themselves, variables what they hold."""
        symbol = self.symbol(entity)
        if entity.kind != "symbol" or symbol is None or symbol.kind in CLASS_KINDS or depth <= 0:
            return (entity,)
        if symbol.kind == "property":
            return self._returned(entity, symbol, depth - 1)
        if symbol.kind in FUNCTIONS:
            return (entity,)
        lookup = self.lookup(entity.path)
        assert lookup is not None
        owner = lookup.owner(symbol.parent)
        if owner >= 0:
            bindings = lookup.held.get((owner, symbol.name), ())
        else:
            bindings = lookup.bindings.get((symbol.parent, symbol.name), ()) or lookup.bindings.get(
                (entity.symbol, symbol.name), ()
            )
        return self._held(entity.path, bindings, depth - 1) or (entity,)

    # Names

    def _head(self, path: str, segment: str, enclosing: int, depth: int) -> tuple[Entity, ...]:
        """The first name of an expression, which may be the object itself."""
        name = segment.removesuffix("()")
        lookup = self.lookup(path)
        if lookup is None:
            return ()
        owner = lookup.owner(enclosing)
        if owner >= 0 and (enclosing, name) not in lookup.bindings:
            if name in _OWN_OBJECT:
                return (Entity("instance", path, owner),)
            if name == "cls":
                return (Entity("symbol", path, owner),)
            if name in {"super", "parent", "base"}:
                return tuple(
                    Entity("instance", base.path, base.symbol) for base in self.bases(Entity("symbol", path, owner))
                )
            if name.startswith("@"):
                return self._members((Entity("instance", path, owner),), name.lstrip("@"), depth)
        found = self._name(path, name, enclosing, depth)
        return found if segment.endswith("()") else self._values(found, depth)

    def _name(self, path: str, name: str, enclosing: int, depth: int) -> tuple[Entity, ...]:
        """A plain name: from the innermost scope outwards, then the file, its imports, its package."""
        lookup = self.lookup(path)
        if lookup is None or depth <= 0:
            return ()
        symbols = lookup.outline.symbols
        language = lookup.outline.language
        scope, inner = enclosing, True
        while scope >= 0:
            symbol = symbols[scope]
            if symbol.kind in FUNCTIONS:
                if (index := lookup.members.get(symbol.qualified_name, {}).get(name)) is not None:
                    return (Entity("symbol", path, index),)
                if (bindings := lookup.bindings.get((scope, name))) is not None:
                    return self._held(path, bindings, depth - 1)
            elif symbol.kind in CLASS_KINDS and (inner or language in _CLASS_SCOPES):
                if found := self.member(Entity("symbol", path, scope), name):
                    return (found,)
            elif (
                symbol.kind == "namespace"
                and (index := lookup.members.get(symbol.qualified_name, {}).get(name)) is not None
            ):
                return (Entity("symbol", path, index),)
            inner = inner and symbol.kind not in FUNCTIONS
            scope = symbol.parent
        return self._top(path, lookup, name, depth - 1, enclosing)

    def _top(self, path: str, lookup: Lookup, name: str, depth: int, enclosing: int = -1) -> tuple[Entity, ...]:
        """A name at the top of a file."""
        imports = lookup.imports.get(name, ())
        inner = [found for found in imports if enclosing >= 0 and _is_inside(lookup, found, enclosing)]
        for candidates in (inner, imports) if inner else (imports,):
            if name in lookup.top and not inner:
                break
            if found := self._imported_any(path, lookup, candidates, name, depth):
                return found
        if (index := lookup.top.get(name)) is not None:
            return (Entity("symbol", path, index),)
        for sibling in self.modules.siblings(path, lookup.outline.language):
            other = self.lookup(sibling)
            if other is not None and (index := other.top.get(name)) is not None:
                return (Entity("symbol", sibling, index),)
        for star in lookup.stars:
            for target in self.modules.resolve(path, lookup.outline.language, star).paths:
                if target != path and (found := self._exported(target, name, depth - 1)):
                    return found
        return ()

    def _imported_any(
        self, path: str, lookup: Lookup, imports: Iterable[Import], name: str, depth: int
    ) -> tuple[Entity, ...]:
        found: list[Entity] = []
        for candidate in imports:
            found += self.imported(path, lookup, candidate, name, depth)
        return tuple(dict.fromkeys(found))[:_MAX_FOUND]

    def imported(
        self, path: str, lookup: Lookup, found: Import, name: str, depth: int = MAX_DEPTH
    ) -> tuple[Entity, ...]:
        """What one import binds to `name`."""
        language = lookup.outline.language
        if depth <= 0:
            self._cuts += 1
            return ()
        if not found.module:  # `export {a as b}`: another name for one of its own
            return self._top(path, lookup, found.name, depth - 1) if found.name != name else ()
        if language in {"python", "notebook"} and not found.name and not found.alias:
            return self._package(path, found.module, name)
        resolved = self.modules.resolve(path, language, found)
        if resolved.whole:
            return tuple(Entity("module", target, -1) for target in resolved.paths[: 1 if language != "go" else None])
        wanted = resolved.rest if resolved.rest not in {"", "*"} else name
        for target in resolved.paths:
            own_import = target == path and wanted == name
            if not own_import and (entities := self._nested(target, wanted, depth - 1)):
                return entities
        # A submodule; or a CommonJS file, which is what `require` gives.
        files = resolved.submodules or (resolved.paths if found.name == "default" else ())
        return tuple(Entity("module", target, -1) for target in files[:1])

    def _package(self, path: str, module: str, name: str) -> tuple[Entity, ...]:
        """`import a.b.c` binds the package `a`, whose file may not exist; its submodules are found by their names."""
        files = self.modules.resolve(path, "python", Import(name, "", "", _NOWHERE)).paths
        if files:
            return tuple(Entity("module", file, -1) for file in files[:1])
        files = self.modules.resolve(path, "python", Import(module, "", "", _NOWHERE)).paths
        return tuple(Entity("module", file, -2) for file in files[:1])

    def _nested(self, path: str, wanted: str, depth: int) -> tuple[Entity, ...]:
        """`B.new` in a file: an exported name, then members."""
        first, *rest = _SEPARATOR.split(wanted)
        found = self._exported(path, first, depth)
        for name in rest:
            found = self._members(found, name, depth)
        return found

    def _exported(self, path: str, name: str, depth: int) -> tuple[Entity, ...]:
        """A name that a file gives to those who import it: its own, or one it has imported itself."""
        lookup = self.lookup(path)
        if lookup is None:
            return ()
        return self._once((path, f"export {name}", -1), depth, lambda: self._top(path, lookup, name, depth))

    # Members and values

    def _members(self, owners: tuple[Entity, ...], name: str, depth: int) -> tuple[Entity, ...]:
        if depth <= 0:
            return ()
        found: list[Entity] = []
        for owner in self._values(owners, depth):
            if owner.kind == "module":
                found += self._module_member(owner, name, depth)
            elif (symbol := self.symbol(owner)) is not None and (
                symbol.kind in CLASS_KINDS or owner.kind == "instance"
            ):
                member = self.member(owner, name)
                if member is not None:
                    found.append(member)
                elif name in _OBJECT_METHODS and owner.kind == "symbol":
                    found.append(Entity("symbol", owner.path, owner.symbol))
            elif symbol is not None:
                found += self._plain_member(owner, symbol, name)
        return tuple(dict.fromkeys(found))[:_MAX_FOUND]

    def _plain_member(self, owner: Entity, symbol: Symbol, name: str) -> Iterator[Entity]:
        """Members of namespaces, and of objects written out in place."""
        lookup = self.lookup(owner.path)
        index = lookup.members.get(symbol.qualified_name, {}).get(name) if lookup is not None else None
        if index is not None:
            yield Entity("symbol", owner.path, index)

    def _module_member(self, owner: Entity, name: str, depth: int) -> tuple[Entity, ...]:
        lookup = self.lookup(owner.path)
        if lookup is None:
            return ()
        if found := self._exported(owner.path, name, depth - 1):
            return found
        if lookup.outline.language in {"python", "notebook"}:
            found_import = Import(self.modules.python_module(owner.path), name, "", _NOWHERE)
            resolved = self.modules.resolve(owner.path, "python", found_import)
            if resolved.submodules:
                return (Entity("module", resolved.submodules[0], -1),)
        return ()

    def _values(self, entities: tuple[Entity, ...], depth: int) -> tuple[Entity, ...]:
        """Variables replaced by what they hold."""
        found: list[Entity] = []
        for entity in entities:
            found += self.type_of(entity, depth)
        return tuple(dict.fromkeys(found))

    def _called(self, entities: tuple[Entity, ...], depth: int) -> tuple[Entity, ...]:
        """What calling gives: an object of a class, a function's result."""
        found: list[Entity] = []
        for entity in self._values(entities, depth):
            symbol = self.symbol(entity)
            if symbol is None or depth <= 0:
                continue
            if entity.kind == "symbol" and symbol.kind in CLASS_KINDS:
                found.append(Entity("instance", entity.path, entity.symbol))
            elif entity.kind == "instance":
                called = self.member(entity, "__call__")
                called_symbol = self.symbol(called) if called is not None else None
                if called is not None and called_symbol is not None:
                    found += self._returned(called, called_symbol, depth - 1)
            elif symbol.kind in FUNCTIONS:
                found += self._returned(entity, symbol, depth - 1)
        return tuple(dict.fromkeys(found))[:_MAX_FOUND]

    def _returned(self, entity: Entity, symbol: Symbol, depth: int) -> tuple[Entity, ...]:
        """A function's result: its declared type, or what its `return` statements plainly build."""
        lookup = self.lookup(entity.path)
        if lookup is None or depth <= 0:
            return ()
        declared = returned_type(symbol.signature, lookup.outline.language)
        if declared:
            if declared in {"Self", "self"} and (owner := lookup.owner(symbol.parent)) >= 0:
                return (Entity("instance", entity.path, owner),)
            return self._instances(self.expression(entity.path, declared, entity.symbol, depth - 1))
        if symbol.kind == "constructor" and (owner := lookup.owner(entity.symbol)) >= 0:
            return (Entity("instance", entity.path, owner),)
        found: list[Entity] = []
        for text in symbol.returns:
            if text and len(text) < 120 and (simple := _simple(text)):
                found += self._values(self.expression(entity.path, simple, entity.symbol, depth - 1), depth - 1)
        return tuple(entity for entity in dict.fromkeys(found) if entity.kind == "instance" or self._is_class(entity))

    def _held(self, path: str, bindings: Iterable[Binding], depth: int) -> tuple[Entity, ...]:
        """What a name holds: its declared type if there is one, else all that is assigned to it."""
        found: list[Entity] = []
        for binding in bindings:
            entities = self.expression(path, binding.value, binding.enclosing, depth)
            if binding.declared:
                if entities := self._instances(entities):
                    return entities
                continue
            found += entities
        return tuple(dict.fromkeys(found))[:_MAX_FOUND]

    def _instances(self, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
        return tuple(Entity("instance", e.path, e.symbol) for e in entities if self._is_class(e))

    def _is_class(self, entity: Entity) -> bool:
        symbol = self.symbol(entity)
        return symbol is not None and (symbol.kind in CLASS_KINDS or symbol.kind in {"type", "namespace"})


_NOWHERE = Span(0, 0, 0, 0)


@lru_cache(maxsize=8192)
def segments(text: str) -> tuple[str, ...]:
    """The names of a path: `app`, `make()`, `x` of `app.make().x`."""
    return tuple(part for part in _SEPARATOR.split(text) if part)


@lru_cache(maxsize=4096)
def _simple(text: str) -> str:
    return normal_expression(text.encode()).decode()


def _is_inside(lookup: Lookup, found: Import, enclosing: int) -> bool:
    symbol = lookup.outline.symbols[enclosing]
    return symbol.span.contains(found.span.start_line, found.span.start_column)
