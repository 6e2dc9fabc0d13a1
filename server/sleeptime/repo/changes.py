"""What git knows about the way from one commit to another: commits, changed files, and what is not committed yet."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.types import Commit
from sleeptime.repo.git import HISTORY_SECONDS, run_git
from sleeptime.repo.repository import Repository

MOST_COMMITS = 1000
"""Commits read between two others; more are only counted."""

MOST_MOVES = 500
"""Steps of HEAD that are looked back on."""

RENAME_LIMIT = 1000
"""Git compares each removed file with each added one: beyond this many it only finds renames without edits."""

OWN_MOVES = ("commit", "revert", "cherry-pick")
"""How the log of HEAD calls what a person does by hand: that is no news to them."""

_COMMIT = "%x1e%H%x1f%ct%x1f%an%x1f%s"


class FileChange(Struct, frozen=True):
    """One path that differs. `before` and `after` are git's hashes of its content, "" where there was or is none and
    where git has not hashed it yet; `old_path` is another path after a rename.
    """

    path: str
    old_path: str
    before: str
    after: str


class History(Struct, frozen=True):
    """The commits that lie between two states, newest first, each with the paths that it touched. `count` says how many
    there are, merges included; `lost` how many of the earlier state's are no longer part of the later one.
    """

    commits: tuple[tuple[Commit, frozenset[str]], ...] = ()
    count: int = 0
    merges: int = 0
    lost: int = 0


def commit_named(repository: Repository, revision: str) -> str:
    """The hash of the commit that a revision names; "" if it names none here."""
    if repository.git_dir is None or not revision or revision.startswith("-"):
        return ""
    found = run_git(repository, "rev-parse", "-q", "--verify", f"{revision}^{{commit}}", accept=(0, 1, 128))
    return found.output.decode().strip() if found.status == 0 else ""


def commit_at(repository: Repository, time: float) -> str:
    """The commit that was checked out here at a time (seconds since the epoch) or, before this clone was made, the
    branch's last one by then; "" if its history does not go back so far.
    """
    for moved_at, commit, _ in _moves(repository):
        if moved_at <= time and commit_named(repository, commit):
            return commit
    found = run_git(
        repository,
        "rev-list",
        "-1",
        "--first-parent",
        f"--before={int(time)}",
        "HEAD",
        accept=(0, 128),
        seconds=HISTORY_SECONDS,
    )
    return found.output.decode().strip() if found.status == 0 else ""


def came_by_hand(repository: Repository, before: str) -> bool:
    """Whether HEAD came from a commit to where it is by nothing but the person's own commits."""
    moves = list(_moves(repository))
    since = list(takewhile(lambda move: move[1] != before, moves))
    return 0 < len(since) < len(moves) and all(action.startswith(OWN_MOVES) for _, _, action in since)


def _moves(repository: Repository) -> Iterator[tuple[int, str, str]]:
    """(when, to which commit, by which action) HEAD was moved in this worktree, the latest first."""
    said = run_git(
        repository, "log", "-g", f"-{MOST_MOVES}", "--date=unix", "--format=%gd%x1f%H%x1f%gs", "HEAD", accept=(0, 128)
    )
    for line in said.output.decode("utf-8", "replace").splitlines() if said.status == 0 else ():
        when, commit, action = line.split("\x1f", 2)
        if (time := re.search(r"\{(\d+)\}", when)) is not None:
            yield int(time[1]), commit, action


def history_between(repository: Repository, before: str, after: str) -> History:
    """The commits that `after` has and `before` has not; of what was only rewritten (rebased), nothing.

    Raises:
        RepositoryError: git does not know one of the commits.
    """
    if not before or before == after:
        return History()
    lost = _count(repository, f"{after}..{before}")
    # Only where commits were lost can others be the same again: comparing them costs their diffs.
    span = ["--cherry-pick", "--right-only", f"{before}...{after}"] if lost else [f"{before}..{after}"]
    said = run_git(
        repository, "log", "-z", f"-{MOST_COMMITS}", "--no-merges", "--name-only", "--relative", "--no-renames",
        "--no-ext-diff", "--no-textconv", f"--format={_COMMIT}", *span, "--", ".", seconds=HISTORY_SECONDS,
    )  # fmt: skip
    commits = tuple(_commit(part) for part in said.output.decode("utf-8", "surrogateescape").split("\x1e")[1:])
    return History(commits, _count(repository, *span), _count(repository, "--merges", *span), lost)


