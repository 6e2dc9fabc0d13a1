"""What a thought is worth, in seconds that the person will not wait, against the seconds that it costs:

P(asked) x P(passes the gates) x seconds saved - cost - P(invalidated) x cost
"""

from collections.abc import Mapping

from msgspec import Struct

from sleeptime.core.intents import prior_of
from sleeptime.core.types import Level

PRIOR_STRENGTH = 20.0
"""A prior counts as much as so many questions really asked: after a day of use, use decides."""

PASS_PRIOR = (8.0, 2.0)
"""Eight of ten thoughts pass the gates, until the jobs themselves tell."""

SECONDS_SAVED = {"purpose": 16.0}
"""A live answer takes about this long on two cores (28 s with Qwen2.5-Coder 1.5B); what is ready takes none."""
DEFAULT_SECONDS_SAVED = 28.0

COST_SECONDS = {"purpose": 4.0, "where": 0.2}
DEFAULT_COST_SECONDS = 20.0
"""Writing it, its page computed: measured asleep, with the 1.5B on one thread. What something is for is asked together
with others (`together.py`); "where" needs no model.
"""

IDLE_SECOND = 0.0005
"""What a second of an idle machine is worth against one of the person's: half an hour of it for a second of waiting.
What is on mains and quiet costs little else, but a thought that nobody will ever ask for is not worth even that.
"""

INVALIDATED, INVALIDATED_EDITED = 0.05, 0.5
"""How likely a note's code changes before anybody reads it; of a file in work every second one does."""


class Counts(Struct, frozen=True):
    """What use has taught, by (level, intent): questions asked, thoughts as (kept, dropped), and how many of the
    questions nothing ready had served.
    """

    asked: Mapping[tuple[Level, str], int] = {}
    written: Mapping[tuple[Level, str], tuple[int, int]] = {}
    missed: Mapping[tuple[Level, str], int] = {}


class Worth(Struct, frozen=True):
    """A thought's worth and what it comes from. `rate` orders: value per second of cost."""

    asked: float
    passes: float
    saved_seconds: float
    cost_seconds: float
    invalidated: float

    @property
    def value(self) -> float:
        """Seconds of waiting spared, net of the cost."""
        cost = IDLE_SECOND * self.cost_seconds
        return self.asked * self.passes * self.saved_seconds - cost - self.invalidated * cost

    @property
    def rate(self) -> float:
        """Value per second of compute."""
        return self.value / self.cost_seconds


def learned_prior(counts: Counts, level: Level, intent: str) -> float:
    """The mean of the Beta distribution of an intent's share among the questions of a level. A miss counts twice: it
    was asked, and somebody waited for what could have been ready.
    """
    prior = prior_of(intent, level)
    heard = (counts.asked, counts.missed)
    total = sum(count for of in heard for (at, _), count in of.items() if at == level)
    return (PRIOR_STRENGTH * prior + sum(of.get((level, intent), 0) for of in heard)) / (PRIOR_STRENGTH + total)


def passes(counts: Counts, level: Level, intent: str) -> float:
    """How likely such a thought passes the gates, as far as this repository's have."""
    kept, dropped = counts.written.get((level, intent), (0, 0))
    good, bad = PASS_PRIOR
    return (good + kept) / (good + bad + kept + dropped)


def worth(counts: Counts, level: Level, intent: str, *, asked: float, edited: bool) -> Worth:
    """The worth of one thought, given how likely it is asked for."""
    return Worth(
        asked=min(1.0, asked),
        passes=passes(counts, level, intent),
        saved_seconds=SECONDS_SAVED.get(intent, DEFAULT_SECONDS_SAVED),
        cost_seconds=COST_SECONDS.get(intent, DEFAULT_COST_SECONDS),
        invalidated=INVALIDATED_EDITED if edited else INVALIDATED,
    )
