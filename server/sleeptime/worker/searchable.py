"""What a night does besides thinking: bodies are read, texts embedded, and ready answers judged."""

from collections.abc import Callable

from msgspec import Struct

from sleeptime.answer import Answerer
from sleeptime.core.ports import Embedder
from sleeptime.index import Sources, rank
from sleeptime.sleep.bodies import fill_bodies
from sleeptime.sleep.embed import fill_vectors
from sleeptime.store import Store
from sleeptime.worker.indexing import Listener


class Worktree(Struct, frozen=True):
    """A worktree by name, its code, its store, and what answers from them."""

    name: str
    sources: Sources
    store: Store
    answerer: Answerer


def make_searchable(
    worktree: Worktree, lend: Callable[[], Embedder | None], most_wrong: float, listener: Listener
) -> None:
    """Read bodies and embed texts that are new, and find out which ready answers may be served (`most_wrong`: the bound
    on wrong ones, as a share). Without an embedder, search is by words alone; cancelled, the next call goes on.
    """
    store, cancel = worktree.store, listener.cancel
    ranks = rank(worktree.sources.outlines)
    paths = sorted(ranks, key=lambda path: -ranks[path])
    listener.progress(0, 0, "reading for search")
    fill_bodies(paths, worktree.sources, store, worktree.name, cancel)
    if not cancel.is_set() and (embedder := lend()) is not None:
        listener.progress(0, 0, "embedding for search")
        fill_vectors(paths, store, worktree.name, embedder, cancel)
    if not cancel.is_set():
        listener.progress(0, 0, "calibrating answers")
        worktree.answerer.calibrate(ranks, most_wrong, cancel, store.set_meta)
