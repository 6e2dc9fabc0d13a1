import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.outlines import OutlinesInMemory
from sleeptime.core.keys import text_hash
from sleeptime.core.types import Target
from sleeptime.index import Graph, Sources, parse
from sleeptime.index.notebook import notebook_code, notebook_lines

LINES = ["def greet(who):\n", '    """Say "é"."""\n', "    return who\n", "\n", "class Card:\n", "    size = 1"]


def notebook(*cells: str | list[str], indent: int | None = 1) -> str:
    """A notebook of code cells, each a text or its lines, between two that are no code."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["def no(): ...\n"]}
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": [text, *code, text], "metadata": {}, "nbformat": 4}, indent=indent)


@pytest.mark.parametrize(
    "source",
    [
        notebook(["import os\n"], LINES),
        notebook(["%matplotlib inline\n", "!ls\n", "x = 1"], LINES, ["greet('a')"]),
        notebook("".join(LINES)),
        notebook(LINES, indent=None),
    ],
    ids=["lines", "magics", "one text", "one line"],
)
def test_code_is_what_was_hashed_and_read(source: str) -> None:
    outline = parse(source.encode(), "notebook")
    assert [symbol.name for symbol in outline.symbols if symbol.kind != "variable"] == ["greet", "Card", "size"]
    for symbol in outline.symbols:
        assert text_hash(notebook_code(source.encode(), symbol.span)) == symbol.text_hash


def test_lines_show_the_code_and_keep_their_numbers() -> None:
    source = notebook(LINES)
    lines = notebook_lines(source.encode())
    assert len(lines) == source.count("\n") + 1
    start = lines.index("def greet(who):")
    assert lines[start : start + 6] == tuple(line.removesuffix("\n") for line in LINES)


def test_a_symbol_of_a_notebook_has_its_passage_callers_and_cell() -> None:
    files = {"a.ipynb": notebook(LINES, ["greet('ann')\n"])}
    outlines = OutlinesInMemory(files)
    sources = Sources(outlines, outlines.read)
    greet = Target("symbol", "a.ipynb", "greet")
    passage = sources.passage(greet)
    assert passage is not None
    assert passage.lines == ("def greet(who):", '    """Say "é"."""', "    return who")
    (call,) = Graph(outlines).callers(greet)
    assert sources.lines("a.ipynb")[call.line] == "greet('ann')"
    first, second = outlines.outline("a.ipynb").cells
    assert (first.contains(passage.first_line, 100), second.start_line) == (True, call.line)


def test_a_changed_notebook_has_no_passage() -> None:
    outlines = OutlinesInMemory({"a.ipynb": notebook(LINES)})
    sources = Sources(outlines, lambda _path: notebook(["def greet(who): ...\n"]).encode())
    assert sources.passage(Target("symbol", "a.ipynb", "greet")) is None


@given(st.lists(st.lists(st.text(max_size=12), max_size=4), max_size=3), st.sampled_from([None, 1]))
def test_any_cells_keep_the_number_of_lines_and_hash_what_they_hold(cells: list[list[str]], indent: int | None) -> None:
    text = notebook(*cells, ["def last(): ...\n"], indent=indent).encode()
    assert len(notebook_lines(text)) == text.count(b"\n") + 1
    for symbol in parse(text, "notebook").symbols:
        if symbol.name == "last":
            assert text_hash(notebook_code(text, symbol.span)) == symbol.text_hash


@given(st.binary(max_size=200))
def test_no_bytes_fail(text: bytes) -> None:
    outline = parse(b'{"cells": [{"cell_type": "code", "source": ["' + text, "notebook")
    assert notebook_lines(text)
    for symbol in outline.symbols:
        notebook_code(text, symbol.span)
