"""The notes there are, and which feed which: symbols their module, modules their package, packages the overview."""

from collections.abc import Callable, Sequence

from sleeptime.core.types import CLASS_KINDS, Answer, Target, level_of
from sleeptime.index import Freshness, Sources, members
from sleeptime.store import Store

ENOUGH = 0.8
"""Share of the parts that must have a note before the whole is written about: waiting for the last one is waiting for
one that the gates may drop.
"""

MOST_PARTS = 12
"""Notes that are read for one of a level above: about 700 tokens."""

FindNote = Callable[[Target], Answer | None]
"""The fresh summary of a target, if there is one."""


def no_notes(_target: Target) -> Answer | None:
    """Where nothing was written yet."""
    return None


class Notes:
    """The summaries in a store that are fresh now, read once."""

    def __init__(self, sources: Sources, store: Store, model: str) -> None:
        answers = [answer for answer in store.answers.all() if answer.model == model]
        by_key = {answer.key: answer for answer in answers}
        self._freshness = Freshness(sources, by_key.get)
        self._fresh: dict[tuple[Target, str], Answer] = {}
        for answer in reversed(answers):  # oldest first: the newest stays
            if self._freshness.is_fresh(answer):
                self._fresh[answer.target, answer.intent] = answer

    def summary(self, target: Target) -> Answer | None:
        """The fresh summary of a target."""
        return self._fresh.get((target, "purpose"))

    def of_intent(self, intent: str) -> list[Answer]:
        """All fresh answers of one kind."""
        return [answer for (_, kind), answer in self._fresh.items() if kind == intent]

    def has(self, target: Target, intent: str) -> bool:
        """Whether a fresh answer is there already."""
        return (target, intent) in self._fresh

    def code_hash(self, target: Target) -> str:
        """What a target says now; see `index/freshness.py`."""
        return self._freshness.code_hash(target)


def feeding(parts: Sequence[Target], find: FindNote) -> tuple[Answer, ...]:
    """The notes about some parts that are there, as many as are read."""
    return tuple(note for part in parts if (note := find(part)))[:MOST_PARTS]


def parts_of(target: Target, intent: str, sources: Sources) -> tuple[Target, ...]:
    """What a target is made of, if notes about that feed its own; () for what is written from its source."""
    if target.level == "package" or (target.level == "repository" and intent == "overview"):
        return members(target, sources)
    if target.level != "module" or intent not in {"explain", "data_flow"}:
        return ()
    outline = sources.outlines.outline(target.path)
    tops = [symbol for symbol in outline.symbols if symbol.parent < 0 and symbol.exported] if outline else []
    return tuple(
        Target(level_of(symbol), target.path, symbol.qualified_name)
        for symbol in tops
        if symbol.kind in CLASS_KINDS | {"function"}
    )
