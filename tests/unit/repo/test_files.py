import os
import subprocess
from pathlib import Path

import pytest

from fakes.git import Git, write
from sleeptime.core.keys import blob_hash
from sleeptime.core.settings import IndexSettings
from sleeptime.repo import changes_what_counts, list_files, open_repository


def listed(root: Path, *paths: str, max_file_kb: int = 1024) -> list[str]:
    listing = list_files(open_repository(root), IndexSettings(max_file_kb=max_file_kb), paths)
    return [file.path for file in listing.files]


def skipped(root: Path, *paths: str, max_file_kb: int = 1024) -> dict[str, str]:
    listing = list_files(open_repository(root), IndexSettings(max_file_kb=max_file_kb), paths)
    return {file.path: file.reason for file in listing.skipped}


def blobs(root: Path) -> dict[str, str]:
    return {file.path: file.blob for file in list_files(open_repository(root), IndexSettings()).files}


def test_tracked_and_untracked_files_count_but_not_ignored_or_deleted_ones(repo: Path) -> None:
    write(repo, {".gitignore": "*.log\nbuild/\n", "new.py": "", "x.log": "", "build/x.py": ""})
    (repo / "a.py").unlink()
    assert listed(repo) == [".gitignore", "new.py", "sub/b.py"]


def test_a_tracked_file_counts_even_if_ignored(repo: Path) -> None:
    write(repo, {".gitignore": "a.py\n"})
    assert "a.py" in listed(repo)


def test_a_repository_before_its_first_commit_has_files(git: Git, tmp_path: Path) -> None:
    git("init", "-q", ".")
    write(tmp_path / "repo", {"a.py": ""})
    assert listed(tmp_path / "repo") == ["a.py"]
    git("add", ".")
    assert listed(tmp_path / "repo") == ["a.py"]


def test_only_files_below_the_opened_folder_count(repo: Path) -> None:
    assert listed(repo / "sub") == ["b.py"]


def test_git_vouches_for_clean_files_without_reading_them(repo: Path) -> None:
    (repo / "a.py").chmod(0o000)
    assert blobs(repo) == {"a.py": blob_hash(b"a = 1\n"), "sub/b.py": blob_hash(b"b = 1\n")}


def test_git_does_not_vouch_for_changed_untracked_or_just_written_files(repo: Path, git: Git) -> None:
    write(repo, {"a.py": "a = 23\n", "new.py": "n = 1\n"})
    assert {path for path, blob in blobs(repo).items() if blob} == {"sub/b.py"}
    (repo / "racy.py").write_text("r = 1\n")
    git("add", "racy.py")
    index = repo / ".git" / "index"
    os.utime(index, ns=(0, (repo / "racy.py").stat().st_mtime_ns))
    assert blobs(repo)["racy.py"] == ""


def test_a_file_changed_to_the_same_size_is_noticed_by_its_time(repo: Path) -> None:
    (repo / "a.py").write_text("a = 2\n")
    assert blobs(repo)["a.py"] == ""


def test_what_git_converts_on_checkout_is_not_vouched_for(repo: Path, git: Git) -> None:
    write(repo, {".gitattributes": "sub/* filter=lfs\n"})
    git.commit("attributes")
    assert blobs(repo)["a.py"]
    assert blobs(repo)["sub/b.py"] == ""


def test_a_repository_of_the_other_hash_works(git: Git, tmp_path: Path) -> None:
    git("init", "-q", "--object-format=sha256", ".")
    write(tmp_path / "repo", {"a.py": "a = 1\n"})
    git.commit("first")
    assert len(blobs(tmp_path / "repo")["a.py"]) == 64


@pytest.mark.parametrize("version", ["2", "4"])
def test_every_version_of_gits_index_works(repo: Path, git: Git, version: str) -> None:
    git("update-index", "--index-version", version)
    assert listed(repo) == ["a.py", "sub/b.py"]


def test_a_split_index_works(repo: Path, git: Git) -> None:
    git("update-index", "--split-index")
    write(repo, {"c.py": ""})
    git("add", "c.py")
    assert listed(repo) == ["a.py", "c.py", "sub/b.py"]


def test_a_file_in_a_merge_conflict_counts_once_and_is_read(repo: Path, git: Git) -> None:
    git("checkout", "-q", "-b", "other")
    write(repo, {"a.py": "a = 22\n"})
    git.commit("two")
    git("checkout", "-q", "main")
    write(repo, {"a.py": "a = 333\n"})
    git.commit("three")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    assert listed(repo) == ["a.py", "sub/b.py"]
    assert blobs(repo)["a.py"] == ""


def test_a_file_that_is_only_intended_to_be_added_counts(repo: Path, git: Git) -> None:
    write(repo, {"c.py": "c = 1\n"})
    git("add", "-N", "c.py")
    assert blobs(repo)["c.py"] == ""


def test_files_that_a_sparse_checkout_leaves_out_do_not_count(repo: Path, git: Git) -> None:
    write(repo, {"other/c.py": ""})
    git.commit("other")
    git("sparse-checkout", "set", "--cone", "--sparse-index", "sub")
    assert listed(repo) == ["a.py", "sub/b.py"]
    assert skipped(repo) == {}


def test_a_linked_worktree_lists_its_own_files(repo: Path, git: Git, tmp_path: Path) -> None:
    git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    write(tmp_path / "other", {"c.py": ""})
    assert listed(tmp_path / "other") == ["a.py", "c.py", "sub/b.py"]
    assert listed(repo) == ["a.py", "sub/b.py"]


