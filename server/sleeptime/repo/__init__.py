"""The repository as found on disk. Nothing here writes to it."""

from sleeptime.repo.content import content_problem
from sleeptime.repo.files import Listing, RepoFile, SkippedFile, changes_what_counts, list_files
from sleeptime.repo.git import Head, first_commit, head, head_commit, last_commits, root_commits
from sleeptime.repo.repository import Repository, holds_everything, open_repository, read_file
from sleeptime.repo.secrets import find_secret, is_secret_path

__all__ = [
    "Head",
    "Listing",
    "RepoFile",
    "Repository",
    "SkippedFile",
    "changes_what_counts",
    "content_problem",
    "find_secret",
    "first_commit",
    "head",
    "head_commit",
    "holds_everything",
    "is_secret_path",
    "last_commits",
    "list_files",
    "open_repository",
    "read_file",
    "root_commits",
]
