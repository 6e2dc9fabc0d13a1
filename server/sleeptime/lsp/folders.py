"""The workspace's folders, each with the store that the worker keeps for its repository, open to read.

Deliberately absent: any write, and any wait for the worker.
"""

import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from sleeptime.answer.hover import hover_markdown
from sleeptime.core.errors import RepositoryError, StoreError
from sleeptime.core.ports import Clock
from sleeptime.core.types import Outline, Target
from sleeptime.lsp.aside import Aside
from sleeptime.lsp.convert import Point, uri_of
from sleeptime.lsp.view import Foresight, View, open_view
from sleeptime.repo import Repository, head_commit, holds_everything, open_repository

HOVER_SECONDS = 0.003
"""How long a hover searches for uses. Those of a name that is used everywhere take up to a second, which is then spent
behind the answer."""


class Folder:
    """One folder of the workspace. `path` is as the editor spells it, which symbolic links may make differ from the
    repository's root.
    """

    def __init__(self, path: Path, repository: Repository, clock: Clock) -> None:
        self.path = path
        self.repository = repository
        self._clock = clock
        self._view: View | None = None
        self._foresight = Foresight(repository, ())
        self._open_files: list[str] = []
        self.aside = Aside(repository, clock)
        self._unfinished: deque[Target] = deque()
        self._finishing = threading.Lock()
        self._shown_root = path if path.resolve() == repository.root else repository.root

    @property
    def root(self) -> str:
        """What the worker calls it."""
        return str(self.repository.root)

    @property
    def worktree(self) -> str:
        """What the store calls it."""
        return self.repository.worktree

    @property
    def commit(self) -> str:
        """The commit that the working tree stands at, "" if there is none. Reads two small files of git's."""
        return head_commit(self.repository)

    @property
    def view(self) -> View | None:
        """The store open to read; None before the first index."""
        return self._view

    def refresh(self) -> None:
        """Open the store if that was not possible before, or if another file has taken its place. Blocks.

        Raises:
            StoreError: it cannot be read.
        """
        if self._view is not None and not self._view.store.replaced():
            return
        self._let_go()
        self._view = open_view(self.repository)

    def close(self) -> None:
        """Let go of everything."""
        self.aside.close()
        self._let_go()

    def _let_go(self) -> None:
        self._foresight.stop()
        view, self._view = self._view, None
        if view is not None:
            with suppress(StoreError):
                view.store.close()

    def look_ahead(self, *, everything: bool) -> None:
        """Work out facts before they are asked for: of open files, or of those and then all others. Blocks."""
        view = self._view
        if view is not None:
            self._foresight.stop()
            self._foresight = Foresight(self.repository, self._open_files)
            self._foresight.run(view, everything=everything)

    @property
    def has_unfinished(self) -> bool:
        """Whether a hover had no time to find all that there is."""
        return bool(self._unfinished)

    def finish(self) -> None:
        """Find what hovers had no time for, so that the next ones have it. Blocks."""
        if not self._finishing.acquire(blocking=False):
            return  # another thread is at it
        try:
            while self._unfinished and (view := self._view) is not None:
                target = self._unfinished.popleft()
                if not view.knows(target):
                    self._foresight.complete(view, target)
        finally:
            self._finishing.release()

    def opened(self, path: str) -> None:
        """A file is open in the editor: hovers will be there."""
        self._open_files.append(path)
        self._foresight.want(path)

    def closed(self, path: str) -> None:
        """A file is no longer open."""
        with suppress(ValueError):
            self._open_files.remove(path)

    def relative(self, path: Path) -> str | None:
        """The path as the index spells it; None outside the repository."""
        for root in (self._shown_root, self.repository.root, self.path):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return None

    def uri(self, path: str) -> str:
        """The URI of an indexed path, spelled as the editor spells its folder."""
        return uri_of(self._shown_root / path)

    def is_saved(self, path: str, blob: str) -> bool:
        """Whether the index holds exactly this content for the path."""
        if self._view is None:
            return False
        self._view.settle()
        return self._view.outlines.blob(path) == blob

    def hover(self, path: str, point: Point, unsaved: Outline | None = None, text: bytes = b"") -> str | None:
        """The Markdown about the name at a place, or None if there is nothing to say. Reads memory and SQLite only.
        `unsaved` is what the buffer's `text` says where it differs from the index.
        """
        view = self._view
        if view is None:
            return None
        view.settle()
        target = view.graph.definition_at(path, point.line, point.column, unsaved)
        end = self._clock.monotonic() + HOVER_SECONDS
        own = unsaved if target is not None and target.path == path else None
        facts = view.facts(target, own, lambda: self._clock.monotonic() < end) if target else None
        if target is None or facts is None:
            return None
        if facts.at_least and own is None and not view.knows(target):
            self._unfinished.append(target)
        note, fresh = view.note(facts, text if own is not None else None)
        return hover_markdown(facts, note, fresh=fresh, now=self._clock.now(), link=self._link)

    def _link(self, path: str, line: int) -> str:
        return f"[`{path}:{line + 1}`]({self.uri(path)}#L{line + 1})"


def open_folder(path: Path, clock: Clock) -> Folder:
    """Open a folder and, if the worker has made it already, its store. Blocks.

    Raises:
        RepositoryError: the folder cannot be read.
    """
    folder = Folder(path, open_repository(path), clock)
    with suppress(StoreError):  # the worker meets it too, and tells
        folder.refresh()
    return folder


def open_around(file: Path, clock: Clock) -> Folder:
    """For a file that was opened on its own: its git worktree, or else the folder that it is in. Blocks.

    Raises:
        RepositoryError: that cannot be read, or is the home directory or a whole disk.
    """
    top = open_repository(file.parent).top
    around = (folder for folder in file.parents if folder.resolve() == top and not holds_everything(top))
    folder = next(around, file.parent)
    if holds_everything(folder.resolve()):
        raise RepositoryError(f"{folder} is no project: it holds everything.", "Open a project's folder.")
    return open_folder(folder, clock)
