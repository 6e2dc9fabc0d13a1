"""learned: what sleep has learned from the questions asked here, and forgetting it."""

from typing import Annotated, Any

import typer
from rich.table import Table

from sleeptime.cli.console import AsJson, Folder, load_settings, out, print_json, with_worker
from sleeptime.cli.places import not_indexed, repository_root
from sleeptime.core import messages as say
from sleeptime.core.errors import RepositoryError
from sleeptime.core.intents import BY_NAME
from sleeptime.repo import open_repository
from sleeptime.sleep import Counts, learned_prior
from sleeptime.store import Store, open_reader, store_path


def learned(
    path: Folder = None,
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Erase the questions and what they taught.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what sleep has learned from the questions asked here: it stays on this machine."""
    root = repository_root(path)
    if forget:
        with_worker(load_settings(), lambda worker: worker.request(say.ForgetQuestions(root=str(root))))
    repository = open_repository(root)
    store = open_reader(store_path(repository.identity))
    if store is None:
        raise RepositoryError(f"{repository.root}: {not_indexed(repository)}.")
    with store:
        rows = _rows(store)
    if as_json:
        print_json({"root": str(repository.root), "learned": rows})
        return
    if not rows:
        out().print("No questions were asked here, so nothing was learned from them.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("about a", "kind of question", "asked", "not ready", "expected at first", "expected now"):
        table.add_column(column)
    for row in rows:
        shares = (f"{100 * row['prior']:.0f} %", f"{100 * row['learned']:.0f} %")
        table.add_row(row["level"], row["intent"], str(row["asked"]), str(row["missed"]), *shares)
    out().print(table)


def _rows(store: Store) -> list[dict[str, Any]]:
    counts = Counts(store.ledger.intent_counts(), missed=store.ledger.missed_counts())
    return [
        {
            "level": level,
            "intent": intent,
            "asked": asked,
            "missed": counts.missed.get((level, intent), 0),
            "prior": BY_NAME[intent].prior,
            "learned": learned_prior(counts, level, intent),
        }
        for (level, intent), asked in sorted(counts.asked.items(), key=lambda item: -item[1])
        if intent in BY_NAME
    ]
