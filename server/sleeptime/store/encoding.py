"""An outline as the rows that keep it. Pure, so that it runs in the processes that parse.

Rows of the full-text indexes are deleted by saying again what was inserted: a change to the tokens or words made here
needs a migration that builds both indexes anew.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from sleeptime.core.keys import EXTRACTOR_VERSION
from sleeptime.core.types import Outline, Symbol
from sleeptime.store.words import name_token, split_name

COMPRESSION_LEVEL = 1
"""zlib's quickest level: see `tests/bench/bench_index.py` for what it costs and saves."""

DOC_CHARACTERS = 1000
"""How much of a docstring is searchable: what it is about stands at its beginning."""

SYMBOL_BITS = 20
"""A row of the search index is `outline << SYMBOL_BITS | symbol + 1`; symbol -1 is the module itself."""

_IDENTIFIER = re.compile(r"[^\W\d][\w$]*")


class SymbolWords(Struct, frozen=True, array_like=True):
    """What can be searched about one symbol (its index in the outline; -1 is the module). `docs` is its docstring and
    the comments in it.
    """

    symbol: int
    name: str
    scope: str
    docs: str
    body: str


class EncodedOutline(Struct, frozen=True, array_like=True):
    """One content, ready to be stored. With a `reason` it was left alone and there is no `data`."""

    blob: str
    language: str
    data: bytes = b""
    tokens: str = ""
    words: tuple[SymbolWords, ...] = ()
    symbols: int = 0
    reason: str = ""
    version: int = EXTRACTOR_VERSION


class SymbolsOnly(Struct, frozen=True, array_like=True):
    """The beginning of an encoded outline: enough to find definitions, a fraction of the work."""

    language: str
    symbols: tuple[Symbol, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_outline_decoder = msgspec.msgpack.Decoder(Outline)
_symbols_decoder = msgspec.msgpack.Decoder(SymbolsOnly)


def encode_outline(blob: str, outline: Outline) -> EncodedOutline:
    """All rows of one parsed content."""
    return EncodedOutline(
        blob=blob,
        language=outline.language,
        data=zlib.compress(_encoder.encode(outline), COMPRESSION_LEVEL),
        tokens=" ".join(_tokens(outline)),
        words=tuple(_words(outline)),
        symbols=len(outline.symbols),
    )


def encode_skipped(blob: str, language: str, reason: str) -> EncodedOutline:
    """A content that was looked at and left alone."""
    return EncodedOutline(blob=blob, language=language, reason=reason)


def decode_outline(data: bytes) -> Outline:
    """The outline that `encode_outline` wrote."""
    return _outline_decoder.decode(zlib.decompress(data))


def decode_symbols(data: bytes) -> tuple[Symbol, ...]:
    """Only the symbols of what `encode_outline` wrote."""
    return _symbols_decoder.decode(zlib.decompress(data)).symbols


def _tokens(outline: Outline) -> set[str]:
    """Each identifier that the outline holds; what it defines once more with "=" before it."""
    dotted: set[str] = set()
    for imported in outline.imports:
        dotted.update((imported.module, imported.name, imported.alias))
    for symbol in outline.symbols:
        dotted.update(symbol.bases, symbol.decorators, symbol.raises)
    names: set[str] = set()
    for reference in outline.references:
        names.add(reference.name)
        dotted.add(reference.receiver)
    for text in dotted:
        names.update(_IDENTIFIER.findall(text))
    defined = {symbol.name for symbol in outline.symbols}
    tokens = {name_token(name) for name in names | defined if name}
    tokens.update("=" + name_token(name) for name in defined if name)
    return tokens


def _words(outline: Outline) -> Iterator[SymbolWords]:
    used: defaultdict[int, set[str]] = defaultdict(set)
    for reference in outline.references:
        used[reference.enclosing].add(reference.name)
    said: defaultdict[int, list[str]] = defaultdict(list)
    for comment in outline.comments:
        said[comment.enclosing].append(comment.text)
    if outline.docstring or used[-1] or said[-1]:
        yield SymbolWords(-1, "", "", _docs(outline.docstring, said[-1]), _body(used[-1]))
    for index, symbol in enumerate(outline.symbols):
        scope = symbol.qualified_name[: -len(symbol.name)] if symbol.parent >= 0 else ""
        docs = _docs(symbol.docstring, said[index]) if index in said else symbol.docstring[:DOC_CHARACTERS]
        yield SymbolWords(index, split_name(symbol.name), split_name(scope), docs, _body(used[index]))


def _docs(docstring: str, comments: list[str]) -> str:
    """What is said in words about a symbol."""
    return "\n".join([docstring[:DOC_CHARACTERS], *comments])[: 2 * DOC_CHARACTERS]


def _body(names: set[str]) -> str:
    return " ".join(split_name(name) for name in names)
