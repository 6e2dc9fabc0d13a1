"""Figures as one HTML page that works offline and under the strictest content policy: no script, nothing remote."""

from collections.abc import Sequence
from importlib.resources import files

import jinja2
from msgspec import Struct

from sleeptime.report.comparison import Comparison, number
from sleeptime.report.plots import pictures
from sleeptime.report.tables import Table, about_lines, sets, tables


class Section(Struct, frozen=True):
    """Pictures as (caption, SVG), those named in `wide` over the whole width, then tables."""

    title: str
    pictures: Sequence[tuple[str, str]]
    tables: Sequence[Table] = ()
    wide: Sequence[str] = ()


class Page(Struct, frozen=True, kw_only=True):
    """What stands on a page. `tiles` are (figure, what it is)."""

    title: str
    about: Sequence[str]
    sections: Sequence[Section]
    tiles: Sequence[tuple[str, str]] = ()
    findings: Sequence[str] = ()


def html(page: Page) -> str:
    """The page's text. All that is not our own picture is escaped."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    return template.render({field: getattr(page, field) for field in page.__struct_fields__})


def comparison_page(comparison: Comparison) -> str:
    """A comparison with its pictures, sets apart."""
    return html(
        Page(
            title=f"Sleep-time compute on {comparison.about.subject}, {comparison.about.model}",
            about=about_lines(comparison),
            tiles=_tiles(comparison),
            findings=comparison.findings,
            sections=[_section(comparison, name) for name in sets(comparison)],
        )
    )


def _section(comparison: Comparison, name: str) -> Section:
    drawn = pictures(comparison, name)
    wide = [caption for caption, _ in drawn if "predictability" in caption or "cost" in caption]
    return Section(name, drawn, tables(comparison, name), wide)


def _tiles(comparison: Comparison) -> list[tuple[str, str]]:
    """Each set's ratio of tokens and of time at the least verbosity, and what is served without a model: from the cache
    or from facts.
    """
    least = min((pair.verbosity for pair in comparison.versus_raw), default=0)
    tiles = [
        (f"{number(value.estimate)}x", f"{what} than raw, {pair.set}")
        for pair in comparison.versus_raw
        if pair.arm == "sleep" and pair.verbosity == least
        for value, what in ((pair.tokens_ratio, "fewer test tokens"), (pair.latency_ratio, "faster"))
    ]
    shares = {(name, arm): share for name, arm, share in comparison.served}
    return tiles + [
        (f"{share.estimate:.0%}", f"served without a model, {name}")
        for (name, arm), share in shares.items()
        if arm == "served ready"
    ]
