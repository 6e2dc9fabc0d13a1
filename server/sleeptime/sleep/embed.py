"""Fills the store's vectors while nobody asks: one short text for each symbol and file that a question may be about."""

import threading
from collections.abc import Callable, Iterator, Sequence

from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.keys import text_hash
from sleeptime.core.ports import Embedder
from sleeptime.core.types import Outline, Symbol, SymbolKind, Target, level_of
from sleeptime.prompts import first_sentence
from sleeptime.store import Store

BATCH_TEXTS = 64
"""Texts embedded at once, a quarter of a second on two cores: so late a cancellation is noticed."""

MOST_TEXTS = 20_000
"""What is embedded of one worktree, the most important files first: 30 MB in memory, 90 seconds of sleep."""

TEXT_CHARACTERS = 400
"""Some 100 tokens: 280 texts a second fell to 14 when they grew to 256 tokens."""

EMBEDDED_KINDS: frozenset[SymbolKind] = frozenset(
    {"class", "interface", "struct", "enum", "trait", "function", "method", "constructor", "property", "heading"}
)
"""Fields and constants say too little to have a meaning of their own."""

Said = Callable[[Target], str]
"""The summary of a target, or ""."""


def fill_vectors(paths: Sequence[str], store: Store, worktree: str, embedder: Embedder, cancel: threading.Event) -> int:
    """Embed what has no vector yet of some files, the most important first; returns how many texts that were.

    Ends within a batch once `cancel` is set; what it did is kept, and the next call goes on.
    """
    work = _Filling(store, worktree, embedder, cancel)
    outlines = store.outlines(worktree)
    said = _summaries(store)
    texts_seen = 0
    for path in paths:
        outline = outlines.outline(path)
        if cancel.is_set() or texts_seen >= MOST_TEXTS:
            break
        if outline is not None:
            texts = dict(short_texts(path, outline, said))
            texts_seen += len(texts)
            work.add(path, texts)
    work.flush()
    return work.embedded


def short_texts(path: str, outline: Outline, said: Said) -> Iterator[tuple[int, str]]:
    """(symbol, its text) of what is worth finding; symbol -1 is the file."""
    stem = path.rsplit("/", 1)[-1]
    yield -1, _text(f"{stem} ({path})", outline.docstring, said(Target("module", path)))
    for index, symbol in enumerate(outline.symbols):
        if symbol.kind in EMBEDDED_KINDS:
            target = Target(level_of(symbol), path, symbol.qualified_name)
            yield index, _text(_head(symbol), symbol.docstring, said(target))


def _head(symbol: Symbol) -> str:
    return f"{symbol.qualified_name}: {symbol.signature}" if symbol.kind != "heading" else symbol.name


def _text(head: str, docstring: str, summary: str) -> str:
    """What it is called, what it says of itself, and what was found out about it."""
    return ". ".join(part for part in (head, first_sentence(docstring), summary) if part)[:TEXT_CHARACTERS]


def _summaries(store: Store) -> Said:
    """Of each target the newest summary, whichever version of its code it was written about: it says what it is for."""
    newest: dict[Target, str] = {}
    for answer in store.answers.all():
        if answer.intent == SUMMARY_INTENT:
            newest.setdefault(answer.target, answer.text)
    return lambda target: newest.get(target, "")


class _Filling:
    """Texts of several files on their way to full batches."""

    def __init__(self, store: Store, worktree: str, embedder: Embedder, cancel: threading.Event) -> None:
        self.embedded = 0
        self._store = store
        self._worktree = worktree
        self._embedder = embedder
        self._cancel = cancel
        self._waiting: dict[str, str] = {}
        self._files: list[tuple[str, dict[int, str]]] = []

    def add(self, path: str, texts: dict[int, str]) -> None:
        """Take the texts of one file."""
        hashes = {index: text_hash(text.encode()) for index, text in texts.items()}
        missing = self._store.vectors.missing(self._embedder.name, list(hashes.values()))
        self._waiting |= {hashes[index]: text for index, text in texts.items() if hashes[index] in missing}
        self._files.append((path, hashes))
        if len(self._waiting) >= BATCH_TEXTS:
            self.flush()

    def flush(self) -> None:
        """Embed what waits, then say what stands for what; once cancelled, only what is whole."""
        items = list(self._waiting.items())
        for start in range(0, len(items), BATCH_TEXTS):
            if self._cancel.is_set():
                return
            some = items[start : start + BATCH_TEXTS]
            vectors = self._embedder.embed([text for _, text in some])  # (texts, dimensions)
            self._store.vectors.put(self._embedder.name, {key: vectors[row] for row, (key, _) in enumerate(some)})
            self.embedded += len(some)
        for path, hashes in self._files:
            self._store.vectors.describe(self._worktree, path, hashes)
        self._waiting, self._files = {}, []
