"""Brings the store up to date with a repository: what is listed, minus what is known, is parsed and written.

Three questions, each cheaper than the next, decide about a file: is it as it was when we last looked (size, time, and
git's hash where git vouches)? If not, is its content known? Only if not that either, it is parsed.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.keys import EXTRACTOR_VERSION, blob_hash
from sleeptime.core.settings import IndexSettings
from sleeptime.index import language_of
from sleeptime.repo import (
    Listing,
    RepoFile,
    Repository,
    changes_what_counts,
    list_files,
    read_file,
    root_commits,
)
from sleeptime.store import FileRow, Store, StoredFile
from sleeptime.worker.parsing import BATCH_BYTES, BATCH_FILES, POOL_BYTES, Parsed, ParseHere, ParsePool, Parsers, Source

FEW_PATHS = 500
"""More changed paths than this are found by listing everything: git is quicker at that than at so many names."""

LOOKUP_FILES = 512
"""How many contents are looked up in the store by one statement, and how many known ones are written at once."""

PEEK_BYTES = 256
"""A `#!` line is no longer than this."""


def _no_progress(_done: int, _total: int, _path: str) -> None:
    """Nobody listens."""


class Listener(Struct, frozen=True):
    """Who follows a run: `progress` gets (files done, files to do, path of the latest), `cancel` ends it early,
    with all that was done so far in the store.
    """

    progress: Callable[[int, int, str], None] = _no_progress
    cancel: threading.Event = msgspec.field(default_factory=threading.Event)


class IndexResult(Struct, frozen=True):
    """What one run did. `files`, `skipped` and `symbols` are the worktree's totals; `parsed` were new contents;
    `changed` are the paths that were looked at anew or are gone.
    """

    files: int
    skipped: int
    symbols: int
    parsed: int
    changed: tuple[str, ...]
    seconds: float
    cancelled: bool = False


def index_repository(
    repository: Repository, store: Store, settings: IndexSettings, listener: Listener | None = None
) -> IndexResult:
    """Bring the store up to date with the whole repository.

    Raises:
        RepositoryError: the folder is gone or git cannot list it.
        StoreError: the store cannot be written.
    """
    if repository.git_dir is not None and store.modules.is_empty():
        store.adopt(root_commits(repository))
    return _Run(repository, store, settings, listener or Listener()).run(())


def index_paths(
    repository: Repository,
    store: Store,
    settings: IndexSettings,
    paths: Iterable[str],
    listener: Listener | None = None,
) -> IndexResult:
    """Bring the store up to date with what is at and below some changed paths; no paths means the whole repository.

    Raises:
        RepositoryError: the folder is gone or git cannot list it.
        StoreError: the store cannot be written.
    """
    given = sorted({path.strip("/") for path in paths})
    wanted = [path for path in given if path and not path.startswith(".git/") and path != ".git"]
    run = _Run(repository, store, settings, listener or Listener())
    if not given or len(wanted) > FEW_PATHS or any(changes_what_counts(path) for path in wanted):
        return run.run(())
    return run.run(wanted) if wanted else run.nothing()


class _Run:
    """One run over the whole repository or some paths."""

    def __init__(self, repository: Repository, store: Store, settings: IndexSettings, listener: Listener) -> None:
        self._repository = repository
        self._store = store
        self._worktree = repository.worktree
        self._settings = settings
        self._listener = listener
        self._started = time.monotonic()
        self._done = 0
        self._total = 0
        self._parsed = 0
        self._changed: list[str] = []
        self._known_rows: list[FileRow] = []
        self._failed: dict[str, str] = {}

    def run(self, paths: Sequence[str]) -> IndexResult:
        listing = list_files(self._repository, self._settings, paths)
        candidates = [file for file in listing.files if _may_have_language(file.path)]
        wanted, gone = self._compared(candidates, self._stored(paths))
        self._store.modules.update_files(self._worktree, [], gone)
        self._changed += gone
        self._total = len(wanted)
        parsers = self._parsers(wanted)
        try:
            for parsed in self._parsed_in(parsers, wanted):
                self._write(parsed)
        finally:
            parsers.close()
        self._update_skipped(listing, paths)
        return self.nothing()

    def nothing(self) -> IndexResult:
        """The result as it stands."""
        counts = self._store.modules.counts(self._worktree)
        return IndexResult(
            files=counts.files,
            skipped=counts.skipped,
            symbols=counts.symbols,
            parsed=self._parsed,
            changed=tuple(sorted(self._changed)),
            seconds=time.monotonic() - self._started,
            cancelled=self._listener.cancel.is_set(),
        )

    # ---- which files

    def _stored(self, paths: Sequence[str]) -> Iterator[StoredFile]:
        if not paths:
            return self._store.modules.stored_files(self._worktree)
        found = {
            stored.path: stored for path in paths for stored in self._store.modules.stored_below(self._worktree, path)
        }
        return iter(sorted(found.values(), key=lambda stored: stored.path))

    def _compared(
        self, files: Sequence[RepoFile], stored_files: Iterator[StoredFile]
    ) -> tuple[list[RepoFile], list[str]]:
        """The files to look at, and the stored paths that are gone. Both inputs are sorted: one walk, no table."""
        wanted: list[RepoFile] = []
        gone: list[str] = []
        stored = next(stored_files, None)
        for file in files:
            while stored and stored.path < file.path:
                gone.append(stored.path)
                stored = next(stored_files, None)
            if stored and stored.path == file.path:
                if not _is_unchanged(file, stored):
                    wanted.append(file)
                stored = next(stored_files, None)
            else:
                wanted.append(file)
        while stored:
            gone.append(stored.path)
            stored = next(stored_files, None)
        return wanted, gone

    def _parsers(self, wanted: Sequence[RepoFile]) -> Parsers:
        # What git vouches for is usually known; should it not be, the pool starts with the first that is not.
        much = sum(file.size for file in wanted) >= POOL_BYTES
        return ParsePool(self._settings.processes) if much else ParseHere()

    # ---- their contents

    def _parsed_in(self, parsers: Parsers, wanted: Sequence[RepoFile]) -> Iterator[list[Parsed]]:
        for source in self._sources(self._not_known(wanted)):
            if self._listener.cancel.is_set():
                return
            yield from parsers.add(source)
        yield from parsers.finish()

    def _not_known(self, wanted: Sequence[RepoFile]) -> Iterator[RepoFile]:
        """Writes the rows of files whose content git names and the store knows, without reading them."""
        for start in range(0, len(wanted), LOOKUP_FILES):
            some = wanted[start : start + LOOKUP_FILES]
            contents = {file.path: (file.blob, language_of(file.path) or "") for file in some if file.blob}
            known = self._store.modules.known(contents.values())
            for file in some:
                if (content := contents.get(file.path)) in known:
                    self._known_rows.append(FileRow(file.path, file.size, file.mtime_ns, known[content]))
                else:
                    yield file
            self._write_known()

    def _sources(self, files: Iterable[RepoFile]) -> Iterator[Source]:
        """Those files, with their content, whose content is not known either."""
        for some in _groups(files):
            read = [source for file in some if (source := self._read(file))]
            known = self._store.modules.known((source.blob, source.language) for source in read)
            for source in read:
                if (source.blob, source.language) in known:
                    id_ = known[source.blob, source.language]
                    self._known_rows.append(FileRow(source.path, source.size, source.mtime_ns, id_))
                else:
                    yield source
            if len(self._known_rows) >= LOOKUP_FILES:
                self._write_known()
        self._write_known()

    def _read(self, file: RepoFile) -> Source | None:
        try:
            content = read_file(self._repository, file.path)
        except RepositoryError as error:
            self._failed[file.path] = error.message.removeprefix(file.path).strip().rstrip(".")
            return None
        language = language_of(file.path, content[:PEEK_BYTES].partition(b"\n")[0]) or ""
        blob = file.blob if file.blob and _names(file.blob, content) else blob_hash(content)
        return Source(file.path, file.size, file.mtime_ns, language, blob, content)

    # ---- the store

    def _write(self, parsed: Sequence[Parsed]) -> None:
        with self._store.database.transaction():
            ids = self._store.modules.put_outlines([one.encoded for one in parsed])
            rows = [
                FileRow(one.path, one.size, one.mtime_ns, ids[one.encoded.blob, one.encoded.language]) for one in parsed
            ]
            self._store.modules.update_files(self._worktree, rows)
        self._parsed += len(parsed)
        self._advanced(rows)

    def _write_known(self) -> None:
        rows, self._known_rows = self._known_rows, []
        self._store.modules.update_files(self._worktree, rows)
        self._advanced(rows)

    def _advanced(self, rows: Sequence[FileRow]) -> None:
        if rows:
            self._changed += [row.path for row in rows]
            self._done += len(rows)
            self._listener.progress(self._done, self._total, rows[-1].path)

    def _update_skipped(self, listing: Listing, paths: Sequence[str]) -> None:
        """Rows for what was not even read. A file that could not be read loses the row of its old content."""
        now = {found.path: found.reason for found in listing.skipped if _may_have_language(found.path)} | self._failed
        before = self._store.modules.unread(self._worktree)
        if paths:
            before = {path: reason for path, reason in before.items() if _is_below(path, paths)}
        news = {path: reason for path, reason in now.items() if before.get(path) != reason}
        gone = [path for path in before if path not in now]
        if news or gone:
            self._store.modules.update_skipped(self._worktree, news.items(), gone)
        self._store.modules.update_files(self._worktree, [], list(self._failed))


def _may_have_language(path: str) -> bool:
    """Whether the name says a language, or says so little that the first line may."""
    return language_of(path) is not None or "." not in path.rpartition("/")[2]


def _groups(files: Iterable[RepoFile]) -> Iterator[list[RepoFile]]:
    """Files in groups whose contents are in memory together."""
    group: list[RepoFile] = []
    size = 0
    for file in files:
        group.append(file)
        size += file.size
        if size >= BATCH_BYTES or len(group) == BATCH_FILES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _is_unchanged(file: RepoFile, stored: StoredFile) -> bool:
    same_place = stored.size == file.size and stored.mtime_ns == file.mtime_ns
    # Git's hash decides where there is one, and is of the same kind: the stored one may be older than git's.
    same_blob = not file.blob or stored.blob == file.blob or len(stored.blob) != len(file.blob)
    return stored.version == EXTRACTOR_VERSION and same_place and same_blob


def _names(blob: str, content: bytes) -> bool:
    """Whether git's hash, of either of git's kinds, is of these bytes: the file may have changed since the listing."""
    if len(blob) == hashlib.sha256().digest_size * 2:
        return hashlib.sha256(b"blob %d\0" % len(content) + content).hexdigest() == blob
    return blob_hash(content) == blob


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
