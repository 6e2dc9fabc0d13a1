"""A fresh clone of a known project starts with what its sibling's store knows: outlines, answers, vectors."""

from collections.abc import Sequence
from pathlib import Path

from sleeptime.core.errors import StoreError
from sleeptime.store.database import Database, open_read_only

ROOT_COMMITS = "root_commits"
"""The meta row that tells which project a store is about."""


def adopt(database: Database, root_commits: Sequence[str]) -> bool:
    """Copy the newest store beside this one that shares a root commit; what belongs to its place is left out.

    Whether or not one is found, this store can be adopted from now on.
    """
    if not root_commits:
        return False
    found = _sibling(database.path, set(root_commits))
    if found:
        try:
            database.replace_with(found)
        finally:
            found.close()
        _forget_its_place(database)
    database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (ROOT_COMMITS, " ".join(root_commits)))
    return found is not None


def _sibling(path: Path, root_commits: set[str]) -> Database | None:
    others = [other for other in path.parent.glob("*.db") if other != path]
    for other in sorted(others, key=lambda other: other.stat().st_mtime, reverse=True):
        try:
            database = open_read_only(other)
        except StoreError:
            continue  # a damaged or newer one is somebody else's to report
        if database:
            row = database.row("SELECT value FROM meta WHERE key = ?", (ROOT_COMMITS,))
            if row and root_commits.intersection(row[0].split()):
                return database
            database.close()
    return None


def _forget_its_place(database: Database) -> None:
    """The other clone's files, unfinished work and accounts are its own."""
    with database.transaction():
        for statement in (
            "DELETE FROM files",
            "DELETE FROM skipped",
            "DELETE FROM worktrees",
            "DELETE FROM jobs WHERE state IN ('waiting', 'running')",
            "DELETE FROM ledger",
            "DELETE FROM questions",
            "DELETE FROM turns",
            "DELETE FROM turn_words",
            "DELETE FROM feedback",
            "DELETE FROM meta",
        ):
            database.execute(statement)
