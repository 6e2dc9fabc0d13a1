import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.lsp.convert import (
    WIDTHS,
    Point,
    content,
    convert_column,
    path_of,
    split_lines,
    to_point,
    to_position,
    uri_of,
)

LETTERS = st.sampled_from("aé字🙂👩‍👩‍👧e\u0301\u200d\ufeff\x0c\u2028\t ")
TEXTS = st.text(st.one_of(LETTERS, st.characters(exclude_categories=["Cs"]), st.sampled_from("\n\r")))
ENCODINGS = st.sampled_from(sorted(WIDTHS))
SIZES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def units(text: str, encoding: str) -> int:
    codec, size = SIZES[encoding]
    return len(text.encode(codec)) // size


@given(TEXTS)
def test_lines_joined_are_the_text_and_only_the_last_has_no_end(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.endswith(("\n", "\r")) for line in lines[:-1])
    assert not lines[-1].endswith(("\n", "\r"))
    assert all("\n" not in content(line) and "\r" not in content(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\n\r", ["\n", "\r", ""]),
        ("a\x0cb\u2028c\n", ["a\x0cb\u2028c\n", ""]),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(TEXTS, ENCODINGS, st.data())
def test_every_place_survives_the_round_trip_and_means_the_same_bytes(
    text: str, encoding: str, data: st.DataObject
) -> None:
    lines = split_lines(text)
    row = data.draw(st.integers(0, len(lines) - 1))
    line = content(lines[row])
    index = data.draw(st.integers(0, len(line)))
    column = units(line[:index], encoding)
    point = to_point(lines, row, column, encoding)
    before = ("".join(lines[:row]) + line[:index]).encode()
    assert point == Point(before.count(b"\n"), len(before) - (before.rfind(b"\n") + 1))
    assert to_position(lines, point, encoding) == (row, column)


@given(TEXTS, ENCODINGS, st.integers(0, 50), st.integers(0, 400))
def test_no_position_fails_and_each_lands_inside_the_text(text: str, encoding: str, row: int, column: int) -> None:
    lines = split_lines(text)
    point = to_point(lines, row, column, encoding)
    rows = text.encode().split(b"\n")
    assert 0 <= point.line < len(rows)
    rows[point.line][: point.column].decode()  # never inside a character
    assert point.column <= len(rows[point.line])


@pytest.mark.parametrize(
    ("encoding", "column"), [("utf-8", 3), ("utf-8", 2), ("utf-8", 4), ("utf-16", 1), ("utf-16", 2)]
)
def test_a_column_inside_a_character_means_the_place_before_it(encoding: str, column: int) -> None:
    assert convert_column("a🙂b", column, WIDTHS[encoding], WIDTHS["utf-32"]) == 1


def test_lone_surrogates_do_not_fail() -> None:
    assert to_point(["\ud83d\ud83dx"], 0, 2, "utf-16") == Point(0, 6)


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a/b.py?x", "vscode-notebook-cell:/a#1", "", "http://a/b", "file:"]
)
def test_what_is_no_local_file_has_no_path(uri: str) -> None:
    assert path_of(uri) is None


@given(st.lists(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_paths_survive_the_round_trip_through_uris(parts: list[str]) -> None:
    path = Path("/", *parts)
    assert path_of(uri_of(path)) == path


@pytest.mark.skipif(os.name == "nt", reason="Windows names are text")
def test_names_that_are_no_utf_8_survive_too() -> None:
    path = Path("/a") / os.fsdecode(b"\xff.py")
    assert path_of(uri_of(path)) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [("file:///a/b%20c.py", "/a/b c.py"), ("file:///a/b;v=1.py", "/a/b;v=1.py"), ("file:///a/b#c?d.py", "/a/b#c?d.py")],
)
def test_uris_as_sloppy_clients_write_them(uri: str, path: str) -> None:
    assert path_of(uri) == Path(path)