def _commit(part: str) -> tuple[Commit, frozenset[str]]:
    head, *paths = part.split("\0")
    hash_, time, author, subject = head.split("\x1f")
    named = (path.lstrip("\n") for path in paths)
    shown = (text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in (author, subject))
    return Commit(hash_, int(time), *shown), frozenset(path for path in named if path)


def _count(repository: Repository, *span: str) -> int:
    return int(run_git(repository, "rev-list", "--count", *span, seconds=HISTORY_SECONDS).output)


def changed_files(repository: Repository, before: str, after: str) -> tuple[FileChange, ...]:
    """The files below the root that differ between two commits ("": before the first), renames found; sorted.

    Raises:
        RepositoryError: git does not know one of the commits.
    """
    trees = [commit or _empty_tree(repository) for commit in (before, after)]
    compare = ("diff-tree", "-r", "-z", "--raw", "--relative", "--no-ext-diff", "--no-textconv")
    try:
        said = run_git(repository, *compare, "-M", f"-l{RENAME_LIMIT}", *trees, seconds=HISTORY_SECONDS)
    except RepositoryError:  # contents that a partial clone has not fetched cannot be compared: only names then
        said = run_git(repository, *compare, "--no-renames", *trees)
    return tuple(sorted(_raw(said.output), key=lambda change: change.path))


def uncommitted_files(repository: Repository) -> tuple[FileChange, ...]:
    """The files below the root that may differ from HEAD, untracked ones included; sorted. Git only compares their
    sizes and times: reading them would run the filters that the repository's configuration names.
    """
    tree = commit_named(repository, "HEAD") or _empty_tree(repository)
    said = run_git(repository, "diff-index", "-z", "--raw", "-r", "--relative", "--no-renames", "--no-ext-diff", tree)
    others = run_git(repository, "ls-files", "-z", "-o", "--exclude-standard").output.decode("utf-8", "surrogateescape")
    found = [*_raw(said.output), *(FileChange(path, path, "", "") for path in others.split("\0") if path)]
    return tuple(sorted(found, key=lambda change: change.path))


def _raw(output: bytes) -> Iterator[FileChange]:
    """Records of `:mode mode before after status`, then one path, or two if it was renamed."""
    fields = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    for meta in fields:
        if meta:
            _, _, before, after, status = meta.split(" ")
            old = next(fields)
            new = next(fields) if status[0] in "RC" else old
            yield FileChange(new, old, before if before.strip("0") else "", after if after.strip("0") else "")


def _empty_tree(repository: Repository) -> str:
    with tempfile.TemporaryFile() as nothing:
        return run_git(repository, "hash-object", "-t", "tree", "--stdin", given=nothing).output.decode().strip()


def read_blobs(repository: Repository, hashes: Sequence[str], max_bytes: int) -> dict[str, bytes]:
    """Contents by git's hash; those that are not here, or larger than `max_bytes`, are left out."""
    small = [hash_ for hash_, size in _sizes(repository, hashes) if size <= max_bytes]
    output = _batch(repository, "--batch", small)
    blobs: dict[str, bytes] = {}
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        hash_, *rest = output[at:end].split(b" ")
        at = end + 1
        if len(rest) == 2:
            size = int(rest[1])
            blobs[hash_.decode()] = output[at : at + size]
            at += size + 1
    return blobs


def _sizes(repository: Repository, hashes: Sequence[str]) -> Iterator[tuple[str, int]]:
    for line in _batch(repository, "--batch-check", hashes).splitlines():
        hash_, kind, *size = line.decode().split(" ")
        if kind == "blob":
            yield hash_, int(size[0])


def _batch(repository: Repository, mode: str, hashes: Sequence[str]) -> bytes:
    if not hashes:
        return b""
    with tempfile.TemporaryFile() as given:
        given.write("".join(f"{hash_}\n" for hash_ in hashes).encode())
        given.seek(0)
        return run_git(repository, "cat-file", mode, given=given).output
