"""The repository as found on disk. Nothing here writes to it."""

from sleeptime.repo.changes import (
    FileChange,
    History,
    came_by_hand,
    changed_files,
    commit_at,
    commit_named,
    history_between,
    read_blobs,
    uncommitted_files,
)
from sleeptime.repo.content import content_problem
from sleeptime.repo.files import Listing, RepoFile, SkippedFile, changes_what_counts, list_files
from sleeptime.repo.git import Head, first_commit, head, head_commit, last_commits, root_commits
from sleeptime.repo.repository import Repository, holds_everything, open_repository, read_file
from sleeptime.repo.secrets import find_secret, is_secret_path

__all__ = [
    "FileChange",
    "Head",
    "History",
    "Listing",
    "RepoFile",
    "Repository",
    "SkippedFile",
    "came_by_hand",
    "changed_files",
    "changes_what_counts",
    "commit_at",
    "commit_named",
    "content_problem",
    "find_secret",
    "first_commit",
    "head",
    "head_commit",
    "history_between",
    "holds_everything",
    "is_secret_path",
    "last_commits",
    "list_files",
    "open_repository",
    "read_blobs",
    "read_file",
    "root_commits",
    "uncommitted_files",
]
