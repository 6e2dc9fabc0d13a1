"""plan: what sleep would do next, and why."""

from typing import Annotated

import typer
from rich.table import Table

from sleeptime.cli.console import AsJson, Folder, ModelName, load_settings, out, print_json
from sleeptime.cli.places import not_indexed, repository_root
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.core.estimates import in_words
from sleeptime.core.intents import question_for
from sleeptime.index import Sources
from sleeptime.model import choose_model
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import ATTENTION, Notes, Subject, attention_from, estimate_of, foresee, needs_no_model
from sleeptime.store import open_reader, store_path


def plan(
    path: Folder = None,
    *,
    jobs: Annotated[int, typer.Option(min=1, help="How many of the next jobs to show.")] = 20,
    model: ModelName = "",
    as_json: AsJson = False,
) -> None:
    """Show what sleep would think about next, and the reason for each. Thinks nothing and starts nothing. What needs no
    model is done in a moment, and only counted.
    """
    repository = open_repository(repository_root(path))
    store = open_reader(store_path(repository.identity))
    if store is None:
        raise RepositoryError(f"{repository.root}: {not_indexed(repository)}.")
    with store:
        settings = load_settings(model)
        name = choose_model(settings).spec.key
        sources = Sources(store.outlines(repository.worktree), lambda file: read_file(repository, file))
        attention = attention_from(store.meta(ATTENTION))
        notes = Notes(sources, store, name)
        planned = foresee(Subject(sources, store, name), notes, attention, SystemClock().now())
        estimated = estimate_of(planned, store, settings)
    thoughts = [one for one in planned if not needs_no_model(one.job.intent)]
    stated = len(planned) - len(thoughts)
    rows = [
        {
            "question": question_for(one.job.intent, one.job.target.symbol or one.job.target.path),
            "target": str(one.job.target),
            "intent": one.job.intent,
            "priority": one.job.priority,
            "reason": one.reason,
        }
        for one in thoughts[:jobs]
    ]
    if as_json:
        print_json(
            {
                "model": name,
                "jobs": len(planned),
                "without_model": stated,
                "minutes": estimated.minutes,
                "next": rows,
            }
        )
        return
    table = Table(box=None, pad_edge=False)
    for column in ("question", "where", "reason"):
        table.add_column(column, overflow="fold")
    for row, one in zip(rows, thoughts, strict=False):
        table.add_row(str(row["question"]), one.job.target.path, str(row["reason"]))
    out().print(table)
    if stated:
        out().print(f"Before these: {stated} {'answer' if stated == 1 else 'answers'} that need no model.")
    out().print(in_words(estimated))
