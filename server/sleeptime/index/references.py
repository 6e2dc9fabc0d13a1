"""From the matches of a query to what a file uses: references, imports, and what its names hold."""

import re
from functools import lru_cache

from tree_sitter import Node

from sleeptime.core.types import Import, ReferenceKind, Span
from sleeptime.index.scan import Match, Scan
from sleeptime.index.symbols import Definition, Definitions

KINDS: tuple[ReferenceKind, ...] = ("read", "read", "write", "type", "call", "raise", "decorator", "base")
"""One name in the text is one reference, of the last of these kinds that matches it. The first is for plain names,
the second for attributes.
"""

_TYPE = KINDS.index("type")
_BUILTIN_TYPES = frozenset(
    [
        "String",
        "Vec",
        "Option",
        "Result",
        "Box",
        "Self",
        "str",
        "string",
        "bool",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint32",
        "uint64",
        "byte",
        "rune",
        "float32",
        "float64",
        "error",
        "any",
        "Object",
        "Integer",
        "Boolean",
        "Long",
        "Double",
        "Array",
        "Promise",
        "Record",
    ]
)
"""Every other line of some languages names one; they lead nowhere in any repository."""
_MAX_RECEIVER_CHARS = 120
_NAME = re.compile(rb"[^\W\d][\w$]*[!?]?")
_ARGUMENTS = re.compile(rb"\s*\((?:[^()'\"]|'[^'\n]*'|\"[^\"\n]*\")*\)")
_ALL = re.compile(rb"^__all__\s*(?::[^=\n]+)?\+?=\s*[\[(]([^\])]*)", re.MULTILINE)
_QUOTED = re.compile(rb"['\"](\w+)['\"]")
_NEWLINE = re.compile(rb"\n")
_SEPARATOR = re.compile(rb"\s*(?:\?\.|!\.|\?->|->|::|&\.|\.)\s*")
_PATH = re.compile(rb"[$@\w]+!?(?:\(\))?(?:(?:\.|->|::)[$@\w]+!?(?:\(\))?)*")
_WRAPPERS = re.compile(rb"^(?:await|new|&mut|&|\*|yield from)\s*(?=[\w(])")

Found = tuple[int, Node, Node | None]
"""A kind's rank, the node of a name or expression, and the node of its receiver if that is apart."""


Use = tuple[int, ReferenceKind, str, str]
"""One reference while its file is being read: the byte where its name starts, kind, name, and receiver."""


def find_uses(scan: Scan, definitions: Definitions) -> list[Use]:
    """Every reference, in order. Plain names that are only read count when the file imports or defines them."""
    found = explicit_uses(scan)
    _add_identifiers(scan, definitions, found)
    text = scan.text
    splitter = _Splitter(text)
    names = {definition.name_node.end_byte for definition in definitions.all}
    uses: list[Use] = []
    for end, (rank, node, receiver_node) in found.items():
        split = splitter.split(node.start_byte, end, receiver_node)
        if split is None or end in names or (rank == _TYPE and split[0] in _BUILTIN_TYPES):
            continue
        name, receiver, length = split
        # Most calls of attributes need no pattern of their own: a bracket follows.
        kind = "call" if rank == 1 and text[end : end + 1] == b"(" else KINDS[rank]
        uses.append((end - length, kind, name, receiver))
    uses.sort()
    return uses


def explicit_uses(scan: Scan) -> dict[int, Found]:
    """What the patterns of reference kinds found, by the byte where the name ends."""
    text = scan.text
    found: dict[int, Found] = {}
    for rank, kind in enumerate(KINDS[1:], 1):
        if kind in {"base", "decorator", "raise", "type"}:
            found.update((_name_end(node, text), (rank, node, None)) for node in scan.nodes(kind))
        else:
            found.update((node.end_byte, (rank, node, None)) for node in scan.nodes(kind))
        for match in scan.matches(kind):
            if "receiver" in match:
                found[match[kind][0].end_byte] = (rank, match[kind][0], match["receiver"][0])
    return found


