"""What git knows, read through GitPython. Nothing here writes: not the index, not a ref, not the working tree.

Git is told which directories to use, so variables of a surrounding hook do not matter, and runs no program that the
repository's own configuration names (a file-system monitor, a filter, a signature checker).
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.types import Commit
from sleeptime.repo.repository import Repository, innermost

HISTORY_SECONDS = 10
"""How long a walk through the whole history may take; huge ones are not worth more."""

CHUNK_BYTES = 1 << 20

_HARMLESS = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "--no-pager")

_CONVERSION = re.compile(rb"\s(?:filter=|ident\b|eol=crlf|working-tree-encoding=)")

_ENTRY = re.compile(
    rb"\? (?P<other>[^\0]+)\0"
    rb"|(?P<tag>[A-Z]) (?P<mode>\d+) (?P<blob>[0-9a-f]+) (?P<stage>\d)\t(?P<path>[^\0]+)\0"
    rb"  ctime: \d+:\d+\n  mtime: (?P<seconds>\d+):(?P<nanoseconds>\d+)\n  dev: .*\n  uid: .*\n"
    rb"  size: (?P<size>\d+)\tflags: \w+\n"
)

_BLAMED = re.compile(
    r"^(?P<hash>[0-9a-f]{40,64}) \d+ \d+ \d+\nauthor (?P<author>.*)\n(?:.*\n)*?committer-time (?P<time>\d+)\n"
    r"(?:.*\n)*?summary (?P<subject>.*)$",
    re.MULTILINE,
)


class GitOutput(Struct, frozen=True):
    """What a git command said."""

    status: int
    output: bytes


class IndexEntry(Struct, frozen=True):
    """One row of git's index, with the file's state when git last looked; an untracked path has no `mode`.

    An untracked path that ends with "/" is another repository; so is a tracked one of mode 160000 (a submodule).
    """

    path: str
    mode: str = ""
    blob: str = ""
    merged: bool = True
    checked_out: bool = True
    size: int = -1
    mtime_ns: int = -1


class Head(Struct, frozen=True):
    """Where HEAD is: `branch` is "" when detached, `commit` is "" before the first commit."""

    branch: str
    commit: str


def run_git(
    repository: Repository,
    *arguments: str,
    accept: Sequence[int] = (0,),
    seconds: float | None = None,
    given: IO[bytes] | None = None,
) -> GitOutput:
    """Run one reading command in the repository's root, for at most `seconds`, with `given` as its input.

    Raises:
        RepositoryError: git is not there, or ended with a status that is not in `accept`.
    """
    status, output, errors = _start(
        repository, arguments, with_extended_output=True, kill_after_timeout=seconds, istream=given
    )
    if status not in accept:
        text = errors.decode("utf-8", "replace") if isinstance(errors, bytes) else errors
        said = (text.strip().splitlines() or ["it gave no reason"])[0].removeprefix("fatal: ").rstrip(".")
        raise RepositoryError(f"Git cannot read {repository.root}: {said}.")
    return GitOutput(status, output)


def index_entries(repository: Repository, paths: Sequence[str] = ()) -> Iterator[IndexEntry]:
    """Tracked files, and untracked ones that are not ignored, below the root or at `paths`; a stream.

    Raises:
        RepositoryError: git cannot read its index.
    """
    arguments = [
        "--literal-pathspecs",
        "ls-files",
        "-z",
        "-t",
        "-s",
        "-c",
        "-o",
        "--debug",
        "--exclude-standard",
        "--",
        *paths,
    ]
    process = _start(repository, arguments, as_process=True)
    held = b""
    while chunk := process.stdout.read(CHUNK_BYTES):
        held += chunk
        end = 0
        for match in _ENTRY.finditer(held):
            end = match.end()
            yield _entry(match)
        held = held[end:]
    errors = process.stderr.read()
    if process.proc.wait() != 0:
        said = errors.decode("utf-8", "replace").strip().removeprefix("fatal: ").rstrip(".")
        raise RepositoryError(f"Git cannot list the files of {repository.root}: {said}.")


def _entry(match: re.Match[bytes]) -> IndexEntry:
    if other := match["other"]:
        return IndexEntry(other.decode("utf-8", "surrogateescape"))
    return IndexEntry(
        path=match["path"].decode("utf-8", "surrogateescape"),
        mode=match["mode"].decode(),
        blob=match["blob"].decode(),
        merged=match["stage"] == b"0",
        checked_out=match["tag"] != b"S",
        size=int(match["size"]),
        mtime_ns=int(match["seconds"]) * 1_000_000_000 + int(match["nanoseconds"]),
    )


def converted_paths(repository: Repository, paths: Sequence[str]) -> frozenset[str]:
    """Which paths git converts on checkout (line ends, filters such as LFS): their blob is not what is on disk."""
    configured = run_git(repository, "config", "--get-regexp", r"^core\.(autocrlf|eol)$", accept=(0, 1)).output
    if b"core.autocrlf true" in configured or b"core.eol crlf" in configured:
        return frozenset(paths)
    if not any(_converts(file) for file in _attribute_files(repository, paths)):
        return frozenset()
    with tempfile.TemporaryFile() as given:
        given.write("\0".join(paths).encode("utf-8", "surrogateescape"))
        given.seek(0)
        attributes = ("filter", "ident", "eol", "working-tree-encoding")
        said = run_git(repository, "check-attr", "-z", "--stdin", *attributes, given=given)
    fields = said.output.decode("utf-8", "surrogateescape").split("\0")
    rows = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
    return frozenset(path for path, name, value in rows if value not in _unconverted(name))


def _attribute_files(repository: Repository, paths: Sequence[str]) -> Iterator[Path]:
    assert repository.common_dir is not None
    assert repository.top is not None
    yield repository.common_dir / "info" / "attributes"
    yield from (
        folder / ".gitattributes" for folder in repository.root.parents if folder.is_relative_to(repository.top)
    )
    yield from (repository.root / path for path in paths if path.endswith(".gitattributes"))


def _converts(attributes: Path) -> bool:
    try:
        return bool(_CONVERSION.search(attributes.read_bytes()))
    except OSError:
        return False


def _unconverted(name: str) -> tuple[str, ...]:
    return ("unspecified", "unset", "lf") if name == "eol" else ("unspecified", "unset")


def head(repository: Repository) -> Head:
    """Where HEAD is now; both parts "" in a plain folder."""
    if repository.git_dir is None:
        return Head("", "")
    branch = run_git(repository, "symbolic-ref", "-q", "--short", "HEAD", accept=(0, 1, 128)).output
    commit = run_git(repository, "rev-parse", "-q", "--verify", "HEAD^{commit}", accept=(0, 1, 128)).output
    return Head(branch.decode("utf-8", "replace").strip(), commit.decode().strip())


def head_commit(repository: Repository) -> str:
    """The commit that HEAD names, read from git's files without starting it; "" if there is none."""
    if repository.git_dir is None:
        return ""
    import git

    try:
        with git.Repo(repository.root, search_parent_directories=True) as found:
            return git.SymbolicReference.dereference_recursive(found, "HEAD") or ""
    except (git.GitError, ValueError, OSError):
        return ""


