"""index, sleep, ask, hover: the main job from a terminal."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.table import Table

from sleeptime.cli.answers import print_answer, stream_answer
from sleeptime.cli.consent import ask_consent
from sleeptime.cli.console import (
    AsJson,
    Folder,
    ModelName,
    load_settings,
    on_progress,
    out,
    print_json,
    progress,
    with_worker,
)
from sleeptime.cli.places import parse_place, repository_root, root_of_file, to_point
from sleeptime.core import messages as say
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.lsp.convert import Point
from sleeptime.lsp.folders import open_folder


def index(path: Folder = None, *, as_json: AsJson = False) -> None:
    """Read a repository and keep what its syntax says. Later runs read only what changed."""
    root = repository_root(path)
    with progress("Indexing") as report:
        indexed = with_worker(
            load_settings(),
            lambda worker: worker.request(say.OpenRepository(root=str(root)), on_progress(report)),
        )
    assert isinstance(indexed, say.Indexed)
    if as_json:
        print_json(indexed)
        return
    out().print(
        f"{indexed.files} files and {indexed.symbols} symbols in {indexed.seconds:.1f} s; {indexed.parsed} files were "
        f"new, {indexed.skipped} were skipped (sleeptime status --files says why)."
    )


def sleep(
    path: Folder = None,
    *,
    minutes: Annotated[float, typer.Option(min=0.0, help="Stop after this time.")] = 10.0,
    model: ModelName = "",
    as_json: AsJson = False,
) -> None:
    """Think about a repository now, for a bounded time."""
    root = repository_root(path)
    ask_consent(root, load_settings(model))
    with progress("Thinking") as report:
        slept = with_worker(
            load_settings(model),
            lambda worker: worker.request(say.Sleep(root=str(root), minutes=minutes), on_progress(report)),
        )
    assert isinstance(slept, say.Slept)
    if as_json:
        print_json(slept)
        return
    table = Table(show_header=False, box=None)
    table.add_row("thoughts", f"{slept.jobs_done} done, {slept.jobs_left} left, {slept.jobs_failed} without a result")
    table.add_row("answers kept", str(slept.answers))
    table.add_row("tokens read", f"{slept.prompt_tokens}, of which {slept.cached_tokens} from the cache")
    table.add_row("tokens written", str(slept.generated_tokens))
    table.add_row("time", f"{slept.seconds:.0f} s")
    table.add_row("model", slept.model)
    out().print(table)


def ask(  # noqa: PLR0913  # each parameter is an option of the command line
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    *,
    path: Annotated[Path | None, typer.Option("--repo", help="The repository to ask about.")] = None,
    at: Annotated[str, typer.Option(help="Where you are: FILE:LINE:COLUMN, counted from one.")] = "",
    verbosity: Annotated[int | None, typer.Option(min=0, max=4, help="0 is one sentence, 4 every step.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Answer anew, even if an answer is ready.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="The text as it is: no colours, no links.")] = False,
    model: ModelName = "",
    as_json: AsJson = False,
) -> None:
    """Ask about a repository. Answers cite the lines that support them."""
    settings = load_settings(model)
    root = repository_root(path)
    file, point = _cursor(at, root)
    message = say.Ask(
        root=str(root),
        question=question,
        path=file,
        line=point.line,
        column=point.column,
        verbosity=settings.answer.verbosity if verbosity is None else verbosity,
        fresh=fresh,
    )
    answered = with_worker(settings, lambda worker: stream_answer(worker, message, show=not (as_json or plain)))
    if as_json:
        print_json(answered)
        return
    print_answer(answered, root, out(), plain=plain)


def hover(
    place: Annotated[str, typer.Argument(help="FILE:LINE:COLUMN, counted from one.", metavar="FILE:LINE:COL")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show what an editor shows when the mouse rests on a name."""
    where = parse_place(place)
    point = to_point(where) if where.file.is_file() else None
    folder = open_folder(root_of_file(where.file), SystemClock())
    with_worker(load_settings(), lambda worker: worker.request(say.OpenRepository(root=folder.root)))
    folder.refresh()
    relative = folder.relative(where.file.resolve())
    markdown = folder.hover(relative, point) if relative and point else None
    if markdown is None:
        raise RepositoryError(
            f"Nothing is known about what stands at {place}.", "Point at a name that is defined here."
        )
    if as_json:
        print_json({"path": relative, "line": where.line, "column": where.column, "markdown": markdown})
        return
    console = out()
    console.print(Markdown(markdown) if console.is_terminal else markdown, markup=False)


def _cursor(at: str, root: Path) -> tuple[str, Point]:
    if not at:
        return "", Point(0, 0)
    place = parse_place(at)
    file = place.file.resolve()
    if not file.is_relative_to(root):
        raise RepositoryError(f"{place.file} is not in {root}.")
    return file.relative_to(root).as_posix(), to_point(place)
