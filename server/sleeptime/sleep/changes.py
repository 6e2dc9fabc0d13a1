"""What happened to a worktree since a moment: from git, from the outlines before and after, and from the disk.

A file's content before is git's, or was remembered when the person was last here; its content now is what the index
holds. So uncommitted work, a branch switch and a plain folder are told in one way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.types import Commit, Outline, Symbol
from sleeptime.index import (
    PROSE,
    SymbolChange,
    changed_sections,
    compare_outlines,
    is_test_path,
    language_of,
    parse,
    token_hash,
    with_moves,
)
from sleeptime.repo import (
    FileChange,
    History,
    Repository,
    changed_files,
    head,
    history_between,
    read_blobs,
    read_file,
    uncommitted_files,
)
from sleeptime.store import Store, Visit

MOST_FILES = 400
"""Files compared symbol by symbol: a second or two. What a larger pull brings besides is counted."""

MOST_BYTES = 1 << 20
"""Of a file's earlier content: the same as `index.max_file_kb` by default."""

MOST_REMEMBERED = 20_000
"""Files of a plain folder whose hashes are remembered, some 2 MB; of a larger one nothing can be told."""

MOST_TOKENS = 30
"""Symbols of one file looked at for whether only comments changed: each costs a parse of the file."""


class ModuleChange(Struct, frozen=True):
    """One source file that differs. `old_path` is "" for a new one; `commits` touched it, newest first. Of prose it is
    the `sections` that differ.
    """

    path: str
    old_path: str
    is_gone: bool
    is_uncommitted: bool
    symbols: tuple[SymbolChange, ...]
    commits: tuple[Commit, ...]
    sections: tuple[Symbol, ...] = ()

    @property
    def is_prose(self) -> bool:
        """Whether only what is written for people differs."""
        return self.path.endswith(PROSE) and not self.symbols


