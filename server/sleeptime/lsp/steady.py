"""The index held still: what was read once is remembered until the worktree's files change.

One hover asks the same things of the index hundreds of times; each would be a query. `settle` is called before each
hover, and is itself one cheap question: has anybody written to the store?
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sleeptime.store import Store

Value = TypeVar("Value")
OUTLINES_KEPT = 512
"""Decoded files; about as many as one hover on a common name looks at."""
NAMES_KEPT = 8192


class Remembered(Generic[Value]):
    """A function of one string that remembers its latest results."""

    def __init__(self, read: Callable[[str], Value], kept: int) -> None:
        self._read = read
        self._kept = kept
        self._values: dict[str, Value] = {}

    def __call__(self, key: str) -> Value:
        """The remembered value, or a new one."""
        if key not in self._values:
            self._values[key] = self._read(key)
            if len(self._values) > self._kept:
                del self._values[next(iter(self._values))]
        return self._values[key]

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()


class SteadyOutlines:
    """`core.ports.Outlines` of one worktree in a store open to read."""

    def __init__(self, store: Store, worktree: str) -> None:
        self._store = store
        self._worktree = worktree
        stored = store.outlines(worktree)
        self._read_paths = stored.paths
        self._paths: Sequence[str] | None = None
        self.outline = Remembered(stored.outline, OUTLINES_KEPT)
        self.blob = Remembered(stored.blob, NAMES_KEPT)
        self.paths_mentioning = Remembered(stored.paths_mentioning, NAMES_KEPT)
        self.paths_defining = Remembered(stored.paths_defining, NAMES_KEPT)
        self.definitions = Remembered(stored.definitions, NAMES_KEPT)
        self._version = -1
        self.generation = -1

    def paths(self) -> Sequence[str]:
        """Every indexed path, sorted."""
        if self._paths is None:
            self._paths = self._read_paths()
        return self._paths

    def settle(self) -> bool:
        """Forget what was read if the worktree's files changed since the last call; whether they did.

        Raises:
            StoreError: the store can no longer be read.
        """
        version = self._store.version()
        if version == self._version:
            return False
        self._version = version
        generation = self._store.modules.generation(self._worktree)
        if generation == self.generation:
            return False
        self.generation = generation
        self._paths = None
        for names in (self.paths_mentioning, self.paths_defining):
            names.clear()
        for remembered in (self.outline, self.blob, self.definitions):
            remembered.clear()
        return True
