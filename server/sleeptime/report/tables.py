"""A comparison as Markdown: what a terminal, a benchmark's log and an issue show."""

from collections.abc import Sequence

from msgspec import Struct

from sleeptime.core.statistics import Interval
from sleeptime.report.comparison import FEWEST, Comparison, number, times
from sleeptime.report.summary import QUESTIONS_A_CONTEXT, ArmFigures

COLUMNS = {
    "evidence_recall": "evidence recall@5",
    "identifier_recall": "identifier recall",
    "correct": "exact number",
    "grounding": "grounding",
    "similarity": "similarity",
}


class Table(Struct, frozen=True):
    """Texts in rows under a head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def markdown(comparison: Comparison) -> str:
    """All tables, sets apart."""
    about = comparison.about
    blocks = [f"# {about.subject}, {about.model}", *about_lines(comparison)]
    for name in sets(comparison):
        blocks += [f"## {name}", *map(as_markdown, tables(comparison, name))]
    if comparison.findings:
        blocks += ["## What this says", "\n".join(f"- {sentence}" for sentence in comparison.findings)]
    return "\n\n".join(blocks) + "\n"


def about_lines(comparison: Comparison) -> list[str]:
    """What must be known to believe the figures."""
    about = comparison.about
    counts = ", ".join(f"{name} {asked} of {total}" for name, (asked, total) in about.questions.items())
    few = [name for name, (asked, _) in about.questions.items() if 0 < asked < FEWEST]
    return [
        f"Questions asked of the arms with a model: {counts} (seed {about.seed}). Means with 95 % bootstrap intervals.",
        *([f"{', '.join(few)}: fewer than {FEWEST} questions, whose intervals tell little."] if few else []),
        f"Machine: {about.machine}.",
        *(f"{arm}: {cost}." for arm, cost in about.slept.items()),
        *about.remarks,
    ]


def sets(comparison: Comparison) -> list[str]:
    """The sets of questions: never mixed."""
    return list(dict.fromkeys(figure.set for figure in comparison.figures))


def tables(comparison: Comparison, name: str) -> list[Table]:
    """One set's: scores, ratios to raw retrieval, costs, pass@k, and where answers came from; empty ones left out."""
    of_set = [figure for figure in comparison.figures if figure.set == name]
    found = [_scores(of_set), _ratios(comparison, name), _costs(comparison, name), _passes(comparison, name)]
    return [table for table in [*found, _outcomes(of_set)] if table.rows]


def as_markdown(table: Table) -> str:
    """A Markdown table."""
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _scores(figures: Sequence[ArmFigures]) -> Table:
    metrics = [metric for metric in COLUMNS if any(metric in figure.scores for figure in figures)]
    head = ["arm", "verbosity", "n", *(COLUMNS[metric] for metric in metrics)]
    head += ["test tokens", "latency p50 / p95 (s)"]
    return Table(head, [_score_row(figure, metrics) for figure in figures])


def _score_row(figure: ArmFigures, metrics: Sequence[str]) -> list[str]:
    scores = [
        f"{interval(figure.scores[metric])}{_of(figure, metric)}" if metric in figure.scores else ""
        for metric in metrics
    ]
    tokens = f"{figure.test_tokens.estimate:,.0f} ({figure.test_tokens.low:,.0f} to {figure.test_tokens.high:,.0f})"
    latency = f"{figure.latency_p50_ms / 1000:.2f} / {figure.latency_p95_ms / 1000:.2f}"
    return [figure.arm, str(figure.verbosity), str(figure.questions), *scores, tokens, latency]


def _of(figure: ArmFigures, metric: str) -> str:
    """Of how many answers the mean is, where that is not all."""
    scored = figure.scored[metric]
    return "" if scored == figure.questions else f" n={scored}"


def _ratios(comparison: Comparison, name: str) -> Table:
    rows = [
        [
            pair.arm,
            str(pair.verbosity),
            str(pair.questions),
            times(pair.tokens_ratio),
            times(pair.latency_ratio),
            *(_gain(pair.gains.get(metric)) for metric in ("evidence_recall", "identifier_recall", "correct")),
        ]
        for pair in comparison.versus_raw
        if pair.set == name
    ]
    head = ["against raw", "verbosity", "n", "fewer test tokens", "faster", "evidence", "identifiers", "exact number"]
    return Table(head, rows)


def _costs(comparison: Comparison, name: str) -> Table:
    rows = [
        [
            row.arm,
            str(row.verbosity),
            f"t = {row.t}",
            *(f"{number(row.costs[n])} ({number(row.saving[n])}x)" for n in row.costs),
            number(row.break_even) if row.sleep_tokens else "",
        ]
        for row in comparison.amortised
        if row.set == name
    ]
    counts = [f"N = {n}" for n in QUESTIONS_A_CONTEXT]
    return Table(["cost a question (times cheaper than raw)", "verbosity", "", *counts, "break-even (questions)"], rows)


def _passes(comparison: Comparison, name: str) -> Table:
    rows = [
        [row.arm, str(row.verbosity), str(row.k), interval(row.correct), number(row.test_tokens)]
        for row in comparison.pass_at_k
        if row.set == name and any(other.k > 1 for other in comparison.pass_at_k)
    ]
    return Table(["arm", "verbosity", "k", "pass@k", "test tokens of k"], rows)


def _outcomes(figures: Sequence[ArmFigures]) -> Table:
    kinds = sorted({kind for figure in figures for kind in figure.outcomes})
    rows = [[figure.arm, str(figure.verbosity), *(_share(figure, kind) for kind in kinds)] for figure in figures]
    return Table(["came from", "verbosity", *kinds], rows)


def _share(figure: ArmFigures, kind: str) -> str:
    count = figure.outcomes.get(kind, 0)
    return f"{count} ({count / figure.questions:.0%})" if count else ""


def interval(value: Interval) -> str:
    """An estimate with its interval, to two digits."""
    return f"{value.estimate:.2f} ({value.low:.2f} to {value.high:.2f})"


def _gain(gain: Interval | None) -> str:
    return f"{gain.estimate:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})" if gain else ""
