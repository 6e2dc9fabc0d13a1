"""A finished comparison as plain data: what was asked of what, the figures, and what they say in words."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sleeptime.core.statistics import Interval
from sleeptime.report.compare import Row
from sleeptime.report.summary import (
    Amortised,
    ArmFigures,
    Bin,
    PassAtK,
    Versus,
    amortised,
    by_predictability,
    figures,
    pass_at_k,
    served,
    versus,
)

FACTS, BLIND, SLEEP = "facts only", "blind", "sleep"


FEWEST = 6
"""Questions below which better or worse is not said: five that all differ in one direction do so by chance in more than
one comparison of twenty (sign test: 2 x 0.5 ** 5 = 0.06).
"""


class About(Struct, frozen=True, kw_only=True):
    """What a reader must know to believe the figures. `questions` is by set, as (asked, in the file); `slept` says by
    arm what its sleep cost; `predictability` is the name of the measure that the thirds are cut by.
    """

    subject: str
    model: str
    machine: str
    seed: int
    questions: Mapping[str, tuple[int, int]]
    slept: Mapping[str, str] = {}
    predictability: str = ""
    remarks: Sequence[str] = ()


class Comparison(Struct, frozen=True, kw_only=True):
    """All figures, and `findings`: what they say, sentence by sentence."""

    about: About
    figures: Sequence[ArmFigures]
    versus_raw: Sequence[Versus]
    amortised: Sequence[Amortised]
    bins: Sequence[Bin]
    pass_at_k: Sequence[PassAtK]
    served: Sequence[tuple[str, str, Interval]]
    findings: Sequence[str]


def compared(
    rows: Sequence[Row], about: About, predictability: Mapping[tuple[str, str], float] | None = None
) -> Comparison:
    """The figures of some rows."""
    return Comparison(
        about=about,
        figures=figures(rows, about.seed),
        versus_raw=versus(rows, about.seed),
        amortised=amortised(rows),
        bins=by_predictability(rows, predictability or {}, about.seed),
        pass_at_k=pass_at_k(rows, about.seed),
        served=[(name, arm, share) for (name, arm), share in served(rows).items()],
        findings=findings(rows, about.seed),
    )


def write_json(comparison: Comparison, path: Path) -> None:
    """Numbers that are none (a mean of nothing, a break-even that never comes) are written as null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n")


def findings(rows: Sequence[Row], seed: int) -> list[str]:
    """What the figures say in words, whether it pleases or not."""
    said = [_against_raw(pair) for pair in versus(rows, seed) if pair.arm == SLEEP]
    said += [_against(pair, "static facts alone") for pair in versus(rows, seed, [FACTS]) if pair.arm == SLEEP]
    said += [_against(pair, "sleep over random modules") for pair in versus(rows, seed, [BLIND]) if pair.arm == SLEEP]
    return said


def _against_raw(pair: Versus) -> str:
    quality = [f"{_named(metric)} {_signed(gain)}" for metric, gain in pair.gains.items() if metric in _QUALITY]
    fewer, faster = times(pair.tokens_ratio), times(pair.latency_ratio)
    return (
        f"{_where(pair)}: sleep computed {fewer} fewer tokens than raw retrieval and answered {faster} faster; "
        f"{', '.join(quality) or 'no score could be compared'}."
    )


def _against(pair: Versus, other: str) -> str:
    if pair.questions < FEWEST:
        return f"{_where(pair)}: against {other}, too few questions to tell (at least {FEWEST})."
    better = [_named(m) for m, gain in pair.gains.items() if m in _QUALITY and gain.low > 0]
    worse = [_named(m) for m, gain in pair.gains.items() if m in _QUALITY and gain.high < 0]
    if not better and not worse:
        measured = ", ".join(f"{_named(m)} {_signed(gain)}" for m, gain in pair.gains.items() if m in _QUALITY)
        return f"{_where(pair)}: against {other}, no gain from what the model wrote asleep can be seen ({measured})."
    said = [f"better in {' and '.join(better)}"] if better else []
    said += [f"worse in {' and '.join(worse)}"] if worse else []
    return f"{_where(pair)}: against {other}, sleep is {', and '.join(said)}."


def _where(pair: Versus) -> str:
    return f"{pair.set}, verbosity {pair.verbosity}, {pair.questions} question{'s' * (pair.questions != 1)}"


_QUALITY = {
    "evidence_recall": "evidence recall",
    "identifier_recall": "identifier recall",
    "correct": "exact numbers",
}


def _named(metric: str) -> str:
    return _QUALITY.get(metric, metric)


def times(ratio: Interval) -> str:
    """A ratio with its interval: "5.1x (3.0 to 8.2)"."""
    return f"{number(ratio.estimate)}x ({number(ratio.low)} to {number(ratio.high)})"


def number(value: float) -> str:
    """Three digits at most after the point, and words for what is no number."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _signed(gain: Interval) -> str:
    return f"{gain.estimate:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})"
