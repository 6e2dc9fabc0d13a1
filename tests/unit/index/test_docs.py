import pytest

from sleeptime.index import parse
from sleeptime.index.docs import MAX_DOC_CHARS, clean_comment, clean_docstring


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('"""One line."""', "One line."),
        ("r'''Raw \\d.'''", "Raw \\d."),
        ('"plain"', "plain"),
        ('"""\n    First.\n\n        Deeper.\n    """', "First.\n\n    Deeper."),
        ('""""Quoted" start."""', '"Quoted" start.'),
        ('"""', ""),
    ],
)
def test_a_docstring_is_its_text_without_quotes_and_indentation(literal: str, text: str) -> None:
    assert clean_docstring(literal) == text


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("// One.\n// Two.", "One.\nTwo."),
        ("/// Rust.", "Rust."),
        ("/**\n * Java <code>x</code>.\n * More.\n */", "Java x.\nMore."),
        ("# Ruby", "Ruby"),
        ("-- SQL", "SQL"),
        ("/// <summary>C#.</summary>", "C#."),
        ("* no mark *bold*", "no mark *bold*"),
    ],
)
def test_a_comment_is_its_text_without_marks(comment: str, text: str) -> None:
    assert clean_comment(comment) == text


def test_documentation_is_cut() -> None:
    assert len(clean_docstring(f'"""{"x" * 2 * MAX_DOC_CHARS}"""')) == MAX_DOC_CHARS
    assert len(clean_comment("// " + "x\n// " * MAX_DOC_CHARS)) <= MAX_DOC_CHARS


@pytest.mark.parametrize(
    ("language", "text", "doc"),
    [
        ("go", "package a\n\n// F does.\n// More.\nfunc F() {}\n", "F does.\nMore."),
        ("go", "package a\n\n// Not of F.\n\nfunc F() {}\n", ""),
        ("rust", "/// Does.\n#[inline]\npub fn F() {}\n", "Does."),
        ("java", "class A {\n  /** Does. */\n  @Override\n  void F() {}\n}\n", "Does."),
        ("typescript", "x();\n/** Does. */\nexport function F() {}\n", "Does."),
        ("python", "def F():\n    # why\n    'Does.'\n", "Does."),
        ("python", "def F():\n    x = 1\n    'No docstring.'\n", ""),
    ],
)
def test_what_documents_a_function(language: str, text: str, doc: str) -> None:
    (found,) = [symbol for symbol in parse(text.encode(), language).symbols if symbol.name == "F"]
    assert found.docstring == doc


@pytest.mark.parametrize(
    ("language", "text", "doc"),
    [
        ("python", '#!/usr/bin/env python\n# Copyright A\n"""About."""\nimport os\n', "About."),
        (
            "go",
            "// Copyright 2024 A. All rights reserved.\n\n// Package a is small.\npackage a\n",
            "Package a is small.",
        ),
        ("python", "x = 1\n'No docstring.'\n", ""),
    ],
)
def test_what_documents_a_file(language: str, text: str, doc: str) -> None:
    assert parse(text.encode(), language).docstring == doc
