from pathlib import Path

import pytest

from fakes.git import Git, write


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git(tmp_path / "repo")


@pytest.fixture
def repo(git: Git, tmp_path: Path) -> Path:
    """A repository with two committed files that git vouches for."""
    git("init", "-q", "-b", "main", ".")
    write(tmp_path / "repo", {"a.py": "a = 1\n", "sub/b.py": "b = 1\n"})
    git.commit("first")
    return tmp_path / "repo"
