"""The figures as pictures: SVG texts, so that a page needs no script, no network and no font of its own.

Text and axes are drawn in `currentColor`: the page's own colours decide, in the dark too.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

from sleeptime.core.statistics import Interval
from sleeptime.report.comparison import Comparison
from sleeptime.report.summary import BASELINES, MAIN_METRICS, ArmFigures
from sleeptime.report.tables import COLUMNS

WIDTH, HEIGHT = 330, 220

HUES = {
    "closed book": "#8c8c8c", "raw retrieval": "#e07b39", "raw context": "#e07b39", "facts only": "#c9a227",
    "sleep": "#2f7de1", "sleep + raw": "#8b6be0", "blind": "#3aa17e", "raw's search": "#b98a6a",
    "sleep's search": "#6fa8f0", "served ready": "#4bb3c9",
}  # fmt: skip
"""One hue an arm in every picture, readable on light and dark."""

OUTCOME_HUES = {
    "facts": "#c9a227", "cache": "#2f7de1", "notes": "#8b6be0", "live": "#e07b39", "miss": "#8c8c8c",
    "searched": "#b98a6a", "nothing": "#b3669e", "failed": "#d64545", "cancelled": "#d64545",
}  # fmt: skip

STEPS_A_DECADE = 4
"""Bars of a latency histogram for each factor of ten."""

CURVE = (1, 1.5, 2, 3, 4, 5, 7, 10, 14, 20)
"""Questions a context at which a cost curve is drawn."""

Rows = list[dict[str, Any]]
TOKENS, SECONDS = "test tokens a question", "seconds a question"


def pictures(comparison: Comparison, name: str) -> list[tuple[str, str]]:
    """(caption, SVG) of one set; a picture that the rows do not allow is left out."""
    arms = [figure for figure in comparison.figures if figure.set == name and figure.needs_model]
    metric = next((m for m in MAIN_METRICS if any(m in figure.scores for figure in arms)), None)
    found: list[tuple[str, str]] = []
    if metric:
        title = COLUMNS[metric]
        points = [_point(figure, metric) for figure in arms if metric in figure.scores]
        found.append((f"{title} against test-time tokens", svg(_scatter(points, title, TOKENS))))
        found.append((f"{title} against latency", svg(_scatter(points, title, SECONDS))))
    if costs := _cost_rows(comparison, name):
        found.append(
            (
                "Average cost of a question by questions a context (dashed: raw; crosses: break-even)",
                svg(_cost_lines(costs)),
            )
        )
    if bins := _bin_rows(comparison, name):
        title = COLUMNS[str(bins[0]["metric"])]
        caption = f"{title} by predictability ({comparison.about.predictability})"
        found.append((caption, svg(_bars_with_intervals(bins, title))))
    if arms:
        found.append(("Latency of each question", svg(_latencies(arms))))
        everything = [figure for figure in comparison.figures if figure.set == name]
        found.append(("Where answers came from", svg(_outcomes(everything))))
    return found


def svg(chart: Any) -> str:
    """A chart as SVG that takes its text colour and font from the page, and shrinks with it."""
    styled = (
        chart.configure(background="transparent", font="inherit")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="currentColor", titleColor="currentColor", domainColor="currentColor", tickColor="currentColor",
            gridColor="#8884", titleFontWeight="normal", labelFontSize=11, titleFontSize=12,
        )
        .configure_legend(labelColor="currentColor", titleColor="currentColor", title=None, symbolType="circle")
        .configure_header(labelColor="currentColor", titleColor="currentColor", title=None)
    )  # fmt: skip
    drawn = vl_convert.vegalite_to_svg(styled.to_dict())
    # Its viewBox alone lets the page set the size.
    return re.sub(
        r'(<svg[^>]*?) width="([\d.]+)" height="[\d.]+"', r'\1 style="width:100%;max-width:\2px"', drawn, count=1
    )


def _scatter(points: Rows, score: str, across: str) -> Any:
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=alt.X(f"{_field(across)}:Q", title=across, scale=alt.Scale(type="log")), color=_arm_hue(points)
    )
    top = max(0.1, *(point["high"] for point in points))
    marks = base.mark_point(filled=True, size=90, opacity=1).encode(y=_score_axis(score, top))
    whiskers = base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(y="low:Q", y2="high:Q")
    layers = [whiskers, marks]
    if len({point["verbosity"] for point in points}) > 1:
        layers.append(base.mark_line(opacity=0.5).encode(y="score:Q", order="verbosity:O"))
        layers.append(base.mark_text(dx=9, dy=-8, fontSize=10).encode(y="score:Q", text="verbosity:O"))
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _point(figure: ArmFigures, metric: str) -> dict[str, Any]:
    return {
        "arm": figure.arm,
        "verbosity": figure.verbosity,
        "tokens": max(1.0, figure.test_tokens.estimate),
        "seconds": max(0.0001, figure.latency_ms.estimate / 1000),
        **_bounds(figure.scores[metric]),
    }


def _field(across: str) -> str:
    return "tokens" if across == TOKENS else "seconds"


def _bounds(score: Interval) -> dict[str, float]:
    return {"score": score.estimate, "low": score.low, "high": score.high}


def _cost_rows(comparison: Comparison, name: str) -> Rows:
    """Points of the curves t x test tokens + sleep tokens / n, and where each falls below raw retrieval's."""
    of_set = [row for row in comparison.amortised if row.set == name]
    shown = [row for row in of_set if row.verbosity == min(row.verbosity for row in of_set)]
    raw = {row.t: row.costs[1] for row in shown if row.arm in BASELINES}
    rows: Rows = []
    for row in shown:
        about = {"arm": row.arm, "t": f"t = {row.t}", "raw": row.arm in BASELINES}
        awake = row.costs[1] - row.sleep_tokens
        rows += [{**about, "n": n, "cost": awake + row.sleep_tokens / n} for n in CURVE]
        if row.sleep_tokens and CURVE[0] <= row.break_even <= CURVE[-1]:
            rows.append({**about, "n": row.break_even, "even": raw[row.t]})
    return rows


