"""One question to the graph: what its answer needs is resolved once and forgotten with it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, Import, Reference, ReferenceKind, Symbol, Target, level_of
from sleeptime.index.facts import Attribute, Facts, Resolution, Use
from sleeptime.index.lookup import FUNCTIONS, Lookup
from sleeptime.index.rank import is_test_path
from sleeptime.index.reader import Entity
from sleeptime.index.resolve import Resolver
from sleeptime.index.symbols import VALUES

MAX_FILES = 400
"""Files searched for uses of one name. More hold a name only if it is so common (`get`) that the first do."""

MAX_CANDIDATES = 3
"""A name with an unknown receiver is attributed, as ambiguous, if the repository defines it at most so often."""

MAX_DEFINING_FILES = 12
"""A name that more files define has more candidates than that: it is not looked up who they are."""

GoOn = Callable[[], bool]
"""Whether there is time to look at one thing more."""

Item = TypeVar("Item")

CALLING: frozenset[ReferenceKind] = frozenset({"call", "decorator", "raise"})
USING: frozenset[ReferenceKind] = frozenset({"call", "decorator", "raise", "read", "type", "base"})


class Question:
    """One question's work; what it resolves is remembered until it is answered."""

    def __init__(self, resolver: Resolver, outlines: Outlines, go_on: GoOn = lambda: True) -> None:
        """Once `go_on` says no, each search ends after its first and nearest place, and counts are lower bounds."""
        self._resolver = resolver
        self._outlines = outlines
        self._go_on = go_on
        self._candidates: dict[tuple[str, str, bool], tuple[Entity, ...]] = {}
        self._left_out = False

    def _in_time(self, items: Iterable[Item]) -> Iterator[Item]:
        """The first item, and the others while there is time."""
        for number, item in enumerate(items):
            if number and not self._go_on():
                self._left_out = True
                return
            yield item

    def entity(self, target: Target) -> Entity | None:
        lookup = self._resolver.lookup(target.path)
        if lookup is None:
            return None
        if not target.symbol:
            return Entity("module", target.path, -1)
        index = lookup.by_qualified.get(target.symbol)
        return None if index is None else Entity("symbol", target.path, index)

    def target(self, entity: Entity) -> Target:
        symbol = self._resolver.symbol(entity)
        if symbol is None:
            return Target("module", entity.path)
        return Target(level_of(symbol), entity.path, symbol.qualified_name)

    def resolution(self, path: str, reference: Reference) -> Resolution:
        if entities := self._resolver.reference(path, reference):
            return Resolution(tuple(self.target(entity) for entity in entities))
        candidates = self.candidates(path, reference)
        return Resolution(tuple(self.target(entity) for entity in candidates), ambiguous=bool(candidates))

    def candidates(self, path: str, reference: Reference) -> tuple[Entity, ...]:
        """What an unresolved reference may mean by its name alone: members if it has a receiver. Names that the
        file's language binds only in the file itself are none of the repository's.
        """
        lookup = self._resolver.lookup(path)
        if lookup is None or (reference.name.startswith("__") and reference.name.endswith("__")):
            return ()
        language = lookup.outline.language
        if not reference.receiver and language in {"python", "notebook", "javascript", "typescript", "tsx"}:
            return ()
        if reference.receiver and self._is_foreign(path, lookup, reference):
            return ()
        key = (reference.name, _family(language), bool(reference.receiver))
        if key not in self._candidates:
            self._candidates[key] = self._definitions(*key)
        return self._candidates[key]

    def _definitions(self, name: str, family: str, member: bool) -> tuple[Entity, ...]:
        """Every definition of a name in a family of languages; () when there are too many to tell anything."""
        if len(self._outlines.paths_defining(name)) > MAX_DEFINING_FILES:
            return ()
        found: list[Entity] = []
        for path, symbol in self._outlines.definitions(name):
            lookup = self._resolver.lookup(path)
            if lookup is None or _family(lookup.outline.language) != family or _is_member(symbol) != member:
                continue
            index = lookup.by_qualified.get(symbol.qualified_name)
            if index is not None:
                found.append(Entity("symbol", path, index))
            if len(found) > MAX_CANDIDATES:
                return ()
        return tuple(found)

    def _is_foreign(self, path: str, lookup: Lookup, reference: Reference) -> bool:
        """Whether the receiver is known to be something from outside the repository: an import that leads nowhere."""
        head = reference.receiver.split(".")[0].removesuffix("()")
        if head not in lookup.imports or head in lookup.top:
            return False
        found = lookup.imports[head]
        return not any(self._resolver.modules.resolve(path, lookup.outline.language, one).files for one in found)

    def definition_at(self, path: str, line: int, column: int) -> Target | None:
        lookup = self._resolver.lookup(path)
        if lookup is None:
            return None
        if (index := lookup.symbol_at(line, column)) >= 0:
            return self.target(Entity("symbol", path, index))
        for reference in lookup.references_on(line):
            if (found := self._under_cursor(path, reference, column)) is not None:
                return found
        return self._import_at(path, lookup, line, column)

    def _import_at(self, path: str, lookup: Lookup, line: int, column: int) -> Target | None:
        """What the imported name at a position is; before the first name of a line, the module itself."""
        on_line = [found for found in lookup.outline.imports if found.span.start_line <= line <= found.span.end_line]
        for found in on_line:
            if found.span.contains(line, column):
                return self._imported(path, lookup, found)
        for found in on_line:
            paths = self._resolver.modules.resolve(path, lookup.outline.language, found).paths
            if paths:
                return Target("module", paths[0])
        return None

    def _under_cursor(self, path: str, reference: Reference, column: int) -> Target | None:
        """What a reference means, if the cursor is on its name or on the first name of its receiver."""
        length = len(reference.name.encode())
        if reference.column <= column <= reference.column + length:
            targets = self.resolution(path, reference).targets
            return targets[0] if targets else None
        receiver = reference.receiver
        start = reference.column - 1 - len(receiver.encode())
        head = receiver.split(".")[0]
        if head.isidentifier() and start <= column <= start + len(head.encode()):
            entities = self._resolver.reference(path, Reference(head, "", "read", 0, 0, reference.enclosing))
            entities = entities or self._resolver.expression(path, head, reference.enclosing)
            return self.target(entities[0]) if entities else None
        return None

    def _imported(self, path: str, lookup: Lookup, found: Import) -> Target | None:
        name = found.alias or found.name or found.module.split(".")[0]
        entities = self._resolver.imported(path, lookup, found, name)
        if not entities:
            paths = self._resolver.modules.resolve(path, lookup.outline.language, found).files
            return Target("module", paths[0]) if paths else None
        return self.target(entities[0])

    def uses(self, target: Target, kinds: frozenset[ReferenceKind]) -> tuple[Use, ...]:
        entity = self.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        if entity is None or symbol is None:
            return ()
        found = self._uses_of(symbol.name, target.path, self.same(entity, symbol), kinds)
        owner = self._owner(entity) if symbol.kind == "constructor" else None
        if owner is not None and (owning := self._resolver.symbol(owner)) is not None:
            found += self._uses_of(owning.name, target.path, {owner}, kinds & {"call", "raise"})
        return tuple(sorted(dict.fromkeys(found), key=lambda use: use.ambiguous))

    def _uses_of(self, name: str, near: str, wanted: set[Entity], kinds: frozenset[ReferenceKind]) -> list[Use]:
        paths = self._in_time(self.files_near(name, near))
        return [use for path in paths for use in self._uses_in(path, name, wanted, kinds)]

    def same(self, entity: Entity, symbol: Symbol) -> set[Entity]:
        """The symbol and its redefinitions (overloads, accessors), which one name means together."""
        lookup = self._resolver.lookup(entity.path)
        assert lookup is not None
        plain = symbol.qualified_name.split("#")[0]
        same = {entity}
        for number in range(1, 10):
            index = lookup.by_qualified.get(plain if number == 1 else f"{plain}#{number}")
            if index is None:
                break
            same.add(Entity("symbol", entity.path, index))
        return same

    def _owner(self, entity: Entity) -> Entity | None:
        lookup = self._resolver.lookup(entity.path)
        owner = lookup.owner(entity.symbol) if lookup is not None else -1
        return Entity("symbol", entity.path, owner) if owner >= 0 else None

    def files_near(self, name: str, path: str) -> list[str]:
        """Files that mention a name, nearest to `path` first, at most `MAX_FILES`."""
        paths = self._outlines.paths_mentioning(name)
        if len(paths) <= MAX_FILES:
            return sorted({*paths, path}, key=lambda other: (other != path, is_test_path(other), other))
        self._left_out = True
        parts = path.split("/")

        def distance(other: str) -> tuple[bool, bool, int, str]:
            shared = sum(1 for one, two in zip(parts, other.split("/"), strict=False) if one == two)
            return other != path, is_test_path(other), -shared, other

        return sorted({*paths, path}, key=distance)[:MAX_FILES]

    def _uses_in(self, path: str, name: str, wanted: set[Entity], kinds: frozenset[ReferenceKind]) -> Iterator[Use]:
        lookup = self._resolver.lookup(path)
        if lookup is None:
            return
        names = [name, *aliases(lookup, name)]
        for reference in self._in_time(r for n in names for r in lookup.references.get(n, ()) if r.kind in kinds):
            entities = self._resolver.reference(path, reference)
            ambiguous = not entities
            if ambiguous and reference.name == name:
                entities = self.candidates(path, reference)
            if any(entity in wanted for entity in entities):
                enclosing = self.target(Entity("symbol", path, reference.enclosing))
                yield Use(enclosing, path, reference.line, ambiguous, reference.kind)

    def callees(self, target: Target, kinds: frozenset[ReferenceKind] = CALLING) -> tuple[Use, ...]:
        entity = self.entity(target)
        lookup = self._resolver.lookup(target.path)
        if entity is None or lookup is None:
            return ()
        found: dict[Target, Use] = {}
        for reference in self._in_time(_references_within(lookup, entity.symbol)):
            if reference.kind not in kinds:
                continue
            resolution = self.resolution(target.path, reference)
            for callee in resolution.targets:
                if callee != target and (callee not in found or found[callee].ambiguous > resolution.ambiguous):
                    found[callee] = Use(callee, target.path, reference.line, resolution.ambiguous, reference.kind)
        return tuple(sorted(found.values(), key=lambda use: use.ambiguous))

    def bases(self, target: Target) -> tuple[Target, ...]:
        entity = self.entity(target)
        return tuple(self.target(base) for base in self._resolver.bases(entity)) if entity is not None else ()

    def ancestors(self, target: Target) -> tuple[Target, ...]:
        entity = self.entity(target)
        return tuple(self.target(one) for one in self._resolver.ancestors(entity))[1:] if entity is not None else ()

    def subclasses(self, target: Target) -> tuple[Target, ...]:
        entity = self.entity(target)
        return tuple(self.target(found) for found in self._subclasses(entity)) if entity is not None else ()

    def descendants(self, target: Target) -> Iterator[Target]:
        entity = self.entity(target)
        return map(self.target, self._descendants(entity)) if entity is not None else iter(())

    def _descendants(self, entity: Entity) -> Iterator[Entity]:
        """The classes that extend a class, and those that extend these, the nearest first, while there is time."""
        waiting, seen = [entity], {entity}
        while waiting and len(seen) < 200:
            if len(seen) > 1 and not self._go_on():
                self._left_out = True
                return
            for subclass in self._subclasses(waiting.pop(0)):
                if subclass not in seen:
                    seen.add(subclass)
                    waiting.append(subclass)
                    yield subclass

    def _subclasses(self, entity: Entity) -> list[Entity]:
        symbol = self._resolver.symbol(entity)
        if symbol is None or symbol.kind not in CLASS_KINDS:
            return []
        found: list[Entity] = []
        for path in self._in_time(self.files_near(symbol.name, entity.path)):
            lookup = self._resolver.lookup(path)
            if lookup is None:
                continue
            for name in (symbol.name, *aliases(lookup, symbol.name)):
                candidates = [Entity("symbol", path, index) for index in lookup.extending.get(name, ())]
                found += [candidate for candidate in candidates if entity in self._resolver.bases(candidate)]
        return found

    def overrides(self, target: Target) -> tuple[Target, ...]:
        entity = self.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        owner = self._owner(entity) if entity is not None else None
        if symbol is None or owner is None or owner == entity:
            return ()
        found = [self._resolver.member(base, symbol.name) for base in self._resolver.bases(owner)]
        return tuple(dict.fromkeys(self.target(member) for member in found if member is not None))

    def overridden_by(self, target: Target) -> tuple[Target, ...]:
        entity = self.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        owner = self._owner(entity) if entity is not None else None
        if symbol is None or owner is None or owner == entity:
            return ()
        members = (self._resolver.own_member(subclass, symbol.name) for subclass in self._descendants(owner))
        return tuple(self.target(member) for member in members if member is not None)

    def attributes(self, target: Target, limit: int) -> tuple[Attribute, ...]:
        entity = self.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        lookup = self._resolver.lookup(target.path)
        if entity is None or symbol is None or lookup is None:
            return ()
        if symbol.kind not in CLASS_KINDS:
            fields = [entity] if symbol.kind in VALUES else []
        else:
            members = lookup.members.get(symbol.qualified_name, {}).values()
            found = [i for i in members if lookup.outline.symbols[i].kind in VALUES]
            found.sort(key=lambda index: _is_private(lookup.outline.symbols[index]))
            fields = [Entity("symbol", target.path, index) for index in found]
        return tuple(self._attribute(field, limit, everywhere=field == entity) for field in self._in_time(fields))

    def _attribute(self, entity: Entity, limit: int, *, everywhere: bool) -> Attribute:
        """With `everywhere` uses are searched in all files, else in the class's own."""
        symbol = self._resolver.symbol(entity)
        assert symbol is not None
        paths = self.files_near(symbol.name, entity.path) if everywhere else [entity.path]
        wanted = self.same(entity, symbol)
        written: list[Use] = []
        read: list[Use] = []
        for path in self._in_time(paths):
            written += self._uses_in(path, symbol.name, wanted, frozenset({"write"}))
            read += self._uses_in(path, symbol.name, wanted, frozenset({"read", "call"}))
        return Attribute(self.target(entity), tuple(written[:limit]), tuple(read[:limit]), len(written), len(read))

    def tests(self, target: Target) -> tuple[Use, ...]:
        return _of_tests(self.uses(target, USING))

    def facts(self, target: Target, limit: int) -> Facts | None:
        entity = self.entity(target)
        symbol = self._resolver.symbol(entity) if entity is not None else None
        lookup = self._resolver.lookup(target.path)
        if symbol is None or lookup is None:
            return None
        is_class = symbol.kind in CLASS_KINDS
        self._left_out = False
        uses = self.uses(target, USING)
        callers = tuple(use for use in uses if use.kind in CALLING and not is_test_path(use.path))
        callees = self.callees(target) if symbol.kind in FUNCTIONS or is_class else ()
        subclasses = self.subclasses(target) if is_class else ()
        attributes = self.attributes(target, limit)
        tests = _of_tests(uses)
        return Facts(
            target=self.target(entity) if entity is not None else target,
            symbol=symbol,
            language=lookup.outline.language,
            callers=callers[:limit],
            caller_count=len(callers),
            callees=callees[:limit],
            callee_count=len(callees),
            uses=uses[:limit],
            use_count=len(uses),
            raises=self.callees(target, frozenset({"raise"}))[:limit] if symbol.raises else (),
            bases=self.bases(target) if is_class else (),
            subclasses=subclasses[:limit],
            subclass_count=len(subclasses),
            overrides=self.overrides(target)[:limit],
            overridden_by=self.overridden_by(target)[:limit] if _is_member(symbol) else (),
            attributes=attributes[:limit],
            attribute_count=len(attributes),
            tests=tests[:limit],
            test_count=len(tests),
            at_least=self._left_out,
            mention_count=len(self._outlines.paths_mentioning(symbol.name)),
        )


