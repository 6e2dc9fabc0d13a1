"""Which files of a repository count, and why the others do not."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pathspec
from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.settings import IndexSettings
from sleeptime.repo.git import IndexEntry, converted_paths, index_entries
from sleeptime.repo.repository import Repository, open_repository
from sleeptime.repo.secrets import is_secret_path

IGNORE_FILE = ".sleeptimeignore"
"""Patterns as in .gitignore, at the root: what they match is neither indexed nor told as skipped."""

UNREAD_FOLDERS = frozenset(
    {
        ".bzr",
        ".eggs",
        ".git",
        ".hg",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "__pypackages__",
        "bower_components",
        "node_modules",
        "site-packages",
        "venv",
    }
)
"""Folders of tools, left out where no git says what counts."""


class RepoFile(Struct, frozen=True):
    """One file that counts. `blob` is git's hash of what is on disk if git's index can vouch for it, else ""."""

    path: str
    size: int
    mtime_ns: int
    blob: str = ""


class SkippedFile(Struct, frozen=True):
    """One file that would count but for `reason`, a clause: "it is larger than 1024 KiB"."""

    path: str
    reason: str


class Listing(Struct, frozen=True):
    """What was found, each sorted by path."""

    files: tuple[RepoFile, ...]
    skipped: tuple[SkippedFile, ...]


def list_files(repository: Repository, settings: IndexSettings, paths: Sequence[str] = ()) -> Listing:
    """All files that count, or only those at and below `paths` (relative, no pattern characters mean anything).

    Reads no file's content: names, sizes and times decide, and what git's index remembers.

    Raises:
        RepositoryError: the folder is gone or git cannot read its index.
    """
    ignored = _ignored_by(repository.root)
    files: list[RepoFile] = []
    skipped: list[SkippedFile] = []
    for entry in _entries(repository, paths):
        if ignored(entry.path):
            continue
        found = _looked_at(repository.root, entry, settings)
        if isinstance(found, RepoFile):
            files.append(found)
        elif found:
            skipped.append(found)
    return Listing(tuple(sorted(files, key=_path)), tuple(sorted(skipped, key=_path)))


def changes_what_counts(path: str) -> bool:
    """Whether a change of this file may change which other files count, so that everything must be listed again."""
    return path.rpartition("/")[2] in {".gitignore", ".gitattributes", ".gitmodules", IGNORE_FILE}


def _path(found: RepoFile | SkippedFile) -> str:
    return found.path


def _looked_at(root: Path, entry: IndexEntry, settings: IndexSettings) -> RepoFile | SkippedFile | None:
    """The file as it is on disk; None if it is not there or no file."""
    full = f"{root}/{entry.path}"
    try:
        status = os.lstat(full)
    except OSError:
        return None
    if stat.S_ISLNK(status.st_mode):
        # A link to a file of the repository adds nothing: that file counts by its own name.
        try:
            inside = os.path.realpath(full).startswith(f"{root}/")
        except OSError:  # what it leads to vanished meanwhile
            return None
        return None if inside else SkippedFile(entry.path, "it is a symbolic link that leaves the repository")
    if not stat.S_ISREG(status.st_mode):
        return None
    if problem := _file_problem(entry.path, status.st_size, settings):
        return SkippedFile(entry.path.encode("utf-8", "replace").decode(), problem)
    clean = entry.size == status.st_size and entry.mtime_ns == status.st_mtime_ns
    return RepoFile(entry.path, status.st_size, status.st_mtime_ns, entry.blob if clean else "")


def _file_problem(path: str, size_bytes: int, settings: IndexSettings) -> str:
    if is_secret_path(path):
        return "its name says that it holds secrets"
    if size_bytes > settings.max_file_kb * 1024:
        return f"it is larger than {settings.max_file_kb} KiB"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return ""


def _ignored_by(root: Path) -> Callable[[str], bool]:
    """The rules of .sleeptimeignore; a line that is no pattern is left out."""
    lines = _lines(root / IGNORE_FILE)
    if not lines:
        return lambda _path: False
    return _spec(lines).match_file


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def _spec(lines: Iterable[str]) -> pathspec.GitIgnoreSpec:
    good: list[str] = []
    for line in lines:
        try:
            pathspec.GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        good.append(line)
    return pathspec.GitIgnoreSpec.from_lines(good)


def _entries(repository: Repository, paths: Sequence[str]) -> Iterator[IndexEntry]:
    """Every candidate once, nested repositories included; only what git vouches for has a `size`."""
    for nested, inner in _by_repository(repository, paths).items():
        if nested:
            yield from _nested_entries(repository, nested, inner)
        elif repository.git_dir is None:
            yield from _walked(repository, inner)
        else:
            yield from _git_entries(repository, inner)


def _by_repository(repository: Repository, paths: Sequence[str]) -> dict[str, list[str]]:
    """The paths by the nested repository ("" for this one) they lie in, relative to it."""
    groups: dict[str, list[str]] = {} if paths else {"": []}
    for path in paths:
        folder, nested = path, ""
        while folder := folder.rpartition("/")[0]:
            if os.path.lexists(f"{repository.root}/{folder}/.git"):
                nested = folder
        groups.setdefault(nested, []).append(path[len(nested) :].lstrip("/"))
    return groups


def _nested_entries(repository: Repository, nested: str, paths: Sequence[str] = ()) -> Iterator[IndexEntry]:
    """Another repository inside this one: a submodule, or one that someone cloned here."""
    try:
        inner = open_repository(repository.root / nested)
        if inner.top != inner.root or not inner.root.is_relative_to(repository.root):
            return  # a submodule that is not checked out
        for entry in _entries(inner, paths):
            yield IndexEntry(f"{nested}/{entry.path}", blob=entry.blob, size=entry.size, mtime_ns=entry.mtime_ns)
    except RepositoryError:
        return  # a damaged one does not take the outer one with it


def _git_entries(repository: Repository, paths: Sequence[str]) -> Iterator[IndexEntry]:
    """What git lists. An entry as young as the index itself may have changed since unnoticed ("racily clean" in
    git's words), so nothing vouches for it; neither for an unmerged one, nor for what git converts on checkout.
    """
    assert repository.git_dir is not None
    try:
        index_time = (repository.git_dir / "index").stat().st_mtime_ns
    except OSError:
        index_time = 0
    last = ""
    vouched: list[IndexEntry] = []
    for entry in index_entries(repository, paths):
        if entry.path == last or not entry.checked_out:
            continue
        last = entry.path
        if entry.path.endswith("/") or entry.mode == "160000":
            yield from _nested_entries(repository, entry.path.rstrip("/"))
        elif entry.mode and entry.merged and entry.mtime_ns < index_time:
            vouched.append(entry)
        else:
            yield IndexEntry(entry.path)
    converted = converted_paths(repository, [entry.path for entry in vouched])
    for entry in vouched:
        yield IndexEntry(entry.path) if entry.path in converted else entry


def _walked(repository: Repository, paths: Sequence[str]) -> Iterator[IndexEntry]:
    """A plain folder: everything but tools' folders and what a .gitignore at the root names."""
    spec = _spec(_lines(repository.root / ".gitignore"))
    for path in paths or ("",):
        parents = path.split("/")[:-1]
        if not UNREAD_FOLDERS.isdisjoint(parents):
            continue
        if path and not (repository.root / path).is_dir():
            if not spec.match_file(path):
                yield IndexEntry(path)
        else:
            yield from _walked_folder(repository, path, spec)


def _walked_folder(repository: Repository, folder: str, spec: pathspec.GitIgnoreSpec) -> Iterator[IndexEntry]:
    folders = [folder]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(f"{repository.root}/{here}") as scan:
                entries = list(scan)
        except OSError:
            continue  # it vanished, or is not ours to read
        names = {entry.name for entry in entries}
        if here and ".git" in names:
            yield from _nested_entries(repository, here)
            continue
        if "pyvenv.cfg" in names:
            continue
        for entry in entries:
            path = f"{here}/{entry.name}" if here else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in UNREAD_FOLDERS and not spec.match_file(path + "/"):
                    folders.append(path)
            elif not spec.match_file(path):
                yield IndexEntry(path)
