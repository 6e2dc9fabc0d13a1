import os
from pathlib import Path

import pytest

from fakes.git import Git, write
from sleeptime.core.errors import RepositoryError
from sleeptime.repo import open_repository, read_file


def test_an_unknown_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match=r"^There is no folder .*/none\.$"):
        open_repository(tmp_path / "none")


def test_a_file_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RepositoryError, match="is not a folder"):
        open_repository(tmp_path / "file")


def test_a_loop_of_links_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(RepositoryError, match="cannot be read"):
        open_repository(tmp_path / "loop")


def test_a_folder_without_git_is_named_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = open_repository(tmp_path / "one"), open_repository(tmp_path / "two")
    assert one.common_dir is None
    assert one.worktree == str(tmp_path / "one")
    assert one.identity != two.identity
    assert one == open_repository(tmp_path / "two" / ".." / "one")


def test_the_worktrees_of_a_clone_share_a_store(repo: Path, git: Git, tmp_path: Path) -> None:
    git("worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    main, other = open_repository(repo), open_repository(tmp_path / "other")
    assert main.identity == other.identity
    assert main.worktree != other.worktree
    assert main.common_dir == other.common_dir == repo / ".git"


def test_a_worktree_of_a_bare_repository_is_opened_and_the_bare_one_is_refused(
    repo: Path, git: Git, tmp_path: Path
) -> None:
    git("clone", "-q", "--bare", str(repo), str(tmp_path / "bare.git"))
    git("worktree", "add", "-q", str(tmp_path / "tree"), "main", cwd=tmp_path / "bare.git")
    assert open_repository(tmp_path / "tree").top == tmp_path / "tree"
    with pytest.raises(RepositoryError, match="git's own folder"):
        open_repository(tmp_path / "bare.git")


def test_gits_own_folder_is_refused(repo: Path) -> None:
    for inner in (".git", ".git/refs"):
        with pytest.raises(RepositoryError, match="git's own folder"):
            open_repository(repo / inner)


def test_a_folder_inside_a_worktree_has_its_own_root(repo: Path) -> None:
    inner = open_repository(repo / "sub")
    assert (inner.root, inner.top) == (repo / "sub", repo)


def test_a_folder_that_the_repository_around_it_ignores_is_a_plain_folder(repo: Path) -> None:
    write(repo, {".gitignore": "vendor/\n", "vendor/flask/app.py": ""})
    assert open_repository(repo / "vendor" / "flask").git_dir is None
    assert open_repository(repo / "sub").git_dir is not None


def test_files_are_read_as_they_are_now(repo: Path) -> None:
    repository = open_repository(repo)
    assert read_file(repository, "sub/b.py") == b"b = 1\n"
    (repo / "inside.py").symlink_to("a.py")
    assert read_file(repository, "inside.py") == b"a = 1\n"


@pytest.mark.parametrize("path", ["../secret", "link", "folder/secret", "/etc/passwd"])
def test_nothing_outside_the_root_is_read(repo: Path, path: str) -> None:
    (repo.parent / "secret").write_text("secret")
    (repo / "link").symlink_to("../secret")
    (repo / "folder").symlink_to("..")
    with pytest.raises(RepositoryError, match="leads out of the repository"):
        read_file(open_repository(repo), path)


@pytest.mark.parametrize("path", ["none.py", "sub", "pipe", "a\0b", "a.py/b"])
def test_what_is_no_readable_file_is_one_sentence(repo: Path, path: str) -> None:
    os.mkfifo(repo / "pipe")
    with pytest.raises(RepositoryError):
        read_file(open_repository(repo), path)


@pytest.mark.parametrize("folder", [Path("/"), Path("~")], ids=str)
def test_a_folder_that_holds_everything_is_no_project(folder: Path) -> None:
    with pytest.raises(RepositoryError, match="no project"):
        open_repository(folder.expanduser())
