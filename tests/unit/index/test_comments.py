"""What comments say is in the outline, wherever they stand and however the language marks them."""

import json

import pytest

from sleeptime.core.types import Comment, Outline
from sleeptime.index import LANGUAGES, parse
from sleeptime.index.comments import MAX_COMMENT_CHARS

WHY = "the queue may be empty"
SAMPLES = {
    "python": f"def take(queue):\n    # {WHY}\n    return queue\n",
    "javascript": f"function take(queue) {{\n  // {WHY}\n  return queue\n}}\n",
    "typescript": f"function take(queue: Queue) {{\n  /* {WHY} */\n  return queue\n}}\n",
    "tsx": f"function take() {{\n  // {WHY}\n  return <p/>\n}}\n",
    "go": f"package a\n\nfunc take(queue Queue) {{\n\t// {WHY}\n\tqueue.Pop()\n}}\n",
    "rust": f"fn take(queue: &Queue) {{\n    // {WHY}\n    queue.pop();\n}}\n",
    "java": f"class Shop {{\n  void take() {{\n    // {WHY}\n    queue.pop();\n  }}\n}}\n",
    "c": f"void take(void) {{\n  /* {WHY} */\n  pop();\n}}\n",
    "cpp": f"void take() {{\n  // {WHY}\n  queue.pop();\n}}\n",
    "csharp": f"class Shop {{\n  void take() {{\n    // {WHY}\n    queue.Pop();\n  }}\n}}\n",
    "ruby": f"def take(queue)\n  # {WHY}\n  queue.pop\nend\n",
    "php": f"<?php\nfunction take($queue) {{\n  # {WHY}\n  pop($queue);\n}}\n",
    "bash": f"take() {{\n  # {WHY}\n  pop\n}}\n",
    "notebook": json.dumps(
        {"cells": [{"cell_type": "code", "source": ["def take(queue):\n", f"    # {WHY}\n", "    return queue"]}]},
        indent=1,
    ),
}


def said(outline: Outline) -> list[tuple[str, str]]:
    """(text, name of the symbol around it) of every comment."""
    names = [symbol.name for symbol in outline.symbols]
    return [(comment.text, names[comment.enclosing] if comment.enclosing >= 0 else "") for comment in outline.comments]


@pytest.mark.parametrize("language", SAMPLES)
def test_a_comment_belongs_to_the_symbol_around_it(language: str) -> None:
    text = SAMPLES[language]
    outline = parse(text.encode(), language)
    assert said(outline) == [(WHY, "take")]
    assert WHY in text.splitlines()[outline.comments[0].line]


def test_every_language_with_a_grammar_has_a_row_above() -> None:
    assert {spec.name for spec in LANGUAGES if spec.grammar} | {"notebook"} == set(SAMPLES)


def test_comments_on_successive_lines_are_one() -> None:
    outline = parse(b"x = 1  # first\n# second\n\n# third\n", "python")
    assert outline.comments == (Comment("first\nsecond", 0), Comment("third", 3))


def test_documentation_licences_and_shebangs_are_left_out() -> None:
    go = parse(b"// Copyright A. Author\n\npackage a\n\n// Take takes.\nfunc Take() {}\n", "go")
    assert go.symbols[0].docstring == "Take takes."
    assert go.comments == ()
    assert parse(b"#!/bin/sh\n", "bash").comments == ()


def test_a_long_comment_is_cut() -> None:
    (comment,) = parse(b"x = 1\n# " + b"y" * 5000, "python").comments
    assert 900 < len(comment.text) <= MAX_COMMENT_CHARS
