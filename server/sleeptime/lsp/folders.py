"""The workspace's folders, each with the store that the worker keeps for its repository, open to read.

Deliberately absent: any write, and any wait for the worker.
"""

from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from sleeptime.answer.hover import hover_markdown
from sleeptime.core.errors import StoreError
from sleeptime.core.ports import Clock
from sleeptime.core.types import Outline
from sleeptime.index import Graph
from sleeptime.lsp.convert import Point, uri_of
from sleeptime.repo import Repository, open_repository
from sleeptime.store import Store, WorktreeOutlines, open_reader, store_path

SUMMARY_INTENT = "purpose"
"""The intent whose answer is a symbol's summary."""


class View(Struct, frozen=True):
    """A store open to read, and the graph over it."""

    store: Store
    outlines: WorktreeOutlines
    graph: Graph


class Folder:
    """One folder of the workspace. `path` is as the editor spells it, which symbolic links may make differ from the
    repository's root.
    """

    def __init__(self, path: Path, repository: Repository, clock: Clock) -> None:
        self.path = path
        self.repository = repository
        self._clock = clock
        self._view: View | None = None
        self._shown_root = path if path.resolve() == repository.root else repository.root

    @property
    def root(self) -> str:
        """What the worker calls it."""
        return str(self.repository.root)

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
        self.close()
        store = open_reader(store_path(self.repository.identity))
        if store is not None:
            outlines = store.outlines(self.repository.worktree)
            self._view = View(store, outlines, Graph(outlines))

    def close(self) -> None:
        """Let go of the store."""
        view, self._view = self._view, None
        if view is not None:
            with suppress(StoreError):
                view.store.close()

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
        return self._view is not None and self._view.outlines.blob(path) == blob

    def hover(self, path: str, point: Point, unsaved: Outline | None = None) -> str | None:
        """The Markdown about the name at a place, or None if there is nothing to say. Reads memory and SQLite only.
        `unsaved` is what the buffer says where it differs from the index.
        """
        if self._view is None:
            return None
        graph = self._view.graph
        target = graph.definition_at(path, point.line, point.column, unsaved)
        facts = graph.facts(target, unsaved if target and target.path == path else None) if target else None
        if target is None or facts is None:
            return None
        notes = self._view.store.answers.for_target(target, SUMMARY_INTENT)
        code_hash = facts.symbol.text_hash
        fresh = next((note for note in notes if note.code_hash == code_hash), None)
        note = fresh or next(iter(notes), None)
        return hover_markdown(facts, note, fresh=fresh is not None, now=self._clock.now(), link=self._link)

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