class Changes(Struct, frozen=True):
    """All that differs. `others` are the paths that are no source; `left_out` those beyond `MOST_FILES`."""

    base: Visit
    commit: str
    history: History
    modules: tuple[ModuleChange, ...]
    others: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether all is as it was."""
        return not (self.modules or self.others or self.left_out or self.history.count or self.history.lost)


class Comparison:
    """Compares a worktree, as its index holds it, with an earlier moment. Blocking."""

    def __init__(self, repository: Repository, store: Store) -> None:
        self._repository = repository
        self._store = store
        self._outlines = store.outlines(repository.worktree)

    def now(self, at: float) -> Visit:
        """How the worktree is at this moment."""
        commit = head(self._repository).commit
        return Visit(at, commit, self._files_now())

    def _files_now(self) -> dict[str, str] | None:
        worktree = self._repository.worktree
        if self._repository.git_dir is None:
            if self._store.modules.counts(worktree).files > MOST_REMEMBERED:
                return None
            return {stored.path: stored.blob for stored in self._store.modules.stored_files(worktree)}
        dirty = uncommitted_files(self._repository)
        blobs = self._blobs(change.path for change in dirty)
        return {c.path: blobs[c.path] for c in dirty if c.path in blobs and blobs[c.path] != c.before}

    def files(self, base: Visit) -> tuple[FileChange, ...]:
        """The files that differ from what they were, sorted by path; cheap.

        Raises:
            RepositoryError: git does not know the earlier commit.
        """
        remembered = base.files or {}
        committed, dirty = self._committed(base), self._dirty()
        paths = {*committed, *dirty, *remembered}
        renamed = {change.old_path for change in committed.values() if change.old_path != change.path}
        if self._repository.git_dir is None and base.files is not None:
            paths |= {stored.path for stored in self._store.modules.stored_files(self._repository.worktree)}
        blobs = self._blobs(paths)
        found = []
        for path in sorted(paths - renamed):
            if path not in blobs and path not in committed:
                continue  # no source, and not committed: nobody knows what was in it before
            change = committed.get(path) or dirty.get(path) or FileChange(path, path, "", "")
            old = change.old_path
            before, after = remembered.get(old, change.before), blobs.get(path, change.after)
            if before != after or old != path:
                found.append(FileChange(path, old if before else "", before, after))
        return tuple(found)

    def _committed(self, base: Visit) -> dict[str, FileChange]:
        if self._repository.git_dir is None:
            return {}
        now = head(self._repository).commit
        return {} if now == base.commit else {c.path: c for c in changed_files(self._repository, base.commit, now)}

    def _dirty(self) -> dict[str, FileChange]:
        if self._repository.git_dir is None:
            return {}
        return {change.path: change for change in uncommitted_files(self._repository)}

    def _blobs(self, paths: Iterable[str]) -> dict[str, str]:
        """{path: content hash, "" if it is not there} of those that the index would hold."""
        worktree = self._repository.worktree
        unread = self._store.modules.unread(worktree)
        found = {}
        for path in paths:
            stored = self._store.modules.stored_file(worktree, path)
            if stored is not None or (language_of(path) is not None and path not in unread):
                found[path] = stored.blob if stored is not None else ""
        return found

    def changes(self, base: Visit) -> Changes:
        """All that differs, symbol by symbol.

        Raises:
            RepositoryError: git does not know the earlier commit.
        """
        commit = head(self._repository).commit
        history = history_between(self._repository, base.commit, commit) if commit else History()
        files = self.files(base)
        sources = sorted((c for c in files if _is_source(c)), key=lambda c: (_is_beside(c.path), c.path))
        compared, left_out = sources[:MOST_FILES], sources[MOST_FILES:]
        texts = self._texts_before(compared)
        symbols = self._symbols(compared, texts)
        touched = _by_path(history)
        dirty = self._dirty()
        modules = (
            ModuleChange(
                path=change.path,
                old_path=change.old_path,
                is_gone=not change.after,
                is_uncommitted=change.path in dirty,
                symbols=symbols.get(change.path, ()),
                commits=_touching(change, touched),
                sections=self._sections(change, texts),
            )
            for change in compared
        )
        return Changes(
            base=base,
            commit=commit,
            history=history,
            modules=tuple(modules),
            others=tuple(change.path for change in files if not _is_source(change)),
            left_out=tuple(change.path for change in left_out),
        )

    def _symbols(self, files: Sequence[FileChange], texts: Mapping[str, bytes]) -> dict[str, tuple[SymbolChange, ...]]:
        found: list[SymbolChange] = []
        for change in files:
            before = self._outline_before(change, texts)
            after = self._outlines.outline(change.path)
            found += compare_outlines(change.path, before, after, self._same_tokens(change, texts))
        grouped: dict[str, list[SymbolChange]] = {}
        for one in with_moves(found):
            grouped.setdefault(one.path, []).append(one)
        return {path: tuple(changes) for path, changes in grouped.items()}

    def _sections(self, change: FileChange, texts: Mapping[str, bytes]) -> tuple[Symbol, ...]:
        if not change.path.endswith(PROSE):
            return ()
        before, after = self._outline_before(change, texts), self._outlines.outline(change.path)
        return tuple(changed_sections(before, after))

    def _texts_before(self, files: Sequence[FileChange]) -> Mapping[str, bytes]:
        if self._repository.git_dir is None:
            return {}
        try:
            return read_blobs(self._repository, [change.before for change in files if change.before], MOST_BYTES)
        except RepositoryError:  # a partial clone that cannot be asked
            return {}

    def _outline_before(self, change: FileChange, texts: Mapping[str, bytes]) -> Outline | None:
        if not change.before:
            return None
        text = texts.get(change.before, b"")
        language = language_of(change.old_path, text[:256].partition(b"\n")[0]) or ""
        known = self._store.modules.outline_of(change.before, language)
        if known is not None:
            return known
        return parse(text, language) if text else None

    def _same_tokens(self, change: FileChange, texts: Mapping[str, bytes]) -> Callable[[Symbol, Symbol], bool]:
        left = MOST_TOKENS

        def same(before: Symbol, now: Symbol) -> bool:
            nonlocal left
            left -= 1
            text, language = texts.get(change.before), language_of(change.path)
            if text is None or language in {None, "notebook"} or left < 0:
                return False
            try:
                current = read_file(self._repository, change.path)
            except RepositoryError:
                return False
            was = token_hash(text, language, before.span, before.name)
            return was == token_hash(current, language, now.span, now.name)

        return same


def _is_source(change: FileChange) -> bool:
    return language_of(change.path) is not None


def _is_beside(path: str) -> bool:
    """Whether it comes after the code proper: tests, then prose."""
    return is_test_path(path) or path.endswith((".md", ".rst", ".txt"))


def _by_path(history: History) -> dict[str, list[Commit]]:
    touched: dict[str, list[Commit]] = {}
    for commit, paths in history.commits:
        for path in paths:
            touched.setdefault(path, []).append(commit)
    return touched


def _touching(change: FileChange, touched: Mapping[str, Sequence[Commit]]) -> tuple[Commit, ...]:
    return tuple(dict.fromkeys([*touched.get(change.path, ()), *touched.get(change.old_path, ())]))