def root_commits(repository: Repository) -> tuple[str, ...]:
    """The commits without parents that HEAD descends from, sorted: they tell that two clones are one project.

    () in a plain folder, before the first commit, in a shallow clone, and if the walk takes too long.
    """
    if repository.git_dir is None or not head(repository).commit:
        return ()
    if run_git(repository, "rev-parse", "--is-shallow-repository").output.strip() == b"true":
        return ()
    try:
        found = run_git(repository, "rev-list", "--max-parents=0", "HEAD", seconds=HISTORY_SECONDS)
    except RepositoryError:
        return ()
    return tuple(sorted(found.output.decode().split()))


def last_commits(
    repository: Repository, path: str, limit: int = 5, lines: tuple[int, int] | None = None
) -> tuple[Commit, ...]:
    """The latest commits that touched a file; newest first. Of `lines` (one-based, inclusive, as they are on the disk
    now): those that wrote what stands there, and first a commit without hash if some of it is not committed yet.

    () where git does not know the file, in a plain folder, and where the walk takes longer than `HISTORY_SECONDS`.
    """
    inner, path = innermost(repository, path)
    if inner.git_dir is None:
        return ()
    if lines:
        return _blamed(inner, path, lines)[:limit]
    form = "--format=%H%x1f%ct%x1f%an%x1f%s"
    said = _of_history(inner, "--literal-pathspecs", "log", f"-{limit}", form, "--", path)
    rows = (line.split("\x1f") for line in said.splitlines())
    return tuple(Commit(hash_, int(time), author, subject) for hash_, time, author, subject in rows)


