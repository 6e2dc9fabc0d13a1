"""Where else to look: the places that bear on an answer and that it does not cite. No model writes them."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sleeptime.answer.find import Found
from sleeptime.core.types import Answer, Evidence, Target
from sleeptime.index import PROSE, UNIVERSAL_NAMES, GoOn, Graph, Sources, cited_places, is_aside, is_test_path

FILES_SHOWN = 5
"""Files that an answer names in all."""

LOOK_SECONDS = 0.02
"""Of one processor. It is enough for all that there is in a repository of a hundred files; in one of thousands a name
that is all over it would take half a second.
"""

FEWEST_JOINTS = 3
"""What is joined to one thing alone is not joined to it more closely than the nearest of three."""


def see_also(text: str, evidence: tuple[Evidence, ...], found: Found, sources: Sources) -> str:
    """A line that names the best place in each of the first files found, a definition if there is one, until the
    answer names `FILES_SHOWN` files; "" if it does without.
    """
    best = _first_of_each((*(target for target in found.targets if target.symbol), *found.targets))
    return _line(text, evidence, [best[path] for path in found.files if path in best], sources)


def nearby(note: Answer, text: str, graph: Graph, sources: Sources) -> str:
    """A line that names, file by file, what a note was written from, then what that uses or extends and what uses it,
    most closely joined first, until the answer names `FILES_SHOWN` files; "" if it does without. The graph is asked
    now, for `LOOK_SECONDS`, so the line is as new as the index, whenever the note was written.

    What search finds for a note's question was measured beside it (issue 5, short sets): it found fewer of the files
    that the references name, among them files that merely share a word, and took twelve times as long.
    """
    about = [read.target for read in note.read] or [note.target]
    own = [target for target in about if not target.path.endswith(PROSE) and sources.symbol(target) is not None]
    end = time.thread_time() + LOOK_SECONDS
    joined: defaultdict[str, defaultdict[Target, float]] = defaultdict(lambda: defaultdict(float))
    for place, subject in enumerate(own):
        if place and time.thread_time() > end:
            break
        beside = list(_beside(subject, graph, lambda: time.thread_time() < end))
        for target in beside:
            joined[target.path][target] += 1 / (1 + place) / max(FEWEST_JOINTS, len(beside))
    files = sorted(joined, key=lambda path: -sum(joined[path].values()))
    best = [max(joined[path], key=lambda target: (bool(target.symbol), joined[path][target])) for path in files]
    return _line(text, note.evidence, [*own, *best], sources)


def _beside(subject: Target, graph: Graph, go_on: GoOn) -> Iterator[Target]:
    """What uses a symbol, and what it uses or extends, in the code of other files that the repository is made of."""
    facts = graph.facts(subject, go_on=go_on)
    if facts is None:
        return
    used = (use.target for use in (*facts.uses, *facts.callees) if not use.ambiguous)
    for target in (*used, *facts.bases, *facts.subclasses):
        is_known = target.symbol.rpartition(".")[2] in UNIVERSAL_NAMES
        if target.path != subject.path and not (is_known or is_test_path(target.path) or is_aside(target.path)):
            yield target


def _line(text: str, evidence: Iterable[Evidence], places: Iterable[Target], sources: Sources) -> str:
    shown = {path for path, _, _ in cited_places(text)} | {cited.path for cited in evidence}
    others = [target for path, target in _first_of_each(places).items() if path not in shown]
    named = [_place(target, sources) for target in others[: max(0, FILES_SHOWN - len(shown))]]
    return f"See also {', '.join(named)}." if named else ""


def _first_of_each(places: Iterable[Target]) -> dict[str, Target]:
    first: dict[str, Target] = {}
    for target in places:
        first.setdefault(target.path, target)
    return first


def _place(target: Target, sources: Sources) -> str:
    symbol = sources.symbol(target) if target.symbol else None
    if symbol is None:
        return f"`{target.path}:1`"  # as code: `__init__.py` is no bold print
    place = f"`{target.path}:{symbol.name_span.start_line + 1}`"
    return place if symbol.kind == "heading" else f"`{symbol.qualified_name.split('#')[0]}` ({place})"
