"""report: what sleep cost on the user's own repository, and what it was good for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from sleeptime.cli.console import AsJson, Folder, out, print_json
from sleeptime.cli.places import repository_root
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.repo import open_repository
from sleeptime.report import LedgerReport, ledger_report
from sleeptime.store import open_reader, store_path

SECONDS_A_DAY = 86_400.0


def report(
    path: Folder = None,
    *,
    days: Annotated[int, typer.Option(min=0, help="Only the last so many days; 0: all.")] = 0,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what sleep has cost on a repository, what it saved, and which notes were used."""
    repository = open_repository(repository_root(path))
    store = open_reader(store_path(repository.identity))
    if store is None:
        raise RepositoryError(f"{repository.root} is not indexed yet.", "Run `sleeptime index` first.")
    with store:
        since = SystemClock().now() - days * SECONDS_A_DAY if days else 0.0
        found = ledger_report(store, repository.root.name, since)
    if html is not None:
        _write_page(found, html)
    if as_json:
        print_json(found)
    elif found.is_empty:
        out().print(nothing_yet(found))
    else:
        _print(found)


def nothing_yet(found: LedgerReport) -> str:
    """For a repository of which there is nothing to tell."""
    return f"Nothing has been thought about {found.repository} yet, and nothing asked. `sleeptime sleep` begins."


def _write_page(found: LedgerReport, file: Path) -> None:
    from sleeptime.report.ledger_page import ledger_page

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(ledger_page(found, nothing_yet(found)), "utf-8")
    except OSError as error:
        raise RepositoryError(f"{file} cannot be written: {error.strerror}.") from error


def _print(found: LedgerReport) -> None:
    slept, saved = found.slept, found.saved
    table = Table(show_header=False, box=None)
    table.add_row("slept", f"{slept.minutes:.0f} min, {slept.thoughts} thoughts, {found.answers} answers kept")
    read = f"{slept.read_tokens:,} read, {slept.reused_tokens:,} reused, {slept.written_tokens:,} written"
    table.add_row("tokens", read)
    table.add_row("energy", f"{slept.watt_hours:.1f} Wh (estimated), {slept.cpu_minutes:.0f} min of processor time")
    table.add_row("answered", answered_from(found))
    basis = (
        "a guess: nothing was answered live yet" if saved.guessed else f"a live answer took {saved.live_seconds:.1f} s"
    )
    table.add_row("saved", f"{saved.seconds / 60:.1f} min of waiting, {saved.tokens:,.0f} tokens ({basis})")
    table.add_row("store", f"{found.store_bytes / 1e6:.1f} MB")
    console = out()
    console.print(table)
    for question, count in found.used:
        console.print(f"  served {count}x  {question}", markup=False)


def answered_from(found: LedgerReport) -> str:
    """How many questions, and the share of each source."""
    total = sum(found.asked.values())
    shares = ", ".join(f"{source} {count / total:.0%}" for source, count in found.asked.items())
    return f"{total} questions ({shares})" if total else "no question was asked yet"