def test_submodules_and_nested_repositories_count(repo: Path, git: Git, tmp_path: Path) -> None:
    git("init", "-q", ".", cwd=tmp_path / "library")
    write(tmp_path / "library", {"lib.py": "", ".gitignore": "x.py\n", "x.py": ""})
    git.commit("library", cwd=tmp_path / "library")
    git("submodule", "add", "-q", str(tmp_path / "library"), "vendored")
    git("clone", "-q", str(tmp_path / "library"), str(repo / "sub" / "nested"))
    write(repo, {"sub/nested/x.py": "", "sub/nested/new.py": ""})
    assert [path for path in listed(repo) if path.endswith(".py")] == [
        "a.py",
        "sub/b.py",
        "sub/nested/lib.py",
        "sub/nested/new.py",
        "vendored/lib.py",
    ]
    assert listed(repo, "sub/nested/new.py", "vendored") == [
        "sub/nested/new.py",
        "vendored/.gitignore",
        "vendored/lib.py",
    ]
    git("submodule", "deinit", "-q", "-f", "vendored")
    assert "vendored/lib.py" not in listed(repo)


def test_a_damaged_nested_repository_does_not_take_the_outer_one_with_it(repo: Path, git: Git) -> None:
    git("init", "-q", ".", cwd=repo / "nested")
    (repo / "nested" / ".git" / "index").write_bytes(b"nonsense")
    assert listed(repo) == ["a.py", "sub/b.py"]


def test_sleeptimeignore_leaves_out_what_it_names(repo: Path) -> None:
    write(
        repo, {".sleeptimeignore": "# generated\nsub/\n*.gen.py\n!keep.gen.py\n!\n", "x.gen.py": "", "keep.gen.py": ""}
    )
    assert listed(repo) == [".sleeptimeignore", "a.py", "keep.gen.py"]


def test_files_over_the_limit_and_secrets_are_skipped_with_a_reason(repo: Path) -> None:
    write(repo, {"big.py": "x" * 1025, "fits.py": "x" * 1024, ".env": "A=1", "key.pem": ""})
    assert skipped(repo, max_file_kb=1) == {
        "big.py": "it is larger than 1 KiB",
        ".env": "its name says that it holds secrets",
        "key.pem": "its name says that it holds secrets",
    }
    assert listed(repo, max_file_kb=1) == ["a.py", "fits.py", "sub/b.py"]


def test_links_that_leave_are_refused_and_others_add_nothing(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("")
    (repo / "out.py").symlink_to(tmp_path / "outside.py")
    (repo / "folder").symlink_to(tmp_path)
    (repo / "in.py").symlink_to("a.py")
    (repo / "dangling.py").symlink_to("none.py")
    assert listed(repo) == ["a.py", "sub/b.py"]
    assert skipped(repo) == dict.fromkeys(("folder", "out.py"), "it is a symbolic link that leaves the repository")


def test_odd_names_are_listed(repo: Path, git: Git) -> None:
    names = ["new\nline.py", "tab\t.py", 'quo"te.py', "größe.py", "*.py", "H 100644 x.py", "? y.py", ":(top)z.py"]
    write(repo, dict.fromkeys(names, ""))
    assert set(names) <= set(listed(repo))
    assert listed(repo, "*.py", ":(top)z.py") == ["*.py", ":(top)z.py"]
    git("add", ".")
    assert set(names) <= set(listed(repo))


def test_a_name_that_is_not_utf_8_is_skipped_with_a_reason(repo: Path) -> None:
    Path(os.fsdecode(os.fsencode(repo) + b"/\xff.py")).write_text("")
    assert listed(repo) == ["a.py", "sub/b.py"]
    assert skipped(repo) == {"?.py": "its name is not UTF-8"}


def test_a_pipe_is_no_file(repo: Path) -> None:
    os.mkfifo(repo / "pipe.py")
    assert listed(repo) == ["a.py", "sub/b.py"]


def test_only_what_changed_can_be_listed(repo: Path) -> None:
    write(repo, {"sub/c.py": "", "d.py": "", ".gitignore": "e.py\n", "e.py": ""})
    assert listed(repo, "sub", "d.py", "e.py", "none.py") == ["d.py", "sub/b.py", "sub/c.py"]


def test_a_plain_folder_lists_everything_but_the_folders_of_tools(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": "",
            "sub/b.py": "",
            "node_modules/x.js": "",
            "sub/__pycache__/b.pyc": "",
            "env/pyvenv.cfg": "",
            "env/lib/x.py": "",
            ".gitignore": "*.log\nout/\n",
            "x.log": "",
            "out/x.py": "",
        },
    )
    assert listed(tmp_path) == [".gitignore", "a.py", "sub/b.py"]
    assert listed(tmp_path, "sub", "x.log", "node_modules/x.js", "none.py") == ["sub/b.py"]


def test_a_plain_folder_of_repositories_lists_each_by_its_own_rules(repo: Path, tmp_path: Path) -> None:
    write(repo, {".gitignore": "x.py\n", "x.py": ""})
    assert listed(tmp_path) == ["repo/.gitignore", "repo/a.py", "repo/sub/b.py"]
    assert listed(tmp_path, "repo/a.py") == ["repo/a.py"]


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (".gitignore", True),
        ("sub/.gitattributes", True),
        (".sleeptimeignore", True),
        ("a.gitignore", False),
        ("a.py", False),
    ],
)
def test_files_that_decide_what_counts_are_known(path: str, changes: bool) -> None:
    assert changes_what_counts(path) is changes
