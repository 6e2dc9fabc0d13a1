from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.cli.places import FilePlace, parse_place, repository_root, root_of_file, to_point
from sleeptime.core.errors import RepositoryError
from sleeptime.lsp.convert import Point


@given(st.text(st.characters(exclude_characters="\0"), min_size=1), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_place_is_read_back_whatever_its_file_is_called(file: str, line: int, column: int) -> None:
    assert parse_place(f"{file}:{line}:{column}") == FilePlace(Path(file), line, column)


def test_the_column_may_be_left_out() -> None:
    assert parse_place("a.py:7") == FilePlace(Path("a.py"), 7, 1)
    assert parse_place("C:a.py:7") == FilePlace(Path("C:a.py"), 7, 1)
    assert parse_place("a:b.py:7") == FilePlace(Path("a:b.py"), 7, 1)


@pytest.mark.parametrize("text", ["", "a.py", "a.py:", "a.py:0:1", "a.py:1:0", ":1:1", "a.py:x", "a.py:-1", "a.py:²"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="counted from one"):
        parse_place(text)


def test_columns_count_characters_and_points_count_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\nüñ🙂 = 2\n", "utf-8")
    assert to_point(FilePlace(file, 2, 4)) == Point(1, 8)
    assert to_point(FilePlace(file, 2, 999)) == Point(1, 12)


def test_a_line_that_is_not_there_or_a_file_that_vanished_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\n")
    with pytest.raises(RepositoryError, match=r"has only 2 lines\.$"):
        to_point(FilePlace(tmp_path / "a.py", 9, 1))
    with pytest.raises(RepositoryError, match=r"b\.py cannot be read: No such file or directory\.$"):
        to_point(FilePlace(tmp_path / "b.py", 1, 1))
    with pytest.raises(RepositoryError, match=r"There is no file .*b\.py\.$"):
        root_of_file(tmp_path / "b.py")


def test_a_file_outside_git_belongs_to_the_current_folder_if_it_is_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "project" / "package"
    inner.mkdir(parents=True)
    (inner / "a.py").touch()
    monkeypatch.chdir(tmp_path / "project")
    assert root_of_file(Path("package/a.py")) == tmp_path / "project"
    monkeypatch.chdir("/")
    assert repository_root(inner) == inner


def test_a_file_outside_git_belongs_to_the_project_around_it(tmp_path: Path) -> None:
    (tmp_path / "one" / "src").mkdir(parents=True)
    (tmp_path / "one" / "pyproject.toml").touch()
    file = tmp_path / "one" / "src" / "a.py"
    file.touch()
    assert root_of_file(file) == tmp_path / "one"
