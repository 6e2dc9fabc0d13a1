"""Rows as figures: means with their intervals, ratios to raw retrieval, amortised cost, outcomes.

Sets are never mixed. What an average hides is given too: how many questions stand behind it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from sleeptime.core.statistics import Interval, bootstrap_mean, bootstrap_ratio, share_interval
from sleeptime.report.compare import Row
from sleeptime.report.scores import METRICS

BASELINES = ("raw retrieval", "raw context")
"""What every other arm is held against."""

MAIN_METRICS = ("correct", "identifier_recall", "evidence_recall", "similarity")
"""What a plot shows: the first that the references of a set allow."""

QUESTIONS_A_CONTEXT = (1, 2, 5, 10)
TEST_WEIGHTS = (1, 3, 10)
"""t: how much dearer a token is while a person waits than while nobody does."""

SERVED = ("cache", "facts")
"""Outcomes that needed no model after the question came: an answer written asleep, or stated from the code itself."""

BINS = 3
"""Thirds by predictability: more bins would hold too few questions to tell apart."""


class ArmFigures(Struct, frozen=True, kw_only=True):
    """One arm at one verbosity on one set. `scores` are means; `scored` says of how many answers each is."""

    set: str
    arm: str
    verbosity: int
    questions: int
    scores: Mapping[str, Interval]
    scored: Mapping[str, int]
    test_tokens: Interval
    prompt_tokens: float
    cached_tokens: float
    generated_tokens: float
    sleep_tokens: float
    latency_ms: Interval
    latency_p50_ms: float
    latency_p95_ms: float
    latencies_ms: Sequence[float]
    needs_model: bool
    outcomes: Mapping[str, int]


class Versus(Struct, frozen=True, kw_only=True):
    """An arm against the baseline on the questions that both were asked: how many times fewer tokens and milliseconds,
    and how much higher each score is.
    """

    set: str
    arm: str
    verbosity: int
    questions: int
    tokens_ratio: Interval
    latency_ratio: Interval
    gains: Mapping[str, Interval]


class Amortised(Struct, frozen=True, kw_only=True):
    """Cost of a question, in tokens that count 1 asleep and t awake: t x test tokens + sleep tokens / N. `break_even`
    is the number of questions about one context from which on the arm is cheaper than the baseline (inf: never).
    """

    set: str
    arm: str
    verbosity: int
    t: int
    sleep_tokens: float
    costs: Mapping[int, float]
    saving: Mapping[int, float]
    break_even: float


class Bin(Struct, frozen=True, kw_only=True):
    """A score of an arm among the questions of one third by predictability."""

    set: str
    arm: str
    verbosity: int
    bin: int
    low: float
    high: float
    metric: str
    score: Interval
    questions: int


class PassAtK(Struct, frozen=True, kw_only=True):
    """Share of questions that at least one of k samples gets right, and what k samples cost at test time."""

    set: str
    arm: str
    verbosity: int
    k: int
    correct: Interval
    test_tokens: float


Group = tuple[str, str, int]


def groups(rows: Iterable[Row]) -> dict[Group, list[Row]]:
    """First samples by (set, arm, verbosity), in the order met."""
    found: dict[Group, list[Row]] = {}
    for row in rows:
        if row.sample == 0:
            found.setdefault((row.set, row.arm, row.verbosity), []).append(row)
    return found


def figures(rows: Sequence[Row], seed: int) -> list[ArmFigures]:
    """One for each set, arm and verbosity."""
    return [_figures(group, of_group, seed) for group, of_group in groups(rows).items()]


def versus(rows: Sequence[Row], seed: int, baselines: Sequence[str] = BASELINES) -> list[Versus]:
    """Every arm with a model against the first of `baselines` that was asked the same set with the same verbosity."""
    by_group = groups(rows)
    return [
        _versus(group, of_group, baseline, seed)
        for group, of_group in by_group.items()
        if group[1] not in baselines and (baseline := _baseline(by_group, group, baselines))
    ]


def amortised(rows: Sequence[Row]) -> list[Amortised]:
    """The cost of every arm for each number of questions a context and each t."""
    by_group = groups(rows)
    return [
        _amortised(group, of_group, baseline, t)
        for group, of_group in by_group.items()
        if (baseline := _baseline(by_group, group, BASELINES))
        for t in TEST_WEIGHTS
    ]


def by_predictability(rows: Sequence[Row], predictability: Mapping[tuple[str, str], float], seed: int) -> list[Bin]:
    """Main scores by thirds of `predictability`, which is by (set, id); all arms of a set are cut alike."""
    found = []
    for (name, arm, verbosity), of_group in groups(rows).items():
        known = sorted(value for (of_set, _), value in predictability.items() if of_set == name)
        metric = main_metric(of_group)
        if len(known) < BINS or metric is None or not of_group[0].needs_model:
            continue
        cuts = [float(cut) for cut in np.quantile(known, np.linspace(0, 1, BINS + 1))]
        for number in range(BINS):
            scores = [
                score
                for row in of_group
                if _bin(predictability.get((name, row.id)), cuts) == number
                and (score := _score(row, metric)) is not None
            ]
            found.append(
                Bin(
                    set=name, arm=arm, verbosity=verbosity, bin=number, low=cuts[number], high=cuts[number + 1],
                    metric=metric,
                    score=bootstrap_mean(scores, seed), questions=len(scores),
                )
            )  # fmt: skip
    return found


def pass_at_k(rows: Sequence[Row], seed: int) -> list[PassAtK]:
    """For questions with a number as their answer: every k up to the number of samples."""
    samples: dict[Group, dict[str, list[Row]]] = {}
    for row in rows:
        if row.scores.correct is not None:
            samples.setdefault((row.set, row.arm, row.verbosity), {}).setdefault(row.id, []).append(row)
    found = []
    for (name, arm, verbosity), questions in samples.items():
        tokens = _mean(row.produced.test_tokens for of_one in questions.values() for row in of_one)
        for k in range(1, 1 + min(len(of_one) for of_one in questions.values())):
            shares = [_pass(len(rs), sum(r.scores.correct == 1 for r in rs), k) for rs in questions.values()]
            correct = bootstrap_mean(shares, seed)
            found.append(PassAtK(set=name, arm=arm, verbosity=verbosity, k=k, correct=correct, test_tokens=k * tokens))
    return found


def served(rows: Sequence[Row], outcomes: Sequence[str] = SERVED) -> dict[tuple[str, str], Interval]:
    """Share of questions with one of these outcomes, by (set, arm), with its exact interval."""
    return {
        (name, arm): share_interval(sum(row.produced.outcome in outcomes for row in of_group), len(of_group))
        for (name, arm, _), of_group in groups(rows).items()
    }


def main_metric(rows: Sequence[Row]) -> str | None:
    """What a plot shows of these: exact numbers if the references are numbers, else the code names recalled."""
    for metric in MAIN_METRICS:
        if any(_score(row, metric) is not None for row in rows):
            return metric
    return None


def _figures(group: Group, rows: Sequence[Row], seed: int) -> ArmFigures:
    name, arm, verbosity = group
    scores = {metric: [s for row in rows if (s := _score(row, metric)) is not None] for metric in METRICS}
    latencies = [row.produced.latency_ms for row in rows]
    return ArmFigures(
        set=name,
        arm=arm,
        verbosity=verbosity,
        questions=len(rows),
        scores={metric: bootstrap_mean(values, seed) for metric, values in scores.items() if values},
        scored={metric: len(values) for metric, values in scores.items() if values},
        test_tokens=bootstrap_mean([row.produced.test_tokens for row in rows], seed),
        prompt_tokens=_mean(row.produced.prompt_tokens for row in rows),
        cached_tokens=_mean(row.produced.cached_tokens for row in rows),
        generated_tokens=_mean(row.produced.generated_tokens for row in rows),
        sleep_tokens=_mean(row.produced.sleep_tokens for row in rows),
        latency_ms=bootstrap_mean(latencies, seed),
        latency_p50_ms=float(np.quantile(latencies, 0.5)),
        latency_p95_ms=float(np.quantile(latencies, 0.95)),
        latencies_ms=[round(value, 2) for value in latencies],
        needs_model=rows[0].needs_model,
        outcomes=dict(Counter(row.produced.outcome for row in rows)),
    )


def _versus(group: Group, rows: Sequence[Row], baseline: Sequence[Row], seed: int) -> Versus:
    pairs = _paired(rows, baseline)
    gains = {}
    for metric in METRICS:
        both = [(_score(row, metric), _score(raw, metric)) for row, raw in pairs]
        differences = [ours - theirs for ours, theirs in both if ours is not None and theirs is not None]
        if differences:
            gains[metric] = bootstrap_mean(differences, seed)
    return Versus(
        set=group[0],
        arm=group[1],
        verbosity=group[2],
        questions=len(pairs),
        tokens_ratio=_ratio([(raw.produced.test_tokens, row.produced.test_tokens) for row, raw in pairs], seed),
        latency_ratio=_ratio([(raw.produced.latency_ms, row.produced.latency_ms) for row, raw in pairs], seed),
        gains=gains,
    )


def _amortised(group: Group, rows: Sequence[Row], baseline: Sequence[Row], t: int) -> Amortised:
    pairs = _paired(rows, baseline)
    ours = t * _mean(row.produced.test_tokens for row, _ in pairs)
    theirs = t * _mean(raw.produced.test_tokens for _, raw in pairs)
    asleep = _mean(row.produced.sleep_tokens for row, _ in pairs)
    costs = {n: ours + asleep / n for n in QUESTIONS_A_CONTEXT}
    return Amortised(
        set=group[0],
        arm=group[1],
        verbosity=group[2],
        t=t,
        sleep_tokens=asleep,
        costs=costs,
        saving={n: theirs / cost if cost else math.inf for n, cost in costs.items()},
        break_even=break_even(asleep, ours, theirs),
    )


def break_even(sleep: float, ours: float, theirs: float) -> float:
    """Questions a context at which `ours + sleep / n` falls to `theirs`."""
    if ours < theirs:
        return sleep / (theirs - ours)
    return 0.0 if ours == theirs and not sleep else math.inf


def _baseline(by_group: Mapping[Group, list[Row]], group: Group, baselines: Sequence[str]) -> list[Row]:
    """The rows to hold a group against; none for an arm without a model."""
    name, _, verbosity = group
    found = (by_group.get((name, baseline, verbosity), []) for baseline in baselines)
    return next((rows for rows in found if rows), []) if by_group[group][0].needs_model else []


def _paired(rows: Sequence[Row], baseline: Sequence[Row]) -> list[tuple[Row, Row]]:
    others = {row.id: row for row in baseline}
    return [(row, others[row.id]) for row in rows if row.id in others]


def _ratio(pairs: Sequence[tuple[float, float]], seed: int) -> Interval:
    return bootstrap_ratio([above for above, _ in pairs], [below for _, below in pairs], seed)


def _pass(samples: int, right: int, k: int) -> float:
    """The chance that k of the samples, drawn at random, hold a right one."""
    return 1.0 - math.comb(samples - right, k) / math.comb(samples, k)


def _bin(value: float | None, cuts: Sequence[float]) -> int | None:
    if value is None:
        return None
    return min(int(np.searchsorted(cuts[1:], value, side="left")), len(cuts) - 2)


def _score(row: Row, metric: str) -> float | None:
    value: float | None = getattr(row.scores, metric)
    return value


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values) if values else math.nan
