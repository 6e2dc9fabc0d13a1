"""When the person was last at a worktree, and how it looked then."""

import zlib
from typing import Literal

import msgspec
from msgspec import Struct

from sleeptime.store.database import Database

Role = Literal["seen", "base"]
"""`seen` is how the worktree looked when the person was last active; `base` what the latest briefing begins with."""

_decoder = msgspec.json.Decoder(dict[str, str])


class Visit(Struct, frozen=True):
    """A worktree at one moment (`at`, seconds since the epoch): the commit that HEAD was at, "" where there was none,
    and {path: content hash} of the files that differed from it, "" for one that was missing. Without git that is all
    files; `files` is None if they were too many to remember.
    """

    at: float
    commit: str
    files: dict[str, str] | None


class Visits:
    """Two moments a worktree, and whether what happened after the first is still to be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, worktree: str, role: Role) -> Visit | None:
        """The remembered moment, if there is one."""
        row = self._database.row("SELECT at, head, files FROM visits WHERE worktree = ? AND role = ?", (worktree, role))
        if row is None:
            return None
        return Visit(row[0], row[1], _decoder.decode(zlib.decompress(row[2])) if row[2] is not None else None)

    def put(self, worktree: str, role: Role, visit: Visit) -> None:
        """Remember a moment in place of the one before. A new base is untold."""
        files = None if visit.files is None else zlib.compress(msgspec.json.encode(visit.files))
        self._database.execute(
            "INSERT OR REPLACE INTO visits (worktree, role, at, head, files, told) VALUES (?, ?, ?, ?, ?, 0)",
            (worktree, role, visit.at, visit.commit, files),
        )

    def touch(self, worktree: str, at: float) -> None:
        """The person is still here, and nothing changed."""
        self._database.execute("UPDATE visits SET at = ? WHERE worktree = ? AND role = 'seen'", (at, worktree))

    def is_untold(self, worktree: str) -> bool:
        """Whether there is a base whose briefing nobody has read."""
        row = self._database.row("SELECT told FROM visits WHERE worktree = ? AND role = 'base'", (worktree,))
        return row is not None and not row[0]

    def tell(self, worktree: str) -> None:
        """The briefing was read."""
        self._database.execute("UPDATE visits SET told = 1 WHERE worktree = ? AND role = 'base'", (worktree,))