def _name_end(node: Node, text: bytes) -> int:
    """The end of `Base` in `Base[T]`, of `route` in `app.route("/")`."""
    end = node.end_byte
    if text[end - 1] not in b")]>":
        return end
    source = text[node.start_byte : end]
    cut = min((at for at in (source.find(mark) for mark in (b"(", b"[", b"<")) if at > 0), default=len(source))
    return node.start_byte + len(source[:cut].rstrip())


def _add_identifiers(scan: Scan, definitions: Definitions, found: dict[int, Found]) -> None:
    """Plain names that mean something known."""
    text, known = scan.text, definitions.known
    taken = {node.end_byte for node in scan.nodes("skip")}
    taken.update(definition.name_node.end_byte for definition in definitions.all)
    taken |= definitions.local_ends
    for match in scan.matches("import"):
        taken.update(node.end_byte for nodes in match.values() for node in nodes)
    for node in scan.nodes("identifier"):
        end = node.end_byte
        # `name.` is the receiver of an attribute that is a reference already.
        if (
            text[node.start_byte : end] in known
            and end not in found
            and end not in taken
            and not text.startswith((b".", b"::"), end)
        ):
            found[end] = (0, node, None)


class _Splitter:
    """Splits an expression into (name, receiver, length of the name in bytes); remembers what it has split."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._cache: dict[bytes, tuple[str, str, int] | None] = {}

    def split(self, start: int, end: int, receiver: Node | None) -> tuple[str, str, int] | None:
        source = self._text[start:end]
        if receiver is not None:
            name = source.decode("utf-8", "replace")
            return name, normal_receiver(self._text[receiver.start_byte : receiver.end_byte]), len(source)
        if source in self._cache:
            return self._cache[source]
        result = self._cache[source] = _split(source)
        return result


def _split(source: bytes) -> tuple[str, str, int] | None:
    last = source.rfind(b".")
    if b":" in source or b">" in source:
        last = max((match.end() - 1 for match in _SEPARATOR.finditer(source)), default=last)
    name = source[last + 1 :].strip()
    if not name or (not _NAME.fullmatch(name.decode("utf-8", "replace").encode()) and not name.isalnum()):
        return _unusual(name, source, last)
    receiver = normal_receiver(_strip_separator(source[: last + 1])) if last >= 0 else ""
    return name.decode("utf-8", "replace"), receiver, len(name)


def _unusual(name: bytes, source: bytes, last: int) -> tuple[str, str, int] | None:
    """Names outside ASCII letters; anything that is no name at all is no reference."""
    text = name.decode("utf-8", "replace")
    if not text.lstrip("#$@").rstrip("!?=").replace("-", "_").isidentifier():
        return None
    receiver = normal_receiver(_strip_separator(source[: last + 1])) if last >= 0 else ""
    return text, receiver, len(name)


def _strip_separator(source: bytes) -> bytes:
    return source.rstrip(b".:>-?!& \t\r\n")


@lru_cache(maxsize=8192)
def normal_receiver(source: bytes) -> str:
    """The text before the last dot, arguments left out (`make(1).x` is `make().x`); "?" when it is no path."""
    if not source.isalnum():
        source = normal_expression(source)
    return source.decode("utf-8", "replace") if source else "?"


def normal_expression(source: bytes) -> bytes:
    """An expression without arguments, subscripts' indices and `new`; b"" if it is no path of names and calls."""
    if len(source) > 20 * _MAX_RECEIVER_CHARS:
        return b""
    source = _WRAPPERS.sub(b"", source.strip())
    count = 1 if b"(" in source else 0
    while count:
        source, count = _ARGUMENTS.subn(b"\0", source)
    source = source.replace(b"\0", b"()")
    source = _SEPARATOR.sub(_plain_separator, source)
    if b"<" in source:
        source = re.sub(rb"(?:::)?<[^<>]*>", b"", source)
    return source if len(source) <= _MAX_RECEIVER_CHARS and _PATH.fullmatch(source) else b""


