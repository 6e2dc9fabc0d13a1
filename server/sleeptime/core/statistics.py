"""Intervals for what was measured on few cases: exact bounds of a share, and bootstrap intervals of means."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

RESAMPLES = 2_000
"""Enough that the ends of a 95 % interval move less than they are rounded to."""

BISECTIONS = 60
"""Halves [0, 1] down to the precision of a float."""


class Interval(Struct, frozen=True):
    """An estimate and the bounds it lies between; all NaN where there was nothing to estimate from."""

    estimate: float
    low: float
    high: float


def upper_bound(failures: int, trials: int, confidence: float = 0.95) -> float:
    """Clopper-Pearson: the largest failure rate that would still show no more than `failures` of `trials` with a
    probability of 1 - `confidence` (one-sided). With no failure, 59 trials bring it under 5 %; with no trial it is 1.
    """
    if failures >= trials:
        return 1.0
    return _solve(lambda rate: _at_most(failures, trials, rate) > 1 - confidence)


def lower_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """Clopper-Pearson: the smallest success rate that is compatible with `successes` of `trials` (one-sided)."""
    return 1.0 - upper_bound(trials - successes, trials, confidence)


def share_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """A share with its two-sided Clopper-Pearson interval."""
    if not trials:
        return Interval(math.nan, math.nan, math.nan)
    side = (1 + confidence) / 2
    return Interval(successes / trials, lower_bound(successes, trials, side), upper_bound(successes, trials, side))


def bootstrap_mean(values: Sequence[float], seed: int = 0, confidence: float = 0.95) -> Interval:
    """The mean with its percentile bootstrap interval. The same values and seed give the same interval."""
    return bootstrap(np.reshape(np.asarray(values, float), (-1, 1)), lambda means: means[:, 0], seed, confidence)


def bootstrap_ratio(above: Sequence[float], below: Sequence[float], seed: int = 0) -> Interval:
    """The ratio of two means over the same cases, drawn together (case i of the one with case i of the other)."""
    pairs = np.column_stack([np.asarray(above, float), np.asarray(below, float)])
    return bootstrap(pairs, lambda means: means[:, 0] / means[:, 1], seed)


def bootstrap(
    cases: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], seed: int = 0, confidence: float = 0.95
) -> Interval:
    """A statistic of the columns' means with its percentile bootstrap interval.

    `cases` has shape (cases, columns); `statistic` turns means of shape (n, columns) into n values. Not finite values
    (a ratio to nothing) become part of the interval: it then ends at infinity.
    """
    if not len(cases):
        return Interval(math.nan, math.nan, math.nan)
    drawn = np.random.default_rng(seed).integers(len(cases), size=(RESAMPLES, len(cases)))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = statistic(cases.mean(axis=0, keepdims=True))[0]
        values = np.nan_to_num(statistic(cases[drawn].mean(axis=1)), nan=np.inf, posinf=np.inf)
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail], method="nearest")
    return Interval(float(estimate), float(low), float(high))


def _at_most(count: int, trials: int, rate: float) -> float:
    """The probability of at most `count` of `trials`, each of probability `rate` in (0, 1)."""
    logs = (
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(rate) + (trials - k) * math.log1p(-rate)
        for k in range(count + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, logs))


def _solve(is_below: Callable[[float], bool]) -> float:
    """Where a test that holds below some rate and fails above it changes, in (0, 1)."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high
