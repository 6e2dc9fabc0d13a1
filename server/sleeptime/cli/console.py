"""What the commands share: how they print, show progress, and fail."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from sleeptime.core.messages import AnyWorkerMessage, WorkerMessage
from sleeptime.core.messages import Progress as ProgressMessage
from sleeptime.core.settings import Settings, merged, parse_settings, read_user_settings
from sleeptime.lsp.worker_client import WorkerClient

Result = TypeVar("Result")
Report = Callable[[int, int, str], None]
"""(done, total, text); total 0 means unknown."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Folder = Annotated[
    Path | None, typer.Argument(help="The repository; by default the one around the current folder.", metavar="[PATH]")
]
ModelName = Annotated[str, typer.Option("--model", help="Use this model instead of the one in the settings.")]


PLAIN_WIDTH = 1000
"""Outside a terminal nothing is wrapped."""


def out() -> Console:
    """Where results go. Outside a terminal: no colours, and lines are not cut."""
    plain = not sys.stdout.isatty()
    return Console(soft_wrap=plain, width=PLAIN_WIDTH if plain else None, highlight=False)


def err() -> Console:
    """Where progress, warnings and errors go."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON object. Messages lose what only matters on the wire."""
    plain = msgspec.to_builtins(value)
    if isinstance(value, WorkerMessage):
        plain = {key: item for key, item in plain.items() if key not in ("id", "type")}
    print(json.dumps(plain, indent=2, ensure_ascii=False))


def load_settings(model: str = "") -> Settings:
    """The user's settings; bad ones are named on standard error and defaulted.

    Raises:
        SettingsError: the file cannot be read.
    """
    layer = {"model": {"name": model}} if model else {}
    settings, problems = parse_settings(merged(read_user_settings(), layer))
    for problem in problems:
        print(problem, file=sys.stderr)
    return settings


def with_worker(settings: Settings, work: Callable[[WorkerClient], Awaitable[Result]]) -> Result:
    """Run `work` with a client of the worker; an interrupt cancels what it asked for."""

    async def run() -> Result:
        client = WorkerClient("cli", settings)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


@contextmanager
def progress(title: str, unit: str = "", *, line_seconds: float = 0.0) -> Iterator[Report]:
    """A progress bar on standard error while the block runs. Where that is no terminal: a line at most every
    `line_seconds`, by default none.
    """
    console = err()
    if line_seconds and not console.is_terminal:
        yield _lines(title, console, line_seconds)
        return
    count: tuple[ProgressColumn, ...] = (MofNCompleteColumn(), TimeElapsedColumn())
    if unit == "bytes":
        count = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), *count)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int, text: str) -> None:
            described = f"{title}  {text}"[: console.width // 2] if text else title
            bar.update(task, completed=done, total=total or None, description=described)

        yield report


def _lines(title: str, console: Console, line_seconds: float) -> Report:
    """Progress for a log."""
    started = time.monotonic()
    said = -line_seconds

    def report(done: int, total: int, text: str) -> None:
        nonlocal said
        elapsed_seconds = time.monotonic() - started
        if elapsed_seconds - said >= line_seconds:
            said = elapsed_seconds
            count = f"{done}/{total}" if total else ""
            words = " ".join(part for part in (title, f"{elapsed_seconds:.0f} s", count, text) if part)
            console.print(words, markup=False, soft_wrap=True)

    return report


def on_progress(report: Report) -> Callable[[AnyWorkerMessage], None]:
    """Feeds the worker's progress messages into a bar."""

    def on_reply(message: AnyWorkerMessage) -> None:
        if isinstance(message, ProgressMessage):
            report(message.done, message.total, message.text)

    return on_reply