def _of_tests(uses: Sequence[Use]) -> tuple[Use, ...]:
    """The first use in each test."""
    first: dict[Target, Use] = {}
    for use in uses:
        if is_test_path(use.path):
            first.setdefault(use.target, use)
    return tuple(first.values())


def _references_within(lookup: Lookup, index: int) -> Iterator[Reference]:
    """The references of a symbol and of all that is nested in it."""
    symbols = lookup.outline.symbols
    inside = {index}
    yield from lookup.enclosed.get(index, ())
    for number in range(max(index, 0) + 1, len(symbols)):
        if symbols[number].parent in inside:
            inside.add(number)
            yield from lookup.enclosed.get(number, ())
        elif index >= 0 and symbols[number].span.start_line > symbols[index].span.end_line:
            break


def aliases(lookup: Lookup, name: str) -> list[str]:
    """Other names under which a file imports `name`."""
    return [found.alias for found in lookup.outline.imports if found.alias and found.alias != name == found.name]


def _is_private(symbol: Symbol) -> bool:
    """Whether a member is for its class alone, or for the language (`__slots__`)."""
    return not symbol.exported or symbol.name.startswith("__")


def _is_member(symbol: Symbol) -> bool:
    return symbol.kind in {"method", "constructor", "field", "property"}


def _family(language: str) -> str:
    families = {"notebook": "python", "typescript": "javascript", "tsx": "javascript", "cpp": "c"}
    return families.get(language, language)
