"""briefing: what changed since you were here."""

from typing import Annotated

import typer
from rich.markdown import Markdown

from sleeptime.cli.console import AsJson, Folder, load_settings, on_progress, out, print_json, progress, with_worker
from sleeptime.cli.places import repository_root
from sleeptime.core import messages as say


def briefing(
    path: Folder = None,
    *,
    since: Annotated[
        str, typer.Option(help='A revision, a time ("2 days", "friday", "2026-11-20") or "last time".')
    ] = "last time",
    plain: Annotated[bool, typer.Option("--plain", help="Print the Markdown as it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what changed since you were here: commits, files, symbols, and what may break callers."""
    root = repository_root(path)
    with progress("Comparing") as report:
        told = with_worker(
            load_settings(),
            lambda worker: worker.request(say.Brief(root=str(root), since=since), on_progress(report)),
        )
    assert isinstance(told, say.Answered)
    if as_json:
        print_json(told)
        return
    console = out()
    console.print(told.text if plain or not console.is_terminal else Markdown(told.text), markup=False)
