"""`sleeptime demo`: the whole path on a real repository, with everything shown measured in that run."""

import asyncio
import gc
import os
import random
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import replace
from platformdirs import user_cache_path
from rich.console import Console, Group
from rich.live import Live
from rich.markdown import Markdown
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sleeptime.cli.console import Folder, ModelName, load_settings
from sleeptime.cli.models import pull_models
from sleeptime.cli.places import repository_root
from sleeptime.core import messages as say
from sleeptime.core.errors import RepositoryError, WorkerError
from sleeptime.core.intents import question_for
from sleeptime.core.settings import Settings
from sleeptime.core.types import Answer
from sleeptime.lsp.headless import HeadlessEditor
from sleeptime.lsp.worker_client import WorkerClient
from sleeptime.model import choose_model, find
from sleeptime.repo import open_repository
from sleeptime.store import Store, open_reader, store_path

DEMO_PACKAGE = "flask==3.1.1"
"""A repository that nobody here wrote, that many know, and that any package mirror has."""

HOVERS = 100
SEED = 1
"""Which symbols are hovered is chosen at random, the same ones each time."""

SETTLE_SECONDS = 5.0
"""From opening files to the first hover; the server works out facts meanwhile, as it does after each change."""

THINKING_SHOWN = 8
"""Lines of the live view that name what was thought about."""

PLAIN_WIDTH = 110
"""Where the output is no terminal, its tables are this wide."""

NAMED = frozenset({"symbol", "class"})
"""Levels whose notes stand in hovers and are about a name that has callers."""

HELD_IN_CACHE = frozenset({"function", "method", "class"})


class Place(Struct, frozen=True):
    """A name in a file: zero-based line, UTF-8 column."""

    path: str
    line: int
    column: int
    name: str


def fetch_sdist(requirement: str) -> Path:
    """The unpacked folder of a pinned sdist such as `flask==3.1.1`, kept in the cache directory; downloaded with pip
    the first time.

    Raises:
        RepositoryError: pip could not deliver it.
    """
    folder = user_cache_path("sleeptime") / "demo" / requirement.replace("==", "-")
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        done = subprocess.run([*command, "--dest", scratch, requirement], capture_output=True, text=True, check=False)
        archives = list(Path(scratch).glob("*.tar.gz"))
        if not archives:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise RepositoryError(f"pip could not download {requirement}: {last}.", "Or name a repository of yours.")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(scratch, filter="data")
        (Path(scratch) / archives[0].name.removesuffix(".tar.gz")).rename(folder)
    return folder


async def run_demo(root: Path, minutes: float, settings: Settings, console: Console) -> None:
    """Index, sleep, then hover and ask through a real server; prints as it goes.

    Raises:
        SleeptimeError: whatever stopped it, in one sentence.
    """
    client = WorkerClient("demo", settings)
    try:
        await _index(client, root, console)
        slept = await _sleep(client, root, minutes, console)
        await _show(root, slept, settings, console)
    finally:
        await client.close()


async def _index(client: WorkerClient, root: Path, console: Console) -> None:
    with _bar(console) as progress:
        task = progress.add_task("Indexing", total=None)

        def on_reply(message: say.AnyWorkerMessage) -> None:
            if isinstance(message, say.Progress):
                progress.update(task, completed=message.done, total=message.total or None)

        indexed = await client.request(say.OpenRepository(root=str(root)), on_reply)
    assert isinstance(indexed, say.Indexed)
    console.print(
        f"[bold]Indexed[/] {root.name}: {indexed.files} files, {indexed.symbols:,} symbols in {indexed.seconds:.1f} s "
        f"({indexed.parsed} parsed, {indexed.skipped} skipped)."
    )


