"""Fills the words of bodies while nobody asks: what parsing leaves out because it would take too long there."""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sleeptime.core.types import Outline, Target
from sleeptime.index import Sources
from sleeptime.sleep.embed import EMBEDDED_KINDS
from sleeptime.store import Store, split_name
from sleeptime.store.bodies import Body

BODY_WORDS = 4000
"""Distinct words kept of one body: only generated tables have more."""

_WORD = re.compile(r"[^\W\d]\w*")


def fill_bodies(paths: Sequence[str], sources: Sources, store: Store, worktree: str, cancel: threading.Event) -> int:
    """Read the bodies of some files' contents that were never read; returns how many files those were.

    A file whose text is no longer what was indexed is left for the next time.
    """
    filled = 0
    for path in paths:
        stored = store.modules.stored_file(worktree, path)
        if cancel.is_set():
            break
        if stored is None or not store.bodies.missing([stored.outline_id]):
            continue
        outline, lines = sources.outlines.outline(path), sources.lines(path)
        if outline is not None and _agree(path, outline, sources):
            store.bodies.put(stored.outline_id, bodies(path, outline, lines))
            filled += 1
    return filled


def bodies(path: str, outline: Outline, lines: Sequence[str]) -> Iterator[Body]:
    """Each line's words, with the innermost symbol that is worth finding; -1 has what lies outside of all."""
    owners = [-1] * len(lines)
    wanted = [-1]
    for index, symbol in enumerate(outline.symbols):
        if symbol.kind in EMBEDDED_KINDS:
            wanted.append(index)
            end = symbol.span.end_line + (symbol.span.end_column > 0)
            owners[symbol.span.start_line : end] = [index] * (min(end, len(lines)) - symbol.span.start_line)
    words: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for owner, line in zip(owners, lines, strict=True):
        if len(words[owner]) < BODY_WORDS:
            words[owner].update(
                dict.fromkeys(word for name in _WORD.findall(line) for word in split_name(name).split())
            )
    for index in wanted:
        name = path if index < 0 else outline.symbols[index].qualified_name
        yield index, " ".join(split_name(part) for part in _WORD.findall(name)), " ".join(words[index])


def _agree(path: str, outline: Outline, sources: Sources) -> bool:
    """Whether the last definition still stands where it was indexed, and so does what precedes it."""
    last = next((symbol for symbol in reversed(outline.symbols) if symbol.parent < 0), None)
    return last is None or sources.passage(Target("symbol", path, last.qualified_name)) is not None