def _plain_separator(match: re.Match[bytes]) -> bytes:
    mark = match[0].strip()
    return mark if mark in {b"::", b"->"} else b"."


def _import_span(match: Match) -> Span:
    """The imported name with its alias; the module when that is all there is."""
    nodes = [match[key][0] for key in ("imported", "alias", "default") if key in match] or match.get("module", [])
    if not nodes:
        return span_of(match["import"][0])
    first, last = min(nodes, key=lambda node: node.start_byte), max(nodes, key=lambda node: node.end_byte)
    return Span(*first.start_point, *last.end_point)


def _rust_imports(text: str, match: Match) -> list[Import]:
    """`a::{b, c as d, e::*}` as one import a name."""
    span = span_of(match["import"][0])
    found = []
    for path in _expanded(re.sub(r"\s+", " ", text[:4000])):
        module, _, alias = path.partition(" as ")
        name = "*" if module.endswith("::*") else ""
        module = module.removesuffix("::*").removesuffix("::self").strip()
        found.append(Import(module, name, alias.strip(), span, "reexport" in match))
    return found


def _expanded(text: str, depth: int = 8) -> list[str]:
    """The paths of a tree of `{…}`."""
    head, brace, rest = text.partition("{")
    if not brace or depth == 0:
        return [text.strip()] if text.strip() else []
    parts, level, start = [], 0, 0
    for position, letter in enumerate(rest):
        level += (letter == "{") - (letter == "}")
        if level < 0 or (letter == "," and level == 0):
            parts.append(rest[start:position])
            start = position + 1
            if level < 0:
                break
    return [head.strip() + path for part in parts for path in _expanded(part, depth - 1)]


def line_starts_of(text: bytes) -> list[int]:
    """The byte at which each line starts."""
    starts = [0]
    starts.extend(match.end() for match in _NEWLINE.finditer(text))
    return starts


def span_of(node: Node) -> Span:
    """A node's range."""
    (start_row, start_column), (end_row, end_column) = node.start_point, node.end_point
    return Span(start_row, start_column, end_row, end_column)


def collapse(text: str, limit: int = 200) -> str:
    """Text on one line, cut at `limit` characters."""
    if "\n" in text:
        text = re.sub(r"\s*\n\s*", " ", text)
        text = re.sub(r"([(\[{]) ", r"\1", text)
        text = re.sub(r",? ([)\]}])", r"\1", text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def exported_names(scan: Scan) -> frozenset[str]:
    """Names that the file gives away by list: Python's `__all__`, JavaScript's `module.exports`."""
    names = {scan.slice(node).strip("'\"") for node in scan.nodes("exports")}
    for match in _ALL.finditer(scan.text) if b"__all__" in scan.text else ():
        names.update(name.decode("utf-8", "replace") for name in _QUOTED.findall(match[1]))
    return frozenset(names)


def find_imports(scan: Scan, exported: frozenset[str], language: str) -> list[Import]:
    """Every imported name, in order."""
    imports = []
    for match in scan.matches("import"):
        module, name, alias = (
            scan.slice(match[key][0]).strip("\"'`<>") if key in match else "" for key in ("module", "imported", "alias")
        )
        if "default" in match:
            name, alias = "default", scan.slice(match["default"][0])
        visible = alias or name or module
        reexported = "reexport" in match or visible in exported or (bool(alias) and alias == name)
        if language == "rust":
            imports += _rust_imports(module, match)
            continue
        imports.append(Import(module, name, alias, _import_span(match), reexported))
    return sorted(imports, key=lambda found: (found.span.start_line, found.span.start_column))


def enclosing_index(definition: Definition | None, indices: dict[int, int]) -> int:
    """The place of a definition in `Outline.symbols`, or -1."""
    return -1 if definition is None else indices.get(id(definition), -1)
