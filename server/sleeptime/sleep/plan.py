"""In which order to think: the best expected value a second first, but a page's thoughts together.

Thoughts about one page of a module share a long prompt prefix, which the engine computes once if they follow each
other. So what is ordered is not single questions but *sittings*: of what is asked about one page (`pages.py`) all that
makes reading it worth more a second. The rest is worth less than another page, and waits for its turn.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.keys import combined_hash
from sleeptime.core.types import Job, Outline, Target
from sleeptime.index import Sources, is_test_path
from sleeptime.sleep.notes import ENOUGH, Notes, feeding, parts_of
from sleeptime.sleep.pages import page_number, pages_of
from sleeptime.sleep.predict import (
    Question,
    likely_questions,
    needs_no_model,
    questions_about_themes,
    questions_about_wholes,
)
from sleeptime.sleep.themes import Theme
from sleeptime.sleep.value import Counts, Worth, learned_prior, worth

PAGE_SECONDS = 65.0
"""What reading a page costs before the first of its questions: some 1,700 tokens, with the 1.5B on one thread."""

MAX_JOBS = 2_000
"""More is hours of work on any machine; the rest is planned when these are done."""

TEST_WEIGHT = 0.1
"""Tests are read far less often than they are run."""

ASKED_SHARE = 0.1
"""Turns a relative likelihood into a probability: of a hundred questions as likely as can be, some ten are asked."""


class Outlook(Struct, frozen=True):
    """All that the order depends on besides the code: what use has taught, where the person looks, what is written,
    and what was thought about last (`begun`).
    """

    counts: Counts = Counts()
    attention: Mapping[str, tuple[float, str]] = {}
    edited: frozenset[str] = frozenset()
    notes: Notes | None = None
    themes: tuple[Theme, ...] = ()
    begun: Target | None = None


class Planned(Struct, frozen=True):
    """A job with its worth and the reason for its place, for a person to read; `members` if it is about a theme, and
    `reads_page` if it is the first that the engine reads a page for.
    """

    job: Job
    worth: Worth
    reason: str
    members: tuple[Target, ...] = ()
    reads_page: bool = False


class Thought(Struct, frozen=True):
    """A question that is worth a job."""

    question: Question
    worth: Worth


class Sitting(Struct, frozen=True):
    """Thoughts to be thought one after the other, what they are worth a second, and whether a page is read for them."""

    rate: float
    thoughts: list[Thought]
    reads_page: bool


def plan(
    sources: Sources, ranks: Mapping[str, float], prompt_version: str, outlook: Outlook | None = None
) -> list[Planned]:
    """The jobs worth doing now, best first. Deterministic, and the same work always has the same key."""
    return _Plan(sources, ranks, outlook or Outlook()).jobs(prompt_version)


class _Plan:
    def __init__(self, sources: Sources, ranks: Mapping[str, float], outlook: Outlook) -> None:
        self._sources = sources
        self._ranks = ranks
        self._outlook = outlook

    def jobs(self, prompt_version: str) -> list[Planned]:
        sittings = [sitting for group in self._groups() for sitting in self._sittings(group)]
        sittings.sort(key=lambda sitting: (-sitting.rate, str(sitting.thoughts[0].question.target)))
        planned = (
            self._planned(thought, sitting, prompt_version) for sitting in sittings for thought in sitting.thoughts
        )
        return [one for one, _ in zip(planned, range(MAX_JOBS), strict=False)]

    def _sittings(self, thoughts: list[Thought]) -> Iterator[Sitting]:
        """The best thoughts about one page, as many as raise their common rate, then the best of the rest, for which
        the page is read again. A page that was read last costs nothing more: what was begun is finished before another
        page pushes it out of the engine's cache. Short questions stand together, and so do those about one symbol.
        """
        waiting = sorted(thoughts, key=lambda thought: -thought.worth.rate)
        while waiting:
            thinks = not all(needs_no_model(thought.question.intent) for thought in waiting)
            reads_page = thinks and not self._is_read(waiting[0].question.target)
            value, seconds, taken = 0.0, PAGE_SECONDS * reads_page, 0
            for one in (thought.worth for thought in waiting):
                if taken and one.rate < value / seconds:
                    break
                value, seconds, taken = value + one.value, seconds + one.cost_seconds, taken + 1
            ordered = sorted(waiting[:taken], key=_place)
            yield Sitting(value / seconds, ordered, reads_page)
            waiting = waiting[taken:]

    def _is_read(self, target: Target) -> bool:
        """Whether a target shares its page, or the parts of its theme, with what was thought about last."""
        begun = self._outlook.begun
        if begun is None or target.path != begun.path or (target.level == "topic") != (begun.level == "topic"):
            return False
        outline = self._sources.outlines.outline(target.path)
        if target.level == "topic" or outline is None:
            return target.symbol == begun.symbol
        pages, symbol_of = pages_of(outline), self._sources.symbol
        return page_number(pages, symbol_of(target)) == page_number(pages, symbol_of(begun))

    def _groups(self) -> Iterator[list[Thought]]:
        """The questions of one page each, then those about what modules make up."""
        for path in self._sources.outlines.paths():
            if (outline := self._sources.outlines.outline(path)) is not None:
                thoughts = self._thoughts(likely_questions(path, outline), importance_of(path, self._ranks))
                yield from _by_page(outline, thoughts)
        for questions in questions_about_themes(self._outlook.themes):
            yield self._thoughts(questions, 1.0)
        for question in questions_about_wholes(self._sources):
            yield self._thoughts([question], 1.0)

    def _thoughts(self, questions: Iterable[Question], importance: float) -> list[Thought]:
        thoughts = []
        for question in questions:
            if self._is_due(question):
                value = self._worth(question, importance)
                thoughts += [Thought(question, value)] if value.value > 0 else []
        return thoughts

    def _is_due(self, question: Question) -> bool:
        """Not answered yet, and what it is to be written from is there."""
        notes, target = self._outlook.notes, question.target
        if notes is not None and notes.has(target, question.intent):
            return False
        parts = parts_of(target, question.intent, self._sources)
        if not parts:
            return True
        # A package whose modules hold nothing to ask about, and the modules of one symbol, get no note themselves.
        worthy = [part for part in parts if part.symbol or self._is_asked_about(part.path)]
        written = sum(notes is not None and notes.summary(part) is not None for part in worthy)
        return bool(worthy) and written >= ENOUGH * len(worthy)

    def _is_asked_about(self, path: str) -> bool:
        outline = self._sources.outlines.outline(path)
        if outline is None:  # a package: asked about if it has modules enough
            return any(question.target.path == path for question in questions_about_wholes(self._sources))
        return next(iter(likely_questions(path, outline)), None) is not None

    def _worth(self, question: Question, importance: float) -> Worth:
        level, counts, path = question.target.level, self._outlook.counts, question.target.path
        learned = learned_prior(counts, level, question.intent) / question.prior
        attention, _ = self._outlook.attention.get(path, (0.0, ""))
        asked = ASKED_SHARE * question.likelihood * learned * importance * (1.0 + attention)
        return worth(counts, level, question.intent, asked=asked, edited=path in self._outlook.edited)

    def _planned(self, thought: Thought, sitting: Sitting, prompt_version: str) -> Planned:
        question = thought.question
        notes, target = self._outlook.notes, question.target
        parts = parts_of(target, question.intent, self._sources)
        fed_by = [note.key for note in feeding(parts, notes.summary)] if notes else []
        code_hash = notes.code_hash if notes else self._sources.code_hash
        code = [code_hash(one) for one in (target, *question.members)]
        key = combined_hash([str(target), question.intent, *code, *fed_by, prompt_version])
        job = Job(0, key, target, question.intent, sitting.rate)
        reads_page = sitting.reads_page and thought is sitting.thoughts[0]
        return Planned(job, thought.worth, self._reason(thought), question.members, reads_page)

    def _reason(self, thought: Thought) -> str:
        question, value = thought.question, thought.worth
        _, noticed = self._outlook.attention.get(question.target.path, (0.0, ""))
        relative = self._ranks.get(question.target.path, 0.0) * max(len(self._ranks), 1)
        central = "much depends on it" if relative > CENTRAL else ""
        wide = "the first thing a newcomer asks" if question.target.level in {"package", "repository"} else ""
        concept = f"a concept of {len(question.members)} parts" if question.target.level == "topic" else ""
        said = [noticed, central, wide, concept, "no docstring" if question.is_undocumented else ""]
        formula = (
            f"{value.asked:.3f} asked x {value.passes:.2f} passes x {value.saved_seconds:.0f} s saved "
            f"for {value.cost_seconds:.0f} s of work"
        )
        return "; ".join([*(part for part in said if part), formula])


def _place(thought: Thought) -> tuple[bool, str]:
    """In a sitting: what each thing is for, in one generation (`together.py`), then what takes longer to say."""
    return thought.question.intent != SUMMARY_INTENT, thought.question.target.symbol


CENTRAL = 2.0
"""Times an average module's rank, from which on a module is called central."""


def _by_page(outline: Outline, thoughts: list[Thought]) -> Iterable[list[Thought]]:
    if not thoughts:
        return ()
    pages = pages_of(outline)
    symbols = {symbol.qualified_name: symbol for symbol in outline.symbols}
    groups: list[list[Thought]] = [[] for _ in pages]
    for thought in thoughts:
        groups[page_number(pages, symbols.get(thought.question.target.symbol))].append(thought)
    return groups


def importance_of(path: str, ranks: Mapping[str, float]) -> float:
    """The root of the rank against an average module's; tests count less. The root, because nobody asks a hundred
    questions about one hub before the first about its neighbour.
    """
    relative = ranks.get(path, 0.0) * max(len(ranks), 1)
    return math.sqrt(max(relative, 0.1)) * (TEST_WEIGHT if is_test_path(path) else 1.0)
