"""Contents to rows, in this process or in several. A crash of the parser takes one file with it, not the run."""

import gc
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from typing import Protocol

from msgspec import Struct

from sleeptime.index import parse
from sleeptime.repo import content_problem
from sleeptime.store import EncodedOutline, encode_outline, encode_skipped

BATCH_BYTES = 512 << 10
"""What goes to a process at once: large enough to hide the way there, small enough to keep all of them busy."""

BATCH_FILES = 128

MOST_PROCESSES = 6
"""More would wait for the one that writes, which needs a sixth of their time."""

POOL_BYTES = 1 << 20
"""From how many bytes on other processes pay for being started (some 0.3 s, which one process parses 1 MB in)."""


class Source(Struct, frozen=True, array_like=True):
    """One content to parse, as it was read. `blob` names these bytes."""

    path: str
    size: int
    mtime_ns: int
    language: str
    blob: str
    content: bytes


class Parsed(Struct, frozen=True, array_like=True):
    """One file with the rows of its content."""

    path: str
    size: int
    mtime_ns: int
    encoded: EncodedOutline


def parse_source(source: Source) -> Parsed:
    """Parse one content, or say why not. Never raises: whatever a parser does to one file stays with that file."""
    reason = content_problem(source.path, source.content)
    if not source.language:
        reason = reason or "it is in no language that Sleeptime reads"
    encoded = None
    if not reason:
        try:
            encoded = encode_outline(source.blob, parse(source.content, source.language))
        except Exception as error:  # noqa: BLE001  a bug in one grammar must not stop the index
            reason = f"its parser failed ({type(error).__name__})"
    encoded = encoded or encode_skipped(source.blob, source.language, reason)
    return Parsed(source.path, source.size, source.mtime_ns, encoded)


def parse_batch(batch: list[Source]) -> list[Parsed]:
    """What runs in the other processes."""
    parsed = [parse_source(source) for source in batch]
    gc.collect()
    return parsed


def collect_between_batches() -> None:
    """Once in each of the other processes: outlines have no cycles, and looking for some takes a tenth of the time."""
    gc.freeze()
    gc.disable()


class Parsers(Protocol):
    """Takes sources and gives them back parsed, in any order."""

    def add(self, source: Source) -> Iterator[list[Parsed]]:
        """Take one more; yields what is ready."""
        ...

    def finish(self) -> Iterator[list[Parsed]]:
        """Yields the rest."""
        ...

    def close(self) -> None:
        """Drop what is under way."""
        ...


class ParseHere:
    """Parses in this process, at once."""

    def __init__(self) -> None:
        self._batch: list[Parsed] = []

    def add(self, source: Source) -> Iterator[list[Parsed]]:
        """Take one more; yields what is ready."""
        self._batch.append(parse_source(source))
        if len(self._batch) == BATCH_FILES:
            yield from self.finish()

    def finish(self) -> Iterator[list[Parsed]]:
        """Yields the rest."""
        if self._batch:
            yield self._batch
            self._batch = []

    def close(self) -> None:
        """Nothing is under way."""


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ParsePool:
    """Parses in several processes. Not forked from this one, which has threads: a fork would copy held locks."""

    def __init__(self, processes: int = 0) -> None:
        """`processes` is `index.processes` of the settings."""
        self._processes = processes or min(_cores(), MOST_PROCESSES)
        self._pool = self._started(self._processes)
        self._batch: list[Source] = []
        self._batch_bytes = 0
        self._under_way: dict[Future[list[Parsed]], tuple[ProcessPoolExecutor, list[Source]]] = {}

    def add(self, source: Source) -> Iterator[list[Parsed]]:
        """Take one more; yields what is ready, and waits while every process has enough to do."""
        self._batch.append(source)
        self._batch_bytes += len(source.content)
        if self._batch_bytes >= BATCH_BYTES or len(self._batch) == BATCH_FILES:
            self._send()
            # One batch in hand and one at the door for each process: no process waits, and memory stays bounded.
            yield from self._received(self._processes * 2 - 1)

    def finish(self) -> Iterator[list[Parsed]]:
        """Yields the rest."""
        self._send()
        yield from self._received(0)

    def close(self) -> None:
        """Drop what is under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _started(self, processes: int) -> ProcessPoolExecutor:
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            # Imported once in the server; every process that it forks has them.
            context.set_forkserver_preload([__name__])
        return ProcessPoolExecutor(processes, mp_context=context, initializer=collect_between_batches)

    def _send(self) -> None:
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        if not batch:
            return
        try:
            future = self._pool.submit(parse_batch, batch)
        except BrokenExecutor:
            self._renew(self._pool)
            future = self._pool.submit(parse_batch, batch)
        self._under_way[future] = (self._pool, batch)

    def _received(self, most_under_way: int) -> Iterator[list[Parsed]]:
        while len(self._under_way) > most_under_way:
            ready, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in ready:
                pool, batch = self._under_way.pop(future)
                try:
                    yield future.result()
                except BrokenExecutor:
                    self._renew(pool)
                    yield [self._parsed_alone(source) for source in batch]

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        """All batches under way break with their pool, but only the first of them has to replace it."""
        if self._pool is broken:
            broken.shutdown(wait=False)
            self._pool = self._started(self._processes)

    def _parsed_alone(self, source: Source) -> Parsed:
        """A process died with this file in its batch: try it in a process that may die of it alone."""
        with self._started(1) as one:
            try:
                return one.submit(parse_batch, [source]).result()[0]
            except BrokenExecutor:
                encoded = encode_skipped(source.blob, source.language, "its parser crashed")
                return Parsed(source.path, source.size, source.mtime_ns, encoded)
