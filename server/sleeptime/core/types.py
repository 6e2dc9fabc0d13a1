"""The frozen values that every part of Sleeptime speaks about.

Positions: lines are zero-based; columns count UTF-8 bytes, as tree-sitter gives them; ends are exclusive.
`lsp/convert.py` turns them into an editor's encoding. `Evidence` alone counts lines as people do, from one,
inclusive, because it is shown as `path:start-end`.
"""

from typing import Literal

from msgspec import Struct

SymbolKind = Literal[
    "class",
    "interface",
    "struct",
    "enum",
    "trait",
    "type",
    "namespace",
    "function",
    "method",
    "constructor",
    "property",
    "constant",
    "variable",
    "field",
    "macro",
    "heading",
]
ReferenceKind = Literal["call", "read", "write", "base", "decorator", "type", "raise"]
Level = Literal["symbol", "class", "module", "package", "topic", "repository", "change"]
JobState = Literal["waiting", "running", "done", "failed", "set_aside"]

CLASS_KINDS: frozenset[SymbolKind] = frozenset({"class", "interface", "struct", "enum", "trait"})
"""What has members and is spoken about as a class, whatever its language calls it."""

DATA_KINDS: frozenset[SymbolKind] = frozenset({"variable", "constant", "field"})
"""What holds a value and does nothing."""


class Span(Struct, frozen=True, array_like=True):
    """A half-open range of source: zero-based lines, columns in UTF-8 bytes."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def contains(self, line: int, column: int) -> bool:
        """Whether a position (end included, as editors put the cursor after a word) lies in the range."""
        return (self.start_line, self.start_column) <= (line, column) <= (self.end_line, self.end_column)


class Symbol(Struct, frozen=True, array_like=True):
    """A definition, with the facts that its own syntax states.

    `qualified_name` is unique in its file (a redefinition gets `#2`, `#3`), e.g. `Flask.wsgi_app`.
    `parent` is the index of the enclosing symbol in `Outline.symbols`, or -1.
    `text_hash` is `keys.text_hash` of the exact source text of `span`.
    """

    name: str
    qualified_name: str
    kind: SymbolKind
    span: Span
    name_span: Span
    parent: int = -1
    signature: str = ""
    docstring: str = ""
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    exported: bool = True
    text_hash: str = ""


def level_of(symbol: Symbol) -> Level:
    """Whether notes and questions about a symbol are about a class or about something smaller."""
    return "class" if symbol.kind in CLASS_KINDS else "symbol"


class Import(Struct, frozen=True, array_like=True):
    """One imported name. `import a.b as c` is (module "a.b", name "", alias "c");
    `from .x import y as z` is (module ".x", name "y", alias "z"); a star import has name "*".
    `reexported` marks `export … from` and names in `__all__`.
    """

    module: str
    name: str
    alias: str
    span: Span
    reexported: bool = False


class Reference(Struct, frozen=True, array_like=True):
    """One use of a name. `receiver` is the text before the last dot (`self`, `app.json`), or "".
    `enclosing` is the index in `Outline.symbols` of the innermost symbol around it, or -1.
    """

    name: str
    receiver: str
    kind: ReferenceKind
    line: int
    column: int
    enclosing: int = -1


class Binding(Struct, frozen=True, array_like=True):
    """What a local name, parameter or attribute holds, as far as its own line says: `x = Foo(1)` binds `x` to
    `Foo()`, `def f(app: Flask)` binds `app` to the declared type `Flask`. Arguments are left out of `value`.
    """

    name: str
    value: str
    declared: bool
    line: int
    enclosing: int = -1


class Comment(Struct, frozen=True, array_like=True):
    """A comment, or several on successive lines, that is no symbol's documentation; without its marks.
    `enclosing` is the index in `Outline.symbols` of the innermost symbol around it, or -1.
    """

    text: str
    line: int
    enclosing: int = -1


class Outline(Struct, frozen=True, array_like=True):
    """All that one file's text says by itself: a pure function of (text, language, extractor version).
    It holds no path, so equal files share it across branches, worktrees and clones.
    `cells` are the ranges of a notebook's code cells in the file; other files have none.
    """

    language: str
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    docstring: str = ""
    errors: tuple[Span, ...] = ()
    line_count: int = 0
    bindings: tuple[Binding, ...] = ()
    cells: tuple[Span, ...] = ()
    comments: tuple[Comment, ...] = ()


class Module(Struct, frozen=True):
    """A file of the repository as indexed: `path` is relative to the root, with forward slashes."""

    path: str
    blob: str
    outline: Outline


class Target(Struct, frozen=True):
    """What a note or question is about. `path` is "" for the repository; `symbol` is a qualified name or "". Of a topic
    it is what the topic is called: a concept ("request context"), or a question in full.
    """

    level: Level
    path: str = ""
    symbol: str = ""

    def __str__(self) -> str:
        if self.level == "topic":
            return f"{self.symbol} ({self.path})" if self.path else self.symbol
        return f"{self.path}::{self.symbol}" if self.symbol else self.path or "the repository"


class Evidence(Struct, frozen=True):
    """Lines that support a sentence: one-based, inclusive. `text_hash` is of those lines when they were cited."""

    path: str
    start_line: int
    end_line: int
    symbol: str = ""
    text_hash: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


class Commit(Struct, frozen=True):
    """One commit that touched something; `time` in seconds since the epoch. What is not committed yet has no `hash`.
    `body` is the rest of its message where that was asked for.
    """

    hash: str
    time: int
    author: str
    subject: str
    body: str = ""


class Read(Struct, frozen=True):
    """Code that an answer was written from besides its target's, and its hashes then (as of an `Answer`)."""

    target: Target
    code_hash: str
    token_hash: str = ""


class GateResults(Struct, frozen=True):
    """What verification found: shares in 0..1, and the offenders by name. `dropped` counts, by gate, the sentences that
    did not make it into the text.
    """

    names: float
    citations: float
    unknown_names: tuple[str, ...] = ()
    bad_citations: tuple[str, ...] = ()
    wrong_facts: tuple[str, ...] = ()
    dropped: dict[str, int] = {}


class Answer(Struct, frozen=True):
    """A question with its generated answer. A summary is the answer to the intent `purpose`.

    `key` holds all that the text depends on (see `keys.answer_key`); `code_hash` is the hash of the target's
    source when it was written, so that a reader can tell fresh from stale without the prompt. `token_hash` is of its
    tokens alone, "" if unknown; `dependencies` are the keys of the notes that it was written from, `read` what other
    code was. Whether an answer is fresh is for `index/freshness.py` to say.
    """

    key: str
    target: Target
    intent: str
    question: str
    text: str
    evidence: tuple[Evidence, ...]
    code_hash: str
    model: str
    prompt: str
    created_at: float
    gates: GateResults
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0
    token_hash: str = ""
    dependencies: tuple[str, ...] = ()
    read: tuple[Read, ...] = ()


class Job(Struct, frozen=True):
    """One thing to think about. `key` makes planning idempotent: the same work is one row."""

    id: int
    key: str
    target: Target
    intent: str
    priority: float
    state: JobState = "waiting"
    attempts: int = 0
    reason: str = ""
