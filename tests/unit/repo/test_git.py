import os
from pathlib import Path

import pytest

from fakes.git import Git, write
from sleeptime.core.errors import RepositoryError
from sleeptime.core.settings import IndexSettings
from sleeptime.repo import head, last_commits, list_files, open_repository, root_commits
from sleeptime.repo.git import converted_paths, run_git


def test_head_names_branch_and_commit(repo: Path, git: Git) -> None:
    commit_hash = git("rev-parse", "HEAD").strip()
    assert head(open_repository(repo)).branch == "main"
    assert head(open_repository(repo)).commit == commit_hash
    git("checkout", "-q", "--detach")
    assert (head(open_repository(repo)).branch, head(open_repository(repo)).commit) == ("", commit_hash)


def test_head_before_the_first_commit_has_a_branch_only(git: Git, tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", ".")
    found = head(open_repository(tmp_path / "repo"))
    assert (found.branch, found.commit) == ("main", "")
    assert root_commits(open_repository(tmp_path / "repo")) == ()


def test_a_plain_folder_has_no_history(tmp_path: Path) -> None:
    plain = open_repository(tmp_path)
    assert (head(plain).branch, head(plain).commit) == ("", "")
    assert root_commits(plain) == last_commits(plain, "a.py") == ()


def test_clones_of_one_project_have_the_same_root_commits(repo: Path, git: Git, tmp_path: Path) -> None:
    git.commit("second")
    git("clone", "-q", str(repo), str(tmp_path / "clone"))
    git("clone", "-q", "--depth=1", f"file://{repo}", str(tmp_path / "shallow"))
    roots = root_commits(open_repository(repo))
    assert roots == (git("rev-list", "--max-parents=0", "HEAD").strip(),)
    assert root_commits(open_repository(tmp_path / "clone")) == roots
    assert root_commits(open_repository(tmp_path / "shallow")) == ()


def test_the_last_commits_of_a_file_and_of_some_lines(repo: Path, git: Git) -> None:
    write(repo, {"sub/b.py": "b = 1\nc = 2\n"})
    git.commit("Say: c | too")
    repository = open_repository(repo)
    assert [found.subject for found in last_commits(repository, "sub/b.py")] == ["Say: c | too", "first"]
    assert [found.subject for found in last_commits(repository, "sub/b.py", lines=(1, 1))] == ["first"]
    assert [found.author for found in last_commits(repository, "a.py", limit=1)] == ["A"]
    assert last_commits(open_repository(repo / "sub"), "b.py")[0].subject == "Say: c | too"
    assert last_commits(repository, "none.py") == last_commits(repository, "none.py", lines=(1, 2)) == ()


def test_lines_are_counted_as_they_are_on_the_disk(repo: Path, git: Git) -> None:
    write(repo, {"sub/b.py": "b = 1\nc = 2\n"})
    git.commit("second")
    write(repo, {"sub/b.py": "new = 0\nb = 1\nc = 2\n"})
    found = [last_commits(open_repository(repo), "sub/b.py", lines=lines) for lines in ((1, 1), (3, 3), (1, 3))]
    assert [[commit.subject for commit in commits] for commits in found] == [[""], ["second"], ["", "second", "first"]]
    assert [bool(commit.hash) for commit in found[2]] == [False, True, True]


def test_a_submodules_file_has_the_submodules_commits(repo: Path, git: Git, tmp_path: Path) -> None:
    write(tmp_path / "other", {"deep/s.py": "s = 1\n"})
    git("init", "-q", cwd=tmp_path / "other")
    git.commit("in the other", cwd=tmp_path / "other")
    git("submodule", "add", "-q", str(tmp_path / "other"), "inner")
    git.commit("add it")
    commits = last_commits(open_repository(repo), "inner/deep/s.py", lines=(1, 1))
    assert [commit.subject for commit in commits] == ["in the other"]


def test_nothing_is_written(repo: Path, git: Git) -> None:
    os.utime(repo / "a.py")  # `git status` would refresh the index now
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in repo.rglob("*") if path.is_file()}
    repository = open_repository(repo)
    list_files(repository, IndexSettings())
    head(repository)
    root_commits(repository)
    last_commits(repository, "a.py")
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in repo.rglob("*") if path.is_file()}
    assert before == after


def test_a_program_that_the_repository_names_is_not_run(repo: Path, git: Git, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "gpg.program", "filter.x.clean", "filter.x.process", "core.pager", "diff.external"):
        git("config", key, str(program))
    git("config", "log.showSignature", "true")
    write(repo, {".gitattributes": "*.py filter=x diff=x\n", "a.py": "changed\n"})
    repository = open_repository(repo)
    list_files(repository, IndexSettings())
    last_commits(repository, "a.py", lines=(1, 1))
    assert not (tmp_path / "ran").exists()


def test_variables_of_a_surrounding_hook_do_not_matter(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_WORK_TREE", "/nowhere")
    repository = open_repository(repo / "sub")
    assert [file.path for file in list_files(repository, IndexSettings()).files] == ["b.py"]


def test_what_git_says_becomes_one_sentence(repo: Path) -> None:
    with pytest.raises(RepositoryError, match=r"^Git cannot read .*repo: Needed a single revision\.$"):
        run_git(open_repository(repo), "rev-parse", "--verify", "nonsense^{commit}")


def test_a_damaged_index_is_one_sentence(repo: Path) -> None:
    (repo / ".git" / "index").write_bytes(b"DIRC nonsense")
    with pytest.raises(RepositoryError, match="cannot list the files"):
        list_files(open_repository(repo), IndexSettings())


def test_a_missing_git_is_one_sentence(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = open_repository(repo)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RepositoryError, match="Git is not installed"):
        list_files(repository, IndexSettings())


@pytest.mark.parametrize(
    ("config", "attributes", "converted"),
    [
        ({}, "", set()),
        ({}, "* text=auto eol=lf\n", set()),
        ({"core.autocrlf": "input"}, "", set()),
        ({"core.autocrlf": "true"}, "", {"a.py", "sub/b.py"}),
        ({"core.eol": "crlf"}, "", {"a.py", "sub/b.py"}),
        ({}, "sub/*.py filter=lfs\n", {"sub/b.py"}),
        ({}, "*.py ident\n", {"a.py", "sub/b.py"}),
        ({}, "a.py eol=crlf\n", {"a.py"}),
        ({}, "a.py working-tree-encoding=UTF-16\n", {"a.py"}),
    ],
)
def test_files_that_git_converts_are_known(
    repo: Path, git: Git, config: dict[str, str], attributes: str, converted: set[str]
) -> None:
    for key, value in config.items():
        git("config", key, value)
    (repo / ".git" / "info" / "attributes").write_text(attributes)
    assert converted_paths(open_repository(repo), ["a.py", "sub/b.py"]) == converted
