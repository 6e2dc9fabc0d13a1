"""One file's syntax tree to its outline."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from tree_sitter import Query, QueryCursor, Tree

from sleeptime.core.keys import text_hash
from sleeptime.core.types import Binding, Outline, Reference, Span, Symbol
from sleeptime.index.annotations import normal_type
from sleeptime.index.comments import find_comments
from sleeptime.index.docs import Docs
from sleeptime.index.dotted import find_dotted_uses
from sleeptime.index.languages import LanguageSpec, grammar
from sleeptime.index.references import (
    Use,
    collapse,
    enclosing_index,
    exported_names,
    find_imports,
    find_uses,
    line_starts_of,
    normal_receiver,
    span_of,
)
from sleeptime.index.scan import Match, Scan
from sleeptime.index.signatures import signature_of
from sleeptime.index.symbols import FUNCTIONS, VALUES, Definition, Definitions, symbol_kind
from sleeptime.index.visibility import is_visible

MAX_ERRORS = 50
"""A file that is broken in more places is broken everywhere; the rest of its outline is still used."""
_MAX_RETURNS = 12
_MAX_BOUND_CHARS = 80
_FAR = 1 << 62
_BOUND_NAME = re.compile(r"[\w$@#.]+")
_BUILTIN_TYPES = frozenset({"str", "int", "float", "bool", "bytes", "dict", "list", "set", "tuple", "None", "object"})


def extract(text: bytes, tree: Tree, spec: LanguageSpec) -> Outline:
    """All that the tree says. `text` is what `tree` was parsed from."""
    return _Extraction(text, tree, spec).outline()


class _Extraction:
    def __init__(self, text: bytes, tree: Tree, spec: LanguageSpec) -> None:
        self._spec = spec
        self._scan = Scan(text, tree, spec.name)
        self._exported = exported_names(self._scan)
        self._imports = find_imports(self._scan, self._exported, spec.name)
        imported = [found.alias or found.name or found.module.split(".")[0] for found in self._imports]
        self._definitions = Definitions(self._scan, spec, imported)
        self._docs = Docs(self._scan, spec.doc_comment)
        self._indices = {id(definition): index for index, definition in enumerate(self._definitions.all)}
        self._closed = spec.closed and "*" not in imported
        self._texts: dict[str, dict[int, list[str]]] = {}
        for role in ("base", "decorator", "return", "raise"):
            self._collect(role)

    def outline(self) -> Outline:
        """The whole outline."""
        scan = self._scan
        uses = (find_dotted_uses if self._spec.dotted else find_uses)(scan, self._definitions)
        first = self._definitions.all[0] if self._definitions.all else None
        symbols, docstring = self._symbols(), self._docs.of_module(first)
        return Outline(
            language=self._spec.name,
            symbols=symbols,
            imports=tuple(self._imports),
            references=tuple(self._references(uses)),
            docstring=docstring,
            errors=_errors(scan.tree, self._spec.name) if scan.tree.root_node.has_error else (),
            line_count=scan.text.count(b"\n") + (not scan.text.endswith(b"\n") and bool(scan.text)),
            bindings=tuple(self._bindings()),
            # Last: by now it is known which comments are documentation.
            comments=tuple(find_comments(scan, self._docs.used, self._enclosing)),
        )

    def _enclosing(self, byte: int) -> int:
        return enclosing_index(self._definitions.nesting.at(byte), self._indices)

    def _collect(self, role: str) -> None:
        """Texts of bases, decorators or returned expressions, by the definition around them."""
        texts = self._texts.setdefault(role, {})
        by_name = {definition.qualified: definition for definition in self._definitions.all}
        for node in sorted(self._scan.nodes(role), key=lambda node: node.start_byte):
            scope = self._definitions.scope_nesting.at(node.start_byte)
            if scope is not None and scope.kind == "container":  # Rust's `impl Trait for Type`
                scope = by_name.get(scope.qualified)
            if scope is not None and (text := self._scan.slice(node)):
                if role == "raise" and self._spec.closed and text[0].islower() and text.isidentifier():
                    continue  # a variable that holds an exception
                texts.setdefault(id(scope), []).append(collapse(text))

    def _symbols(self) -> tuple[Symbol, ...]:
        seen: dict[str, int] = {}
        renamed: dict[int, str] = {}
        symbols = []
        for definition in self._definitions.all:
            count = seen[definition.qualified] = seen.get(definition.qualified, 0) + 1
            unique = definition.qualified if count == 1 else f"{definition.qualified}#{count}"
            renamed[id(definition)] = unique
            symbols.append(self._symbol(definition, unique))
        return tuple(symbols)

    def _symbol(self, definition: Definition, qualified: str) -> Symbol:
        text = self._scan.text
        simple = definition.kind in VALUES
        decorators = () if simple else self._decorators(definition)
        parent = definition.parent
        while parent is not None and id(parent) not in self._indices:
            parent = parent.parent
        signature = signature_of(definition, text, self._spec)
        return Symbol(
            name=definition.name,
            qualified_name=qualified,
            kind=symbol_kind(definition, decorators),
            span=_span(definition),
            name_span=_name_span(definition),
            parent=-1 if parent is None else self._indices[id(parent)],
            signature=signature,
            docstring=self._docs.of(definition),
            decorators=decorators,
            bases=self._unique("base", definition),
            raises=self._unique("raise", definition),
            returns=self._unique("return", definition)[:_MAX_RETURNS],
            exported=self._is_exported(definition, signature),
            text_hash=text_hash(text[definition.start : definition.end]),
        )

    def _unique(self, role: str, definition: Definition) -> tuple[str, ...]:
        texts = self._texts[role].get(id(definition))
        return tuple(dict.fromkeys(texts)) if texts else ()

    def _decorators(self, definition: Definition) -> tuple[str, ...]:
        inside = self._unique("decorator", definition)
        return (*self._docs.attributes_above(definition), *inside) if self._spec.doc_comment else inside

    def _is_exported(self, definition: Definition, signature: str) -> bool:
        parent = definition.parent
        if parent is not None and parent.kind in FUNCTIONS and definition.kind != "field":
            return False
        is_given = definition.outer.type == "export_statement"
        if self._exported and parent is None and self._spec.visibility in {"underscore", "export"}:
            return is_given or definition.name in self._exported
        if self._spec.visibility == "export" and parent is None:
            return is_given
        owner_kind = parent.kind if parent is not None else ""
        return is_visible(self._spec.visibility, definition.name, signature, owner_kind)

    def _references(self, uses: list[Use]) -> list[Reference]:
        """Uses with their enclosing symbols. A local variable is no fact about the repository, unless it is called
        and its binding says what it holds.
        """
        at, line_starts = self._definitions.nesting.at, line_starts_of(self._scan.text)
        references = []
        row, next_line = -1, 0
        for start, kind, name, receiver in uses:
            scope = at(start)
            if not receiver and self._is_no_fact(name, scope):
                continue
            if start >= next_line:
                row = bisect_right(line_starts, start) - 1
                next_line = line_starts[row + 1] if row + 1 < len(line_starts) else _FAR
            enclosing = -1 if scope is None else self._indices[id(scope)]
            references.append(Reference(name, receiver, kind, row, start - line_starts[row], enclosing))
        return references

    def _is_no_fact(self, name: str, scope: Definition | None) -> bool:
        """A builtin, or a local variable."""
        return (self._closed and name.encode() not in self._definitions.known) or self._definitions.is_local(
            name, scope
        )

    def _bindings(self) -> Iterator[Binding]:
        scan, nesting = self._scan, self._definitions.scope_nesting
        for match in scan.matches("target"):
            node = match["target"][0]
            name = scan.slice(node)
            value = self._bound_value(match)
            if not value or len(name) > _MAX_BOUND_CHARS or not _BOUND_NAME.fullmatch(name):
                continue
            scope = nesting.at(node.start_byte)
            yield Binding(
                name, value, "annotation" in match, node.start_point.row, enclosing_index(scope, self._indices)
            )

    def _bound_value(self, match: Match) -> str:
        """What the name holds as a path of names and calls; "" if it is not worth keeping."""
        scan = self._scan
        if "annotation" in match:
            text = scan.slice(match["annotation"][0])
            return "" if text in _BUILTIN_TYPES else normal_type(text)
        if "callee" in match:
            node = match["callee"][0]
            callee = normal_receiver(scan.text[node.start_byte : node.end_byte])
            return f"{callee}()" if callee != "?" else ""
        node = match["value"][0]
        return normal_receiver(scan.text[node.start_byte : node.end_byte]).replace("?", "")


def _span(definition: Definition) -> Span:
    """The range of all that belongs to the definition."""
    start_row, start_column = definition.outer.start_point
    if definition.outer.end_byte >= definition.end:
        end_row, end_column = definition.outer.end_point
    else:
        end_row, end_column = definition.node.end_point
    return Span(start_row, start_column, end_row, end_column)


def _name_span(definition: Definition) -> Span:
    """The range of the name itself, without the marks that Ruby writes before it."""
    span = span_of(definition.name_node)
    marks = definition.name_node.end_byte - definition.name_node.start_byte - len(definition.name.encode())
    return Span(span.start_line, span.start_column + max(marks, 0), span.end_line, span.end_column)


def _errors(tree: Tree, language: str) -> tuple[Span, ...]:
    """Where the parser found no sense, at most `MAX_ERRORS` places."""
    found = QueryCursor(_error_query(language)).captures(tree.root_node)
    nodes = sorted((node for nodes in found.values() for node in nodes), key=lambda node: node.start_byte)
    return tuple(span_of(node) for node in nodes[:MAX_ERRORS])


@cache
def _error_query(language: str) -> Query:
    return Query(grammar(language), "(ERROR) @error (MISSING) @error")
