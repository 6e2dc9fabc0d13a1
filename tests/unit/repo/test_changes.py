from pathlib import Path

import pytest

from fakes.git import Git, write
from sleeptime.core.errors import RepositoryError
from sleeptime.repo import (
    came_by_hand,
    changed_files,
    commit_at,
    commit_named,
    history_between,
    open_repository,
    read_blobs,
    uncommitted_files,
)


def at(git: Git, name: str = "HEAD") -> str:
    return git("rev-parse", name).strip()


def test_changed_files_of_two_commits_with_what_was_renamed(repo: Path, git: Git) -> None:
    before = at(git)
    git("mv", "sub/b.py", "sub/c d.py")
    write(repo, {"a.py": "a = 22\n", "é.py": "new = 1\n"})
    git.commit("second")
    found = changed_files(open_repository(repo), before, at(git))
    assert [(c.old_path, c.path, bool(c.before), bool(c.after)) for c in found] == [
        ("a.py", "a.py", True, True),
        ("sub/b.py", "sub/c d.py", True, True),
        ("é.py", "é.py", False, True),
    ]
    inner = changed_files(open_repository(repo / "sub"), before, at(git))
    assert [(c.old_path, c.path) for c in inner] == [("b.py", "c d.py")]


def test_everything_is_new_since_before_the_first_commit(repo: Path, git: Git) -> None:
    assert [change.path for change in changed_files(open_repository(repo), "", at(git))] == ["a.py", "sub/b.py"]


def test_an_unknown_commit_is_a_clear_error(repo: Path, git: Git) -> None:
    with pytest.raises(RepositoryError):
        changed_files(open_repository(repo), "1" * 40, at(git))
    assert commit_named(open_repository(repo), "1" * 40) == ""
    assert commit_named(open_repository(repo), "--all") == ""


def test_what_is_not_committed(repo: Path, git: Git) -> None:
    write(repo, {"a.py": "a = 22\n", "new.py": "n = 1\n"})
    (repo / "sub" / "b.py").unlink()
    assert [change.path for change in uncommitted_files(open_repository(repo))] == ["a.py", "new.py", "sub/b.py"]


def test_the_commits_between_with_the_files_they_touched(repo: Path, git: Git) -> None:
    before = at(git)
    git("switch", "-q", "-c", "side")
    write(repo, {"a.py": "a = 22\n"})
    git.commit("On the side: a | b")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    history = history_between(open_repository(repo), before, at(git))
    assert [(commit.subject, paths) for commit, paths in history.commits] == [("On the side: a | b", {"a.py"})]
    assert (history.count, history.merges, history.lost) == (2, 1, 0)
    back = history_between(open_repository(repo), at(git), before)
    assert (back.count, back.lost) == (0, 2)


def test_a_commit_that_was_only_rebased_is_not_told_again(repo: Path, git: Git) -> None:
    first = at(git)
    write(repo, {"a.py": "a = 22\n"})
    git.commit("mine")
    before = at(git)
    git("reset", "-q", "--hard", first)
    write(repo, {"z.py": "z = 1\n"})
    git.commit("theirs")
    git("cherry-pick", before)
    history = history_between(open_repository(repo), before, at(git))
    assert [commit.subject for commit, _ in history.commits] == ["theirs"]
    assert history.lost == 1


def test_own_commits_are_told_from_what_others_brought(repo: Path, git: Git) -> None:
    before = at(git)
    git.commit("mine")
    git("commit", "-q", "--amend", "--allow-empty", "-m", "mine, mended")
    repository = open_repository(repo)
    assert came_by_hand(repository, before)
    git("branch", "side", before)
    after = at(git)
    git("switch", "-q", "side")
    assert not came_by_hand(repository, after)
    assert not came_by_hand(repository, "1" * 40)


def test_the_commit_that_was_checked_out_at_a_time(repo: Path, git: Git) -> None:
    repository = open_repository(repo)
    made_at = int(git("log", "-1", "--format=%ct"))
    assert commit_at(repository, made_at + 1) == at(git)
    assert commit_at(repository, made_at - 1000) == ""


def test_contents_by_hash_in_one_go(repo: Path, git: Git) -> None:
    write(repo, {"binary.bin": "x\0\ny", "empty.py": "", "large.py": "x" * 1000})
    git.commit("more")
    hashes = [at(git, f"HEAD:{name}") for name in ("a.py", "binary.bin", "empty.py", "large.py")]
    found = read_blobs(open_repository(repo), [*hashes, "1" * 40], 100)
    assert found == {hashes[0]: b"a = 1\n", hashes[1]: b"x\0\ny", hashes[2]: b""}
    assert read_blobs(open_repository(repo), [], 100) == {}
