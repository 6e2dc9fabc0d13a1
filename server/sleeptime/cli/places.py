"""Which repository a command means, and places as people write them: FILE:LINE:COLUMN, counted from one."""

from pathlib import Path

import typer
from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.lsp.convert import WIDTHS, Point, content, convert_column, split_lines
from sleeptime.repo import Repository, open_repository
from sleeptime.store import is_outdated, store_path


class FilePlace(Struct, frozen=True):
    """A place as typed; line and column count from one, columns in characters."""

    file: Path
    line: int
    column: int


def repository_root(given: Path | None) -> Path:
    """The folder as given; by default the git worktree around the current folder, or that folder itself.

    Raises:
        RepositoryError: there is no such folder, or it cannot be read.
    """
    repository = open_repository(given or Path.cwd())
    return repository.root if given else repository.top or repository.root


def not_indexed(repository: Repository) -> str:
    """Why the store of a repository cannot be read yet, and what to do."""
    if is_outdated(store_path(repository.identity)):
        return "indexed by an earlier Sleeptime; the next `sleeptime index`, or an editor, brings its store up to date"
    return "not indexed yet: run `sleeptime index`"


PROJECT_FILES = ("pyproject.toml", "setup.py", "package.json", "go.mod", "Cargo.toml", "pom.xml", "composer.json")
"""What stands at the top of a project that is not in git."""


def root_of_file(file: Path) -> Path:
    """The repository that a file is in: its git worktree, else the innermost folder around it that looks like a
    project or, if none does, that was indexed, else the current folder if the file is below that, else its own folder.

    Raises:
        RepositoryError: there is no such file.
    """
    if not file.is_file():
        raise RepositoryError(f"There is no file {file}.")
    folder = file.resolve().parent
    here = Path.cwd().resolve()
    below_here = folder.is_relative_to(here) and here not in (Path(here.anchor), Path.home())
    around = (folder, *folder.parents)
    found = (place for test in (_looks_like_project, _was_indexed) for place in around if test(place))
    return open_repository(folder).top or next(found, here if below_here else folder)


def _looks_like_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in PROJECT_FILES)


def _was_indexed(folder: Path) -> bool:
    return store_path(Repository(folder).identity).exists()


def parse_place(text: str) -> FilePlace:
    """`src/app.py:12:5`; the column may be left out."""
    file, *numbers = text.rsplit(":", 2)
    if len(numbers) == 2 and not numbers[0].isdecimal():
        file, numbers = f"{file}:{numbers[0]}", numbers[1:]
    if not file or not numbers or not all(_counts(number) for number in numbers):
        raise typer.BadParameter(f"{text!r} is no place; write FILE:LINE:COLUMN, counted from one.")
    line, column = [*map(int, numbers), 1][:2]
    return FilePlace(Path(file), line, column)


def to_point(place: FilePlace) -> Point:
    """The place as the index counts.

    Raises:
        RepositoryError: the file cannot be read or has no such line.
    """
    try:
        lines = split_lines(place.file.read_bytes().decode("utf-8", "replace"))
    except OSError as error:
        raise RepositoryError(f"{place.file} cannot be read: {error.strerror}.") from error
    if place.line > len(lines):
        raise RepositoryError(f"{place.file} has only {len(lines)} lines.")
    line = content(lines[place.line - 1])
    return Point(place.line - 1, convert_column(line, place.column - 1, WIDTHS["utf-32"], WIDTHS["utf-8"]))


def _counts(number: str) -> bool:
    return number.isascii() and number.isdecimal() and int(number) > 0
