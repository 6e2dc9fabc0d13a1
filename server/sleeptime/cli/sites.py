"""The stores that a comparison asks: the user's own, one that never slept, and those that slept for the comparison."""

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace
from platformdirs import user_cache_path

from sleeptime.answer import META_KEY, Answerer
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.core.keys import blob_hash, combined_hash
from sleeptime.core.ports import Embedder, Model
from sleeptime.core.settings import IndexSettings
from sleeptime.index import Graph, Sources
from sleeptime.repo import Repository, read_file
from sleeptime.sleep import Planned, Sleeper, Tools
from sleeptime.store import Store, Totals, open_reader, open_writer, store_path
from sleeptime.worker.indexing import Listener, index_repository
from sleeptime.worker.machine import Machine
from sleeptime.worker.searchable import Worktree, make_searchable

SLEPT_MINUTES = "slept_minutes"
"""The meta row of a comparison's store that tells what sleep it has had to its end."""

OnProgress = Callable[[int, int, str], None]
Order = Callable[[list[Planned]], list[Planned]]


class Site:
    """One worktree with one store."""

    def __init__(self, repository: Repository, store: Store) -> None:
        self.store = store
        self.worktree = repository.worktree
        self.sources = Sources(store.outlines(repository.worktree), lambda path: read_file(repository, path))

    @cached_property
    def answerer(self) -> Answerer:
        """What the worker answers with."""
        return Answerer(self.sources, Graph(self.sources.outlines), self.store, self.worktree, SystemClock())

    @cached_property
    def code_fingerprint(self) -> str:
        """Of the code alone: all that raw retrieval depends on."""
        return combined_hash([f"{path}:{blob_hash(self._content(path))}" for path in self.sources.outlines.paths()])

    @cached_property
    def fingerprint(self) -> str:
        """Of the code, of all that was written about it, and of what decides which of that is served."""
        answers = sorted(answer.key for answer in self.store.answers.all())
        return combined_hash([self.code_fingerprint, *answers, "|", self.store.meta(META_KEY)])

    def spent(self) -> Totals:
        """What sleep has cost so far."""
        return self.store.ledger.totals().get(("job", "sleep"), Totals())

    def work_seconds(self) -> float:
        """Processor time of that, which is the same on a busy machine; of a model that runs elsewhere, the time on the
        clock.
        """
        spent = self.spent()
        return spent.cpu_seconds or spent.seconds

    def modules_slept_on(self) -> int:
        """Over how many files that was spent; wholes (packages, concepts, the repository) are made from these."""
        jobs = (entry for entry in self.store.ledger.entries(limit=10**9) if entry.kind == "job")
        return len({entry.target.path for entry in jobs}.intersection(self.sources.outlines.paths()))

    def tokens_a_module(self) -> float:
        """Sleep's tokens over its modules."""
        return self.spent().computed_tokens / max(1, self.modules_slept_on())

    def _content(self, path: str) -> bytes:
        return "\n".join(self.sources.lines(path)).encode()


class Sites:
    """Opens the stores of one repository; those made for comparisons are kept in the user's cache folder. `most_wrong`
    is the bound on wrong answers served, as a share.
    """

    def __init__(self, repository: Repository, embedder: Embedder | None, most_wrong: float) -> None:
        self._repository = repository
        self._embedder = embedder
        self._most_wrong = most_wrong
        self._open: list[Store] = []

    def own(self) -> Site:
        """What the user's own nights have made of it.

        Raises:
            RepositoryError: it was never indexed.
        """
        store = open_reader(store_path(self._repository.identity))
        if store is None:
            raise RepositoryError(f"{self._repository.root} is not indexed yet.", "Run `sleeptime sleep` first.")
        self._open.append(store)
        return Site(self._repository, store)

    def kept(self, name: str) -> Site:
        """A store for comparisons, by name, indexed, embedded and calibrated now."""
        store = open_writer(comparison_folder(self._repository) / f"{name}.db")
        self._open.append(store)
        store.jobs.release_running()  # a comparison before this one may have been killed
        index_repository(self._repository, store, IndexSettings())
        self._share_vectors(store)
        site = Site(self._repository, store)
        self.make_searchable(site)
        return site

    def _share_vectors(self, store: Store) -> None:
        """What another store of this comparison has embedded is not embedded again."""
        if self._embedder is not None and self._open[0] is not store:
            hashes, matrix = self._open[0].vectors.all(self._embedder.name)
            store.vectors.put(self._embedder.name, dict(zip(hashes, matrix, strict=True)))

    def make_searchable(self, site: Site) -> None:
        """As a night does."""
        worktree = Worktree(site.worktree, site.sources, site.store, site.answerer)
        make_searchable(worktree, lambda: self._embedder, self._most_wrong, Listener())

    def close(self) -> None:
        """Close all that was opened."""
        for store in self._open:
            store.close()


def comparison_folder(repository: Repository) -> Path:
    """Where a repository's stores for comparisons are kept."""
    return user_cache_path("sleeptime") / "compare" / store_path(repository.identity).stem


def sleep_minutes(site: Site, lend: Callable[[], Model], minutes: float, on_progress: OnProgress) -> None:
    """Sleep as at a user's, until all sleeps of this store together took `minutes`. A sleep that came to its end is
    not topped up for the job that its end cut short: the store, and all that was measured on it, stays as it is.
    """
    left_seconds = 60 * minutes - site.spent().seconds
    if left_seconds <= 0 or float(site.store.meta(SLEPT_MINUTES) or 0) >= minutes:
        return
    enough = threading.Event()
    alarm = threading.Timer(left_seconds, enough.set)
    alarm.daemon = True
    alarm.start()
    try:
        _sleep(site, Tools(lend(), SystemClock(), Machine().used), enough, on_progress)
    finally:
        alarm.cancel()
    site.store.set_meta(SLEPT_MINUTES, str(minutes))


def sleep_blind(site: Site, lend: Callable[[], Model], work_seconds: float, on_progress: OnProgress) -> None:
    """Sleep over modules drawn at random until that took `work_seconds`: the budget of the arm it is compared with.
    Time is what both spend alike; a token that is read costs a fraction of one that is written, and the arms differ
    in how much they read.
    """
    enough = threading.Event()

    def watch(done: int, total: int, text: str) -> None:
        on_progress(done, total, text)
        if site.work_seconds() >= work_seconds:
            enough.set()

    if site.work_seconds() < work_seconds:
        _sleep(site, Tools(lend(), SystemClock(), Machine().used, order=at_random), enough, watch)


def at_random(planned: list[Planned]) -> list[Planned]:
    """The same thoughts, but module after module in an order that chance alone decides, the same each time."""
    return [replace(one, job=replace(one.job, priority=_lot(one.job.target.path))) for one in planned]


def _lot(path: str) -> float:
    return int(combined_hash(["blind", path])[:12], 16) / 16**12


def _sleep(site: Site, tools: Tools, enough: threading.Event, on_progress: OnProgress) -> None:
    Sleeper(site.sources, site.store, site.worktree, tools).run(enough, on_progress)
