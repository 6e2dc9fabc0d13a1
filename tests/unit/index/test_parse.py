import importlib.util
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sleeptime.core.keys import text_hash
from sleeptime.core.types import Outline, Span, SymbolKind
from sleeptime.index import LANGUAGES, language_of, parse, token_hash
from sleeptime.index.languages import query_source

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).with_name("samples.py"))
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

NAMES = [spec.name for spec in LANGUAGES]


def outline_of(path: str) -> tuple[bytes, Outline]:
    text = (samples.REPOS / path).read_bytes()
    return text, parse(text, language_of(path, text.split(b"\n")[0]))


def slice_of(text: bytes, span: Span) -> bytes:
    lines = text.split(b"\n")
    if span.start_line == span.end_line:
        return lines[span.start_line][span.start_column : span.end_column]
    middle = lines[span.start_line + 1 : span.end_line]
    first, last = lines[span.start_line][span.start_column :], lines[span.end_line][: span.end_column]
    return b"\n".join([first, *middle, last])


@pytest.mark.parametrize("path", samples.SYMBOLS)
def test_a_file_has_these_symbols_in_order(path):
    _, outline = outline_of(path)
    expected = [" ".join(line.split()) for line in samples.SYMBOLS[path].split(",")]
    assert [f"{s.kind} {s.qualified_name}" for s in outline.symbols] == expected
    assert outline.errors == ()


@pytest.mark.parametrize(("path", "name", "fact", "value"), samples.FACTS)
def test_a_symbol_states_this_fact(path, name, fact, value):
    _, outline = outline_of(path)
    symbol = next(s for s in outline.symbols if s.qualified_name == name)
    assert getattr(symbol, fact) == value


@pytest.mark.parametrize("reference", samples.REFERENCES, ids=" ".join)
def test_a_file_refers_to_this_name(reference):
    path, *expected = reference
    _, outline = outline_of(path)
    found = {
        (r.kind, r.receiver, r.name, outline.symbols[r.enclosing].qualified_name if r.enclosing >= 0 else "")
        for r in outline.references
    }
    assert tuple(expected) in found


def sample_files():
    return sorted(
        str(p.relative_to(samples.REPOS)) for p in samples.REPOS.rglob("*") if p.is_file() and language_of(str(p))
    )


@pytest.mark.parametrize("path", sample_files())
def test_ranges_slice_to_what_they_name_and_nest(path):
    text, outline = outline_of(path)
    for symbol in outline.symbols:
        if outline.language not in {"markdown", "rst"}:
            assert slice_of(text, symbol.name_span).decode() == symbol.name
        assert text_hash(slice_of(text, symbol.span)) == symbol.text_hash or outline.language == "notebook"
        assert symbol.span.contains(symbol.name_span.start_line, symbol.name_span.start_column)
        assert symbol.span.contains(symbol.name_span.end_line, symbol.name_span.end_column)
        if symbol.parent >= 0:
            outer = outline.symbols[symbol.parent].span
            assert outer.contains(symbol.span.start_line, symbol.span.start_column)
            assert outer.contains(symbol.span.end_line, symbol.span.end_column)
    for reference in outline.references:
        line = text.split(b"\n")[reference.line]
        assert line[reference.column :].startswith(reference.name.encode())


def test_names_in_comments_and_strings_are_no_references():
    _, outline = outline_of("python/src/shop/models/book.py")
    assert "Book" not in {reference.name for reference in outline.references}


def test_a_local_variable_hides_what_the_file_defines():
    _, outline = outline_of("python/src/shop/cart.py")
    gift = next(i for i, s in enumerate(outline.symbols) if s.name == "gift")
    assert not [r for r in outline.references if r.name == "logged" and r.enclosing == gift]


def test_interpolated_code_is_code():
    outline = parse(b"import os\nx = f\"{os.sep}{os.path.join('a', f'{os.name}')} os.no\"\n", "python")
    assert {r.name for r in outline.references} == {"sep", "path", "join", "name"}


def test_a_redefinition_gets_a_number():
    outline = parse(b"def f(): pass\ndef f(): pass\n", "python")
    assert [s.qualified_name for s in outline.symbols] == ["f", "f#2"]


def test_broken_source_is_data():
    outline = parse(b"def f(:\n    pass\n\nclass C:\n    def m(self): return f()\n", "python")
    assert outline.errors
    assert {"C", "C.m"} <= {s.qualified_name for s in outline.symbols}


def test_a_notebook_is_located_cell_by_cell_in_its_own_file():
    text, outline = outline_of("notebook/shop.ipynb")
    assert len(outline.cells) == 3
    gift = next(s for s in outline.symbols if s.name == "gift")
    assert slice_of(text, gift.name_span) == b"gift"
    assert outline.cells[1].contains(gift.span.start_line, gift.span.start_column)


@pytest.mark.parametrize("language", NAMES)
@settings(max_examples=60, deadline=None)
@given(text=st.binary(max_size=300))
@example(text=b"")
@example(text=b"\xff\xfe\x00")
@example(text=b"{" * 200)
def test_any_bytes_parse(language, text):
    outline = parse(text, language)
    for symbol in outline.symbols:
        if symbol.parent >= 0:
            outer = outline.symbols[symbol.parent].span
            assert outer.contains(symbol.span.start_line, symbol.span.start_column)
            assert outer.contains(symbol.span.end_line, symbol.span.end_column)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_cut_of_a_real_file_parses_with_exact_names(data):
    path = data.draw(st.sampled_from(sample_files()))
    text = (samples.REPOS / path).read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    part = text[:start] + text[end:]
    outline = parse(part, language_of(path, text.split(b"\n")[0]))
    if outline.language in {"markdown", "rst", "notebook"}:
        return
    for symbol in outline.symbols:
        assert slice_of(part, symbol.name_span).decode("utf-8", "replace") == symbol.name
        assert symbol.span.contains(symbol.name_span.start_line, symbol.name_span.start_column)


def test_an_unknown_language_has_an_empty_outline():
    assert parse(b"x", "klingon") == Outline(language="klingon")


def test_queries_define_known_kinds_only():
    kinds = set(get_args(SymbolKind))
    for spec in LANGUAGES:
        if spec.query:
            source = query_source(spec.query)
            used = {
                part.split(".")[1].split()[0].strip(")") for part in source.split("@") if part.startswith("definition.")
            }
            assert used <= kinds, spec.name


SPAN = Span(0, 0, 99, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"x = 1\n", b"x  =  1  # why\n", True),
        (b"x = 1\n", b"x = 2\n", False),
        (b"if a:\n  b\n  c\n", b"if a:\n    b\n\n    c\n", True),
        (b"if a:\n  b\n  c\n", b"if a:\n  b\nc\n", False),
        (b"x = 'a b'\n", b"x = 'a  b'\n", False),
    ],
)
def test_a_token_hash_sees_tokens_only(one, other, same):
    assert (token_hash(one, "python", SPAN) == token_hash(other, "python", SPAN)) == same


def test_a_token_hash_survives_a_move():
    moved = b"\n\n# above\nx = 1\ny = 2\n"
    assert token_hash(b"x = 1\n", "python", Span(0, 0, 0, 5)) == token_hash(moved, "python", Span(3, 0, 3, 5))
