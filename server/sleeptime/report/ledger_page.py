"""The ledger as a page: tiles, and pictures by day. Works offline and in a webview (see `page.py`)."""

from typing import Any

import altair as alt

from sleeptime.report.ledger import LedgerReport
from sleeptime.report.page import Page, Section, html
from sleeptime.report.plots import HEIGHT, OUTCOME_HUES, WIDTH, svg
from sleeptime.report.tables import Table

DAY_WIDTH = 44

SOURCES = {
    "facts": "facts (no model)",
    "cache": "served as prepared",
    "notes": "live, from notes",
    "live": "live, from the source",
    "nothing": "nothing found",
}


def ledger_page(report: LedgerReport, nothing_yet: str) -> str:
    """The page of one repository; `nothing_yet` is said where there is nothing to tell."""
    title = f"What sleep was good for: {report.repository}"
    if report.is_empty:
        return html(Page(title=title, about=[nothing_yet], sections=[]))
    return html(
        Page(
            title=title,
            about=[_basis(report)],
            tiles=_tiles(report),
            sections=[Section("By day", _pictures(report)), Section("Used most", (), _used(report))],
        )
    )


def _basis(report: LedgerReport) -> str:
    if report.saved.guessed:
        return f"What was saved is a guess: a live answer is taken to last {report.saved.live_seconds:.0f} s."
    return f"What was saved is held against live answers here, which took {report.saved.live_seconds:.1f} s on average."


def _tiles(report: LedgerReport) -> list[tuple[str, str]]:
    slept, asked = report.slept, sum(report.asked.values())
    ready = report.asked.get("cache", 0) + report.asked.get("facts", 0)
    return [
        (f"{slept.minutes:,.0f} min", f"asleep, {slept.thoughts:,} thoughts"),
        (f"{slept.read_tokens + slept.written_tokens:,}", "tokens computed asleep"),
        (f"{slept.watt_hours:,.1f} Wh", "spent on it (estimated)"),
        (f"{report.answers:,}", f"answers kept, {report.store_bytes / 1e6:,.1f} MB"),
        (
            f"{ready / asked:.0%}" if asked else "none",
            f"of {asked} questions needed no model" if asked else "asked yet",
        ),
        (f"{report.saved.seconds / 60:,.1f} min", "of waiting saved"),
    ]


def _pictures(report: LedgerReport) -> list[tuple[str, str]]:
    pictures = [
        ("Answers kept", svg(_bars(report, "kept", "answers in the store"))),
        ("Time asleep", svg(_bars(report, "sleep_minutes", "minutes"))),
    ]
    if report.asked:
        pictures.append(("Where answers came from", svg(_asked(report))))
    return pictures


def _bars(report: LedgerReport, field: str, title: str) -> Any:
    rows = [{"day": day.day, "value": getattr(day, field)} for day in report.days]
    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar(color=OUTCOME_HUES["cache"])
    return chart.encode(x=_days(), y=alt.Y("value:Q", title=title)).properties(width=_width(report), height=HEIGHT)


def _asked(report: LedgerReport) -> Any:
    rows = [
        {"day": day.day, "source": SOURCES.get(source, source), "count": count}
        for day in report.days
        for source, count in day.asked.items()
    ]
    met = [source for source in OUTCOME_HUES if any(row["source"] == SOURCES.get(source, source) for row in rows)]
    named = [SOURCES.get(source, source) for source in met]
    hue = alt.Color("source:N", scale=alt.Scale(domain=named, range=[OUTCOME_HUES[source] for source in met]))
    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar()
    shown = chart.encode(x=_days(), y=alt.Y("count:Q", title="questions"), color=hue)
    return shown.properties(width=_width(report), height=HEIGHT)


def _width(report: LedgerReport) -> Any:
    """A bar of a few days is not a block."""
    return min(WIDTH, DAY_WIDTH * len(report.days))


def _days() -> Any:
    return alt.X("day:O", title=None, axis=alt.Axis(labelAngle=-40, labelOverlap=True))


def _used(report: LedgerReport) -> list[Table]:
    rows = [[question, str(count)] for question, count in report.used]
    return [Table(["prepared asleep", "served"], rows)] if rows else []
