from hypothesis import given
from hypothesis import strategies as st

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Outline
from sleeptime.sleep.pages import DOC_LINES, LINE_CHARACTERS, PAGE_LINES, page_number, pages_of, shown


def outline_of(text: str) -> Outline:
    outline = OutlinesInMemory({"a.py": text}).outline("a.py")
    assert outline is not None
    return outline


def function(name: str, lines: int) -> str:
    return f"def {name}():\n" + "    work()\n" * (lines - 1)


@given(st.lists(st.integers(2, 2 * PAGE_LINES), max_size=12))
def test_pages_cover_the_module_once_and_cut_no_definition(lengths: list[int]) -> None:
    text = "".join(function(f"f{number}", length) for number, length in enumerate(lengths)) or "x = 1\n"
    outline = outline_of(text)
    pages = pages_of(outline)
    covered = [line for page in pages for line in range(page.first_line, page.end_line)]
    assert covered == list(range(len(covered)))
    assert len(covered) >= text.count("\n") - 1
    for symbol in outline.symbols:
        page = pages[page_number(pages, symbol)]
        assert page.first_line <= symbol.span.start_line <= symbol.span.end_line <= page.end_line


def test_a_short_module_is_one_page() -> None:
    assert len(pages_of(outline_of(function("f", 20)))) == 1


def test_a_long_module_is_cut_into_pages_of_some_length() -> None:
    pages = pages_of(outline_of("".join(function(f"f{number}", 40) for number in range(20))))
    assert len(pages) == 5
    assert all(page.end_line - page.first_line <= PAGE_LINES for page in pages)


def test_long_docstrings_bodies_and_lines_are_cut_where_they_are_shown() -> None:
    doc = "\n".join(["    '''Says what it does.", *(f"    more {number}" for number in range(30)), "    '''"])
    text = f"def f():\n{doc}\n    return '{'x' * 1000}'\n" + function("g", 3 * PAGE_LINES)
    outline = outline_of(text)
    pages = pages_of(outline)
    lines = text.split("\n")
    first = shown(pages[0], outline, lines)
    assert f"more {DOC_LINES - 2}" in first
    assert "more 29" not in first
    assert "return 'xxx" in first
    assert max(map(len, first.split("\n"))) <= LINE_CHARACTERS
    assert "more lines)" in shown(pages[-1], outline, lines)