async def _sleep(client: WorkerClient, root: Path, minutes: float, console: Console) -> say.Slept:
    status = await client.request(say.GetStatus())
    if isinstance(status, say.Status):
        console.print(f"[bold]Model[/] {status.model}: {status.model_reason}")
    thoughts: list[str] = []
    progress = Progress(
        TextColumn("[bold]Asleep[/]"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    task = progress.add_task("", total=None)

    def view() -> Group:
        return Group(progress, *[f"  [dim]thinking about[/] {thought}" for thought in thoughts[-THINKING_SHOWN:]])

    with Live(view(), console=console, refresh_per_second=4) as live:

        def on_reply(message: say.AnyWorkerMessage) -> None:
            if isinstance(message, say.Progress):
                progress.update(task, completed=message.done, total=message.total or None)
                if message.text not in thoughts[-1:]:
                    thoughts.append(message.text)
                live.update(view())

        slept = await client.request(say.Sleep(root=str(root), minutes=minutes), on_reply)
    assert isinstance(slept, say.Slept)
    if not console.is_terminal:
        console.print()
    console.print(
        f"[bold]Slept[/] {slept.seconds / 60:.1f} min: {slept.answers} answers kept, {slept.dropped} dropped by the "
        f"gates, {slept.jobs_left} questions left for another night."
    )
    return slept


async def _show(root: Path, slept: say.Slept, settings: Settings, console: Console) -> None:
    path = store_path(open_repository(root).identity)
    store = open_reader(path)
    if store is None:
        raise WorkerError(f"The store {path} is not there after indexing.")
    with store:
        notes = [note for note in store.answers.all() if note.target.level in NAMED and "__" not in note.target.symbol]
        places = _places(store, str(root), notes)
        questions = _questions(notes)
    same = {"model": {"name": settings.model.name}, "sleep": {"threads": settings.sleep.threads}}
    async with HeadlessEditor(root, same) as editor:
        for opened in {place.path for place in places}:
            editor.open(opened)
        await editor.settle(SETTLE_SECONDS)
        hovers, first_ms = await _hover(editor, places)
        _, again_ms = await _hover(editor, places)
        answers = [await editor.ask(question) for question in questions]
    _print_hovers(hovers, console)
    _print_answers(answers, console)
    _print_table(slept, (first_ms, again_ms), answers, console)


def _places(store: Store, worktree: str, notes: list[Answer]) -> list[Place]:
    """Where names of functions, methods and classes are defined: those with notes first, then at random."""
    outlines = store.outlines(worktree)
    noted = {(note.target.path, note.target.symbol) for note in notes}
    every = [
        (path, symbol)
        for path in outlines.paths()
        if (outline := outlines.outline(path)) is not None
        for symbol in outline.symbols
        if symbol.kind in HELD_IN_CACHE
    ]
    random.Random(SEED).shuffle(every)  # noqa: S311 - a sample, not a secret
    every.sort(key=lambda item: (item[0], item[1].qualified_name) not in noted)
    return [
        Place(path, symbol.name_span.start_line, symbol.name_span.start_column, symbol.qualified_name)
        for path, symbol in every[:HOVERS]
    ]


def _questions(notes: list[Answer]) -> list[str]:
    """One that facts answer, one that was answered asleep, and one that nobody prepared."""
    if not notes:
        raise WorkerError("Nothing was written in this sleep.", "Give it more time: MINUTES=4 or more.")
    oldest = notes[::-1]
    first = next((note for note in oldest if note.target.level == "class"), oldest[0])
    others = [note for note in oldest if note.target.symbol != first.target.symbol]
    second = next((note for note in others if note.target.path != first.target.path), next(iter(others), None))
    unprepared = (
        f"How do `{first.target.symbol}` and `{second.target.symbol}` relate to each other?"
        if second
        else f"What would go wrong without `{first.target.symbol}`?"
    )
    return [question_for("callers", oldest[-1].target.symbol), first.question, unprepared]


async def _hover(editor: HeadlessEditor, places: list[Place]) -> tuple[list[tuple[Place, str]], list[float]]:
    """Each place once; the first hover of all is not timed. This process collects no garbage meanwhile: what is
    measured is the server.
    """
    gc.disable()
    await editor.hover(places[0].path, places[0].line, places[0].column)
    shown, timings_ms = [], []
    for place in places:
        text, elapsed_ms = await editor.hover(place.path, place.line, place.column)
        timings_ms.append(elapsed_ms)
        shown.append((place, text))
    gc.enable()
    return shown, timings_ms


def _print_hovers(hovers: list[tuple[Place, str]], console: Console) -> None:
    for place, text in hovers[:2]:
        title = f"hover on {place.name} · {place.path}:{place.line + 1}"
        console.print(Panel(Markdown(_without_links(text)), title=title, title_align="left"))


def _without_links(markdown: str) -> str:
    """Link texts alone: a terminal shows the addresses beside them."""
    return re.sub(r"\[([^\]]+)\]\(file:[^)]*\)", r"\1", markdown)


def _print_answers(answers: list[tuple[dict[str, Any], float]], console: Console) -> None:
    for answer, elapsed_ms in answers:
        cited = "  ".join(f"{e['path']}:{e['range']['start']['line'] + 1}" for e in answer["evidence"])
        footer = f"from {answer['source']} · {elapsed_ms:,.0f} ms · {cited}"
        panel = Panel(Markdown(answer["markdown"]), title=answer["question"], title_align="left", subtitle=footer)
        console.print(panel)


def _print_table(
    slept: say.Slept,
    hovers_ms: tuple[list[float], list[float]],
    answers: list[tuple[dict[str, Any], float]],
    console: Console,
) -> None:
    table = Table(title=f"Measured in this run ({len(hovers_ms[0])} hovers twice, {len(answers)} questions)")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for when, timings_ms in zip(("the first time", "again"), hovers_ms, strict=True):
        cuts = statistics.quantiles(timings_ms, n=100, method="inclusive")
        table.add_row(f"hover p50 / p95 / p99, {when}", f"{cuts[49]:.2f} / {cuts[94]:.2f} / {cuts[98]:.2f} ms")
    for answer, elapsed_ms in answers:
        table.add_row(f"answer from {answer['source']}", f"{elapsed_ms:,.0f} ms")
    table.add_row("tokens read asleep", f"{slept.prompt_tokens:,} ({_share(slept)} reused from the cache)")
    table.add_row("tokens written asleep", f"{slept.generated_tokens:,}")
    read = sum(answer["promptTokens"] - answer["cachedTokens"] for answer, _ in answers)
    table.add_row("tokens read at test time", f"{read:,}")
    table.add_row("tokens written at test time", f"{sum(answer['generatedTokens'] for answer, _ in answers):,}")
    console.print(table)


def _share(slept: say.Slept) -> str:
    return f"{slept.cached_tokens / slept.prompt_tokens:.0%}" if slept.prompt_tokens else "0 %"


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("[bold]{task.description}[/]"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def demo(
    path: Folder = None,
    *,
    minutes: Annotated[float, typer.Option(min=0.1, help="How long to sleep.")] = 4.0,
    model: ModelName = "",
) -> None:
    """Watch the whole path on a repository (by default flask): index, sleep, hover, ask."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    settings = at_full_speed(load_settings(model))
    spec = choose_model(settings).spec
    if spec.sources and not find(spec):
        pull_models([spec.name], yes=True)
    if path is None:
        with console.status(f"Fetching {DEMO_PACKAGE} …"):
            path = fetch_sdist(DEMO_PACKAGE)
    asyncio.run(run_demo(repository_root(path), minutes, settings, console))


def at_full_speed(settings: Settings) -> Settings:
    """All cores: the person sits there and watches."""
    threads = settings.sleep.threads or os.cpu_count() or 1
    return replace(settings, sleep=replace(settings.sleep, threads=threads))
