"""wiki, tour: the notes as a whole, to be read."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sleeptime.answer.defuse import defused
from sleeptime.answer.hover import fact_lines, plain_link
from sleeptime.cli.console import AsJson, Folder, load_settings, on_progress, out, print_json, progress, with_worker
from sleeptime.cli.places import repository_root
from sleeptime.core import messages as say
from sleeptime.report import Reading, open_reading
from sleeptime.report.picture import as_svg
from sleeptime.report.site import write_html, write_markdown
from sleeptime.report.tour import drift, load_tour, make_tour, save_tour
from sleeptime.report.wiki import Wiki, Wording


def wiki(
    target: Annotated[Path, typer.Argument(help="A folder for Markdown, or a file that ends in .html.", metavar="OUT")],
    *,
    path: Annotated[Path | None, typer.Option("--repo", help="The repository to write about.")] = None,
) -> None:
    """Write what is known as linked Markdown pages, or as one HTML file that needs nothing else."""
    with _up_to_date(path) as reading:
        pages = Wiki(reading, Wording(lambda facts: fact_lines(facts, plain_link), defused), _linker(reading, target))
        if target.suffix == ".html":
            count = write_html(list(pages.pages()), as_svg(pages.picture), target)
        else:
            count = write_markdown(pages.pages(), target)
    out().print(f"{count} pages in {target}.")


def tour(
    path: Folder = None,
    *,
    save: Annotated[Path | None, typer.Option(help="Keep it in this file, which CodeTour can play.")] = None,
    check: Annotated[Path | None, typer.Option(help="Say which steps of a kept tour have drifted.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a newcomer's path through the code, or check one that was kept: exit code 1 if a step has drifted."""
    with _up_to_date(path) as reading:
        made = load_tour(check) if check else make_tour(reading, reading.repository.root.name)
        drifts = [drift(step, reading) for step in made.steps]
    if save:
        save_tour(made, save)
    if as_json:
        print_json({"title": made.title, "steps": made.steps, "drift": drifts})
    else:
        for number, (step, state) in enumerate(zip(made.steps, drifts, strict=True), 1):
            stale = "" if step.fresh else " [dim]out of date[/dim]"
            flag = f" [red]{state} since this was kept[/red]" if state else stale
            out().print(f"[bold]{number}. {step.path}:{step.line}[/bold]{flag}")
            out().print(f"   {step.text}", markup=False)
    if any(drifts):
        raise typer.Exit(1)


def _up_to_date(path: Path | None) -> Reading:
    """The repository as it is now."""
    root = repository_root(path)
    with progress("Indexing") as report:
        with_worker(
            load_settings(), lambda worker: worker.request(say.OpenRepository(root=str(root)), on_progress(report))
        )
    return open_reading(root)


def _linker(reading: Reading, target: Path) -> Callable[[str, int], str]:
    """Links to source lines, relative to where the pages stand, as long as both are on one drive."""
    folder = (target.parent if target.suffix == ".html" else target).resolve()
    base = Path(os.path.relpath(reading.repository.root, folder)).as_posix()
    return lambda path, line: f"{base}/{path}#L{line}"