def first_commit(repository: Repository, path: str, lines: tuple[int, int] | None = None) -> Commit | None:
    """The commit that brought a file or, of `lines` (one-based, inclusive, as they are on the disk now), the oldest of
    what stands there; with its whole message. None where git does not know.
    """
    inner, path = innermost(repository, path)
    if inner.git_dir is None:
        return None
    if lines:
        hashes = [commit.hash for commit in _blamed(inner, path, lines)[-1:] if commit.hash]
    else:
        added = ("log", "--diff-filter=A", "--follow", "--format=%H", "--", path)
        hashes = _of_history(inner, "--literal-pathspecs", *added).split()[-1:]
    if not hashes:
        return None
    said = _of_history(inner, "show", "-s", "--no-show-signature", "--format=%H%x1f%ct%x1f%an%x1f%s%x1f%b", hashes[0])
    hash_, time, author, subject, body = said.split("\x1f", 4) if said.count("\x1f") >= 4 else ("", "0", "", "", "")
    return Commit(hash_, int(time), author, subject, body.strip()) if hash_ else None


def _blamed(repository: Repository, path: str, lines: tuple[int, int]) -> tuple[Commit, ...]:
    """By blame and not by `log -L`, whose line numbers are those of HEAD and not of an edited file. Where a filter
    stands between the two, HEAD is blamed all the same: reading the edited file would run the filter.
    """
    filters = _of_history(repository, "check-attr", "-z", "filter", "--", path).split("\0")
    of = () if filters[2:3] in (["unspecified"], ["unset"]) else ("HEAD",)
    span = f"-L{lines[0]},{lines[1]}"
    said = _of_history(repository, "blame", "--incremental", "--no-textconv", span, *of, "--", path)
    commits: dict[str, Commit] = {}
    for match in _BLAMED.finditer(said):
        hash_ = match["hash"] if match["hash"].strip("0") else ""
        subject = match["subject"] if hash_ else ""
        commits[hash_] = Commit(hash_, int(match["time"]), match["author"] if hash_ else "", subject)
    return tuple(sorted(commits.values(), key=lambda commit: (commit.hash != "", -commit.time)))


def _of_history(repository: Repository, *arguments: str) -> str:
    """What git says about the past; "" if it knows nothing or takes too long."""
    try:
        said = run_git(repository, *arguments, accept=(0, 128), seconds=HISTORY_SECONDS)
    except RepositoryError:
        return ""
    return said.output.decode("utf-8", "replace") if said.status == 0 else ""


def _start(repository: Repository, arguments: Sequence[str], **options: Any) -> Any:
    """One git process through GitPython, with our directories and without locks."""
    import git

    assert repository.git_dir is not None
    where = (f"--git-dir={repository.git_dir}", f"--work-tree={repository.top}")
    try:
        return git.Git(str(repository.root)).execute(
            ["git", *where, *_HARMLESS, *arguments],
            env={
                "GIT_OPTIONAL_LOCKS": "0",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_INDEX_FILE": str(repository.git_dir / "index"),
                "LC_ALL": "C",
            },
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            **options,
        )
    except git.GitCommandNotFound as error:
        raise RepositoryError("Git is not installed.", "Install git, then try again.") from error
