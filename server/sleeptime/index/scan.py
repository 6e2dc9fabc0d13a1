"""Runs a language's patterns over a tree: two traversals in C, then buckets by role.

A pattern's role is the first of these captures in it:

    definition.KIND   a definition; `@name` its name, `@owner` the type it belongs to when that is written elsewhere
    container         no symbol itself, but its `@name` prefixes those inside (Rust's `impl`)
    outer             the whole of a definition whose node is `@inner` (decorators, `export`)
    docstring         text that documents the node `@documented`;  comment, attribute: matched to symbols by line
    import            one imported name: `@module`, `@imported`, `@alias`;  exports: names given away
    local             a name bound in the innermost function;  global: one that is not;  skip: no reference
    target            a name that holds `@value` or is declared as `@annotation`;  field: `@receiver`.`@name` assigned
    return            a returned expression
    base, decorator, raise, call, type, write, read
                      a reference: the name itself (then `@receiver` may say of what) or the whole expression
    identifier        a reference only if the file imports or defines that name
    opaque, interpolated
                      in dotted languages: what is no code, and code inside of it
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from tree_sitter import Node, Query, QueryCursor, Tree

from sleeptime.index.languages import grammar, query_source, spec_of

Match = dict[str, list[Node]]

_ROLES = re.compile(
    r"@(definition\.\w+|container|outer|docstring|comment|attribute|import|exports|local|global|skip|target|field"
    r"|return|opaque|interpolated|base|decorator|raise|call|type|write|read|identifier)\b"
)
_CAPTURES = re.compile(r"@[\w.]+")


class _Queries(Struct, frozen=True):
    """A language's patterns in two queries. Patterns with one capture are most of the matches: as plain captures
    they cost half as much as matches do.
    """

    plain: Query | None
    matching: Query
    roles: tuple[str, ...]  # of the patterns of `matching`


class Scan:
    """All matches of one file's queries, by role."""

    def __init__(self, text: bytes, tree: Tree, language: str) -> None:
        self.text = text
        self.tree = tree
        queries = _queries(language)
        plain = queries.plain
        self._nodes = QueryCursor(plain).captures(tree.root_node) if plain is not None else {}
        patterns: list[list[Match]] = [[] for _ in queries.roles]
        for index, match in QueryCursor(queries.matching).matches(tree.root_node):
            patterns[index].append(match)
        self._matches: dict[str, list[Match]] = {}
        for role, matches in zip(queries.roles, patterns, strict=True):
            if matches:
                self._matches.setdefault(role, []).extend(matches)

    def matches(self, role: str) -> list[Match]:
        """The matches of every pattern with this role and more captures than the role's own."""
        return self._matches.get(role, [])

    def nodes(self, role: str) -> list[Node]:
        """The nodes captured as the role itself, whatever else their patterns capture."""
        plain = self._nodes.get(role, [])
        matched = [node for match in self._matches.get(role, ()) for node in match[role]]
        return plain + matched if matched else plain

    def definitions(self) -> Iterator[tuple[str, Match]]:
        """(kind, match) of every definition."""
        for role, matches in self._matches.items():
            if role.startswith("definition."):
                kind = role.removeprefix("definition.")
                for match in matches:
                    yield kind, match

    def slice(self, node: Node) -> str:
        """A node's source text."""
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")


@cache
def _queries(language: str) -> _Queries:
    spec = spec_of(language)
    assert spec is not None, language
    source = query_source(spec.query).encode()
    whole = Query(grammar(language), source.decode())
    plain, matching, roles = [], [], []
    for index in range(whole.pattern_count):
        text = source[whole.start_byte_for_pattern(index) : whole.end_byte_for_pattern(index)].decode()
        text = re.sub(r"(?m)^;.*", "", text)
        found = _ROLES.findall(text)
        assert found, f"pattern without a role in {spec.query}.scm: {text}"
        if len(set(_CAPTURES.findall(text))) == 1 and not spec.dotted:
            plain.append(text)
        else:
            matching.append(text)
            roles.append(found[0])
    language_grammar = grammar(language)
    return _Queries(
        Query(language_grammar, "\n".join(plain)) if plain else None,
        Query(language_grammar, "\n".join(matching)),
        tuple(roles),
    )
