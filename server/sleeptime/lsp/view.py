"""One worktree as hovers see it: the store open to read, the graph over it, and facts worked out ahead of the mouse."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from sleeptime.core.errors import StoreError
from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.types import Answer, Outline, Target
from sleeptime.index import Facts, Freshness, GoOn, Graph, Sources, token_hash
from sleeptime.lsp.steady import SteadyOutlines
from sleeptime.repo import Repository, read_file
from sleeptime.store import Store, open_reader, store_path

FACTS_KEPT = 4096
REST_FACTOR = 1.5
"""Working ahead rests this many times as long as it works, so that a hover mostly finds it resting."""


class View:
    """A store open to read. Facts are worked out once until a file changes."""

    def __init__(self, store: Store, repository: Repository) -> None:
        self.store = store
        self.outlines = SteadyOutlines(store, repository.worktree)
        self.sources = Sources(self.outlines, lambda path: read_file(repository, path))
        self._freshness = Freshness(self.sources, store.answers.by_key)
        self.graph = Graph(self.outlines)
        self._facts: dict[Target, Facts | None] = {}

    def settle(self) -> bool:
        """See the store as it is now; whether files changed. Called before each hover.

        Raises:
            StoreError: it can no longer be read.
        """
        changed = self.outlines.settle()
        if changed or len(self._facts) > FACTS_KEPT:
            self._facts.clear()
        return changed

    def facts(self, target: Target, unsaved: Outline | None = None, go_on: GoOn = lambda: True) -> Facts | None:
        """Static facts about a target: all of them if they are known or found before `go_on` says no, else the nearest.
        `unsaved` replaces its file's outline.
        """
        if unsaved is None and target in self._facts:
            return self._facts[target]
        facts = self.graph.facts(target, unsaved, go_on=go_on)
        if unsaved is None and not (facts and facts.at_least):
            self._facts[target] = facts
        return facts

    def note(self, facts: Facts, unsaved: bytes | None = None) -> tuple[Answer | None, bool]:
        """The latest summary, one that still holds before all others, and whether it does. `unsaved` is the text of
        the buffer where it differs from the file.
        """
        notes = self.store.answers.for_target(facts.target, SUMMARY_INTENT)
        fresh = next((note for note in notes if self._is_fresh(note, facts, unsaved)), None)
        return fresh or next(iter(notes), None), fresh is not None

    def _is_fresh(self, note: Answer, facts: Facts, unsaved: bytes | None) -> bool:
        if unsaved is None:
            return self._freshness.is_fresh(note)
        if note.code_hash == facts.symbol.text_hash:
            return True
        return bool(note.token_hash) and note.token_hash == token_hash(unsaved, facts.language, facts.symbol.span)

    def knows(self, target: Target) -> bool:
        """Whether facts about a target are at hand."""
        return target in self._facts

    def learn(self, target: Target, facts: Facts | None, generation: int) -> bool:
        """Take facts that were worked out elsewhere; false if they are of another generation, or there are too many."""
        if generation != self.outlines.generation or len(self._facts) >= FACTS_KEPT:
            return False
        self._facts[target] = facts
        return True


def open_view(repository: Repository) -> View | None:
    """The repository's store open to read; None before the first index. Blocks.

    Raises:
        StoreError: it cannot be read.
    """
    store = open_reader(store_path(repository.identity))
    if store is None:
        return None
    view = View(store, repository)
    view.settle()
    view.graph.prepare()
    return view


class Foresight:
    """Works out facts before the mouse gets there: those of a name that is used everywhere take tens of milliseconds,
    too long for a hover. It reads through a view of its own, in a thread of its own. `wanted` files come first.
    """

    def __init__(self, repository: Repository, wanted: Iterable[str]) -> None:
        self._repository = repository
        self._wanted = deque(wanted)
        self._stopped = threading.Event()

    def want(self, path: str) -> None:
        """A file was opened: it comes next."""
        self._wanted.appendleft(path)

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()

    def run(self, view: View, *, everything: bool) -> None:
        """Fill `view` with facts about wanted files and then, with `everything`, about all others, until it is full or
        files change. Blocks.
        """
        self._alone(lambda own: self._fill(view, own, own.outlines.paths() if everything else ()))

    def complete(self, view: View, target: Target) -> None:
        """Find out what a hover on `target` had no time for. Blocks."""
        self._alone(lambda own: view.learn(target, own.graph.facts(target), own.outlines.generation))

    def _alone(self, work: Callable[[View], object]) -> None:
        """Do some work with a view of its own. What cannot be read ends it: a hover will meet that too, and tell."""
        with suppress(StoreError):
            own = open_view(self._repository)
            if own is not None:
                with own.store:
                    work(own)

    def _fill(self, view: View, own: View, others: Sequence[str]) -> None:
        for path in self._paths(others):
            outline = own.outlines.outline(path)
            for symbol in outline.symbols if outline else ():
                started = time.monotonic()
                target = own.graph.definition_at(path, symbol.name_span.start_line, symbol.name_span.start_column)
                if target is None or view.knows(target):
                    continue
                learned = view.learn(target, own.graph.facts(target), own.outlines.generation)
                if not learned or self._stopped.wait(REST_FACTOR * (time.monotonic() - started)):
                    return

    def _paths(self, others: Sequence[str]) -> Iterator[str]:
        for path in (*others, ""):
            while self._wanted:
                yield self._wanted.popleft()
            if path:
                yield path
