"""The languages Sleeptime reads: one row here and one `queries/*.scm` file each."""

import re
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct
from tree_sitter import Language

Visibility = Literal["underscore", "export", "capital", "pub", "public", "not_private", "not_static", "all"]
"""How a language says that a name is for others: `_name`, `export`, `Name`, `pub`, `public`, unless `private`,
unless `static`, or always."""


class LanguageSpec(Struct, frozen=True):
    """One row: how to recognise a language, which grammar reads it, and its conventions."""

    name: str
    extensions: tuple[str, ...]
    grammar: str = ""  # "module:function"; "" for prose and notebooks, which have readers of their own
    query: str = ""  # file name in queries/ without .scm; languages may share one
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()  # names on a `#!` line
    doc_comment: str = ""  # regular expression at the start of comments that document; "" means docstrings
    self_names: tuple[str, ...] = ()  # how methods name their own object
    constructors: tuple[str, ...] = ()  # method names that construct; a class's own name always does
    visibility: Visibility = "all"
    closed: bool = False  # a plain name that its own file does not bind is a builtin, never another file's
    dotted: bool = False  # references are found by dotted.py: every use looks like `a.b.c` or `a.b.c(`


_C_DOCS = r"/\*|//"
_JS_DOCS = r"/\*\*"

LANGUAGES: tuple[LanguageSpec, ...] = (
    LanguageSpec(
        "python",
        (".py", ".pyi", ".pyw"),
        "tree_sitter_python:language",
        "python",
        filenames=("SConstruct", "SConscript", "wscript"),
        interpreters=("python", "python2", "python3", "pypy3"),
        self_names=("self", "cls"),
        constructors=("__init__",),
        visibility="underscore",
        closed=True,
        dotted=True,
    ),
    LanguageSpec("notebook", (".ipynb",)),
    LanguageSpec(
        "javascript",
        (".js", ".mjs", ".cjs", ".jsx"),
        "tree_sitter_javascript:language",
        "javascript",
        interpreters=("node", "deno", "bun"),
        doc_comment=_JS_DOCS,
        self_names=("this",),
        constructors=("constructor",),
        visibility="export",
        closed=True,
    ),
    LanguageSpec(
        "typescript",
        (".ts", ".mts", ".cts"),
        "tree_sitter_typescript:language_typescript",
        "typescript",
        interpreters=("ts-node", "tsx"),
        doc_comment=_JS_DOCS,
        self_names=("this",),
        constructors=("constructor",),
        visibility="export",
        closed=True,
    ),
    LanguageSpec(
        "tsx",
        (".tsx",),
        "tree_sitter_typescript:language_tsx",
        "typescript",
        doc_comment=_JS_DOCS,
        self_names=("this",),
        constructors=("constructor",),
        visibility="export",
        closed=True,
    ),
    LanguageSpec("go", (".go",), "tree_sitter_go:language", "go", doc_comment=_C_DOCS, visibility="capital"),
    LanguageSpec(
        "rust",
        (".rs",),
        "tree_sitter_rust:language",
        "rust",
        doc_comment=r"///|/\*\*|//!",
        self_names=("self",),
        constructors=("new",),
        visibility="pub",
    ),
    LanguageSpec(
        "java",
        (".java",),
        "tree_sitter_java:language",
        "java",
        doc_comment=r"/\*\*",
        self_names=("this",),
        visibility="not_private",
    ),
    LanguageSpec("c", (".c", ".h"), "tree_sitter_c:language", "c", doc_comment=_C_DOCS, visibility="not_static"),
    LanguageSpec(
        "cpp",
        (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".cu", ".cuh"),
        "tree_sitter_cpp:language",
        "cpp",
        doc_comment=_C_DOCS,
        self_names=("this",),
        visibility="not_static",
    ),
    LanguageSpec(
        "csharp",
        (".cs",),
        "tree_sitter_c_sharp:language",
        "csharp",
        doc_comment=r"///|/\*\*",
        self_names=("this",),
        visibility="public",
    ),
    LanguageSpec(
        "ruby",
        (".rb", ".rake", ".gemspec"),
        "tree_sitter_ruby:language",
        "ruby",
        filenames=("Rakefile", "Gemfile", "Guardfile", "Vagrantfile"),
        interpreters=("ruby",),
        doc_comment="#",
        self_names=("self",),
        constructors=("initialize",),
    ),
    LanguageSpec(
        "php",
        (".php", ".phtml"),
        "tree_sitter_php:language_php",
        "php",
        interpreters=("php",),
        doc_comment=r"/\*\*",
        self_names=("$this", "this"),
        constructors=("__construct",),
        visibility="not_private",
    ),
    LanguageSpec(
        "bash",
        (".sh", ".bash", ".zsh", ".bats"),
        "tree_sitter_bash:language",
        "bash",
        filenames=(".bashrc", ".bash_profile", ".profile", "PKGBUILD"),
        interpreters=("sh", "bash", "dash", "zsh", "ksh"),
        doc_comment="#",
    ),
    LanguageSpec("markdown", (".md", ".markdown", ".mdx")),
    LanguageSpec("rst", (".rst", ".rest")),
)

_SHEBANG = re.compile(rb"#!\s*(\S+)(?:\s+(?:-S\s+)?(\S+))?")


@lru_cache(maxsize=1)
def _by_name() -> dict[str, LanguageSpec]:
    return {spec.name: spec for spec in LANGUAGES}


@lru_cache(maxsize=1)
def _by_file() -> dict[str, str]:
    """Extensions (with their dot) and whole file names, to language names."""
    return {key: spec.name for spec in LANGUAGES for key in (*spec.extensions, *spec.filenames)}


def spec_of(language: str) -> LanguageSpec | None:
    """The row of a language, or None if there is no such language."""
    return _by_name().get(language)


def language_of(path: str, first_line: bytes = b"") -> str | None:
    """The language of a file by its name, then its extension, then its `#!` line; None if it is none of ours."""
    file = PurePosixPath(path)
    table = _by_file()
    found = table.get(file.name) or table.get(file.suffix) or table.get(file.suffix.lower())
    return found or (_language_of_shebang(first_line) if not file.suffix else None)


def _language_of_shebang(first_line: bytes) -> str | None:
    match = _SHEBANG.match(first_line)
    if match is None:
        return None
    program = match[1].rsplit(b"/", 1)[-1]
    if program == b"env":
        program = match[2] or b""
    name = program.decode("utf-8", "replace")
    plain = name.rstrip("0123456789.")
    return next((spec.name for spec in LANGUAGES if name in spec.interpreters or plain in spec.interpreters), None)


@cache
def grammar(language: str) -> Language:
    """The compiled grammar of a language that has one."""
    module, function = _by_name()[language].grammar.split(":")
    return Language(getattr(import_module(module), function)())


@cache
def query_source(name: str) -> str:
    """The text of `queries/NAME.scm`; a first line `; inherits: OTHER` puts OTHER's text before it."""
    text = files("sleeptime.index").joinpath("queries", f"{name}.scm").read_text("utf-8")
    inherits = re.match(r"; inherits: (\w+)\n", text)
    return f"{query_source(inherits[1])}\n{text}" if inherits else text