def _cost_lines(rows: Rows) -> Any:
    dashed = alt.Scale(domain=[False, True], range=[[1, 0], [5, 4]])
    base = alt.Chart().encode(
        x=alt.X(
            "n:Q", title="questions a context", scale=alt.Scale(type="log"), axis=alt.Axis(values=[1, 2, 5, 10, 20])
        ),
        color=_arm_hue(rows),
    )
    line = base.mark_line().encode(
        y=alt.Y("cost:Q", title="cost (tokens)", scale=alt.Scale(type="log", zero=False), axis=alt.Axis(format="~s")),
        strokeDash=alt.StrokeDash("raw:N", legend=None, scale=dashed),
    )
    even = base.mark_point(shape="cross", angle=45, size=110, filled=True).encode(y="even:Q")
    layers = alt.layer(
        line.transform_filter("isValid(datum.cost)"), even.transform_filter("isValid(datum.even)"),
        data=alt.InlineData(values=rows),
    )  # fmt: skip
    sized = layers.properties(width=WIDTH * 0.75, height=HEIGHT)
    return sized.facet(column=alt.Column("t:N", sort=["t = 1", "t = 3", "t = 10"]))


def _bin_rows(comparison: Comparison, name: str) -> Rows:
    of_set = [row for row in comparison.bins if row.set == name and row.questions]
    return [
        {
            "arm": row.arm, "metric": row.metric, "n": row.questions,
            "third": f"{('least', 'middle', 'most')[row.bin]} ({row.low:.2f} to {row.high:.2f})", **_bounds(row.score),
        }
        for row in of_set
        if row.verbosity == min(other.verbosity for other in of_set)
    ]  # fmt: skip


def _bars_with_intervals(rows: Rows, score: str) -> Any:
    thirds = list(dict.fromkeys(row["third"] for row in rows))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("third:N", title=None, sort=sorted(thirds, key=_third), axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("arm:N", sort=_arms(rows)),
        color=_arm_hue(rows),
    )
    bars = base.mark_bar().encode(y=_score_axis(score, max(0.1, *(row["high"] for row in rows))))
    whiskers = base.mark_rule(strokeWidth=1.2).encode(y="low:Q", y2="high:Q", color=alt.value("currentColor"))
    return alt.layer(bars, whiskers).properties(width=WIDTH * 1.5, height=HEIGHT)


def _third(label: str) -> int:
    return ("least", "middle", "most").index(label.split(" ", 1)[0])


def _latencies(arms: Sequence[ArmFigures]) -> Any:
    """A histogram an arm, over a logarithmic axis: an answer from the cache and a live one are decades apart."""
    counts = Counter((figure.arm, _step(ms / 1000)) for figure in arms for ms in figure.latencies_ms)
    rows = [
        {
            "arm": arm,
            "from": 10 ** (step / STEPS_A_DECADE),
            "to": 10 ** ((step + 1) / STEPS_A_DECADE),
            "questions": count,
        }
        for (arm, step), count in counts.items()
    ]
    order = [figure.arm for figure in arms]
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect()
        .encode(
            x=alt.X("from:Q", scale=alt.Scale(type="log"), title="seconds", axis=alt.Axis(format="~g")),
            x2="to:Q",
            y=alt.Y("questions:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=2, format="d")),
            y2=alt.datum(0),
            color=_arm_hue([{"arm": arm} for arm in order]),
            row=alt.Row("arm:N", sort=order, header=alt.Header(labelAngle=0, labelAlign="left")),
        )
        .properties(width=WIDTH, height=30)
    )


def _step(seconds: float) -> int:
    return math.floor(STEPS_A_DECADE * math.log10(max(seconds, 0.0001)))


def _seconds(step: int) -> float:
    return float(10 ** (step / STEPS_A_DECADE))


def _outcomes(figures: Sequence[ArmFigures]) -> Any:
    rows = [
        {"arm": figure.arm, "outcome": outcome, "share": count / figure.questions}
        for figure in figures
        for outcome, count in figure.outcomes.items()
    ]
    met = [outcome for outcome in OUTCOME_HUES if any(row["outcome"] == outcome for row in rows)]
    hue = alt.Color("outcome:N", scale=alt.Scale(domain=met, range=[OUTCOME_HUES[outcome] for outcome in met]))
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            y=alt.Y("arm:N", sort=_arms(rows), title=None),
            x=alt.X("share:Q", stack="normalize", title="share of questions", axis=alt.Axis(format="%")),
            color=hue,
        )
        .properties(width=WIDTH, height=alt.Step(24))
    )


def _score_axis(title: str, top: float) -> Any:
    return alt.Y("score:Q", title=title, scale=alt.Scale(domain=[0, top]))


def _arm_hue(rows: Rows) -> Any:
    arms = _arms(rows)
    return alt.Color("arm:N", scale=alt.Scale(domain=arms, range=[HUES.get(arm, "#6b8e23") for arm in arms]))


def _arms(rows: Rows) -> list[str]:
    return list(dict.fromkeys(str(row["arm"]) for row in rows))
