"""References in languages whose uses all look like `a.b.c` or `a.b.c(`: by one regular expression.

In Python three captures in four would be plain names and attributes. A regular expression over the text, with strings,
comments and imports blanked out by the tree, finds them in a fifth of the time; the query then only names what a
pattern must tell: bases, decorators, raises, types, assignments, and attributes of anything but names.
"""

import re
from functools import lru_cache

from sleeptime.index.references import KINDS, Found, Use, explicit_uses, normal_receiver
from sleeptime.index.scan import Scan
from sleeptime.index.symbols import Definitions

_CHAIN = re.compile(rb"\.?[A-Za-z_\x80-\xff][\w.\x80-\xff]*\(?")

_Part = tuple[int, int, str, str, int]
"""Where a name starts and ends in its chain, the name, its receiver, and the rank of its kind."""

_READ, _CALL = KINDS.index("read"), KINDS.index("call")


def find_dotted_uses(scan: Scan, definitions: Definitions) -> list[Use]:
    """Every reference, in order: attributes, and plain names that the file knows but where they are defined."""
    text = _code_only(scan)
    explicit = explicit_uses(scan)
    taken = {definition.name_node.end_byte for definition in definitions.all} | definitions.local_ends
    split = _plain_parts(definitions.known)
    uses: list[Use] = []
    for match in _CHAIN.finditer(text):
        chain = match[0]
        if (parts := split.get(chain)) is None:
            parts = split[chain] = _split(chain) if b"." in chain else ()
        if not parts:
            continue
        base = match.start()
        head = _receiver(text, explicit.get(base + parts[0][1])) if chain[0] == _DOT else ""
        for start, end, name, receiver, plain_rank in parts:
            last = base + end
            found = explicit.get(last)
            rank = plain_rank if found is None or found[0] < plain_rank else found[0]
            whole = receiver
            if head:
                whole = f"{head}.{receiver}" if receiver else head
            elif not receiver and (last in taken or _names_argument(text, last)):
                continue
            uses.append((base + start, KINDS[rank], name, whole))
    return uses


def _plain_parts(known: frozenset[bytes]) -> dict[bytes, tuple[_Part, ...]]:
    """The chains of one known name, read or called."""
    table: dict[bytes, tuple[_Part, ...]] = {}
    for name in known:
        text = name.decode("utf-8", "replace")
        table[name] = ((0, len(name), text, "", _READ),)
        table[name + b"("] = ((0, len(name), text, "", _CALL),)
    return table


@lru_cache(maxsize=32768)
def _split(chain: bytes) -> tuple[_Part, ...]:
    """`a.b.c(` as b of a and c of a.b."""
    called = chain.endswith(b"(")
    names = chain.rstrip(b"(").rstrip(b".").split(b".")
    parts: list[_Part] = []
    start = 0
    receiver = ""
    for position, name in enumerate(names):
        text = name.decode("utf-8", "replace")
        if position and text:
            rank = _CALL if called and position == len(names) - 1 else _READ
            parts.append((start, start + len(name), text, receiver, rank))
        receiver = f"{receiver}.{text}" if receiver else text
        start += len(name) + 1
    return tuple(parts)


def _receiver(text: bytes, found: Found | None) -> str:
    """What the attribute after a call belongs to; "?" after anything else that is no name."""
    node = found[2] if found is not None else None
    return normal_receiver(text[node.start_byte : node.end_byte]) if node is not None else "?"


def _names_argument(text: bytes, end: int) -> bool:
    """Whether the name that ends there is a keyword argument's."""
    return text[end : end + 1] == b"=" and text[end + 1 : end + 2] != b"="


def _code_only(scan: Scan) -> bytes:
    """The text with comments, strings (but not what is interpolated in them) and imports as blanks."""
    text = scan.text
    spans = [(node.start_byte, node.end_byte, False) for role in ("opaque", "comment") for node in scan.nodes(role)]
    if interpolated := scan.nodes("interpolated"):
        spans += [(node.start_byte, node.end_byte, True) for node in interpolated]
        spans.sort()
    spans += [(match["import"][0].start_byte, match["import"][0].end_byte, False) for match in scan.matches("import")]
    code = bytearray(text)
    for start, end, shown in spans:
        code[start:end] = text[start:end] if shown else b" " * (end - start)
    return bytes(code)


_DOT = ord(".")
