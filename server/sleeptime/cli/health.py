"""status and doctor: what Sleeptime knows and does, and whether everything it needs is in order."""

import asyncio
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct
from rich.table import Table

import sleeptime
from sleeptime.answer import META_KEY, acceptance_from
from sleeptime.cli.console import AsJson, Folder, load_settings, out, print_json
from sleeptime.cli.places import not_indexed, repository_root
from sleeptime.core import messages as say
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import ModelMissingError, SettingsError, SleeptimeError, WorkerError
from sleeptime.core.estimates import in_words
from sleeptime.core.meeting import log_directory, meeting_point
from sleeptime.core.settings import Settings, merged, parse_settings, read_user_settings, settings_file
from sleeptime.index import Sources
from sleeptime.lsp.worker_client import WorkerClient
from sleeptime.model import EMBEDDER, candidates, choose_model, find, spec_named, this_machine
from sleeptime.repo import Repository, open_repository, read_file
from sleeptime.sleep import estimate
from sleeptime.store import Store, open_reader, open_writer, store_path

LITTLE_DISK_BYTES = 1_000_000_000
"""Less than this leaves no room for the small model and a store."""


def status(
    path: Folder = None,
    *,
    files: Annotated[bool, typer.Option("--files", help="List every file: read, or skipped and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the worker is doing and what is known about a repository. Starts nothing."""
    settings = load_settings()
    worker = asyncio.run(_ask_worker(settings))
    repository = open_repository(repository_root(path))
    store = open_reader(store_path(repository.identity))
    known = _known(repository, store, settings, files=files) if store else {}
    if as_json:
        print_json({"worker": worker, "root": str(repository.root), "store": known or None})
        return
    console = out()
    console.print(f"worker      {worker.state}" + (f" (process {worker.pid})" if worker.pid else " (not running)"))
    console.print(f"model       {worker.model_reason}", markup=False)
    console.print(f"repository  {repository.root}", markup=False)
    if not known:
        console.print(f"            {not_indexed(repository)}")
        return
    console.print(
        f"            {known['files']} files, {known['symbols']} symbols, {len(known['skipped'])} files skipped"
    )
    console.print(f"answers     {known['answers']}")
    console.print(f"to think    {in_words(known['estimate'])}", markup=False)
    console.print("jobs        " + ", ".join(f"{count} {state}" for state, count in known["jobs"].items()))
    console.print(f"store       {known['bytes'] / 1e6:.1f} MB, {known['path']}", markup=False)
    if files:
        for name in known["paths"]:
            console.print(f"  read     {name}", markup=False)
        for name, reason in known["skipped"].items():
            console.print(f"  skipped  {name}: {reason}", markup=False)


def _known(repository: Repository, store: Store, settings: Settings, *, files: bool) -> dict[str, Any]:
    with store:
        counts = store.modules.counts(repository.worktree)
        return {
            "path": str(store.path),
            "bytes": store.size_bytes(),
            "files": counts.files,
            "symbols": counts.symbols,
            "skipped": dict(store.modules.skipped(repository.worktree)),
            "answers": store.answers.count(),
            "estimate": _estimate(repository, store, settings),
            "jobs": dict(store.jobs.counts(repository.worktree)),
            "paths": [file.path for file in store.modules.stored_files(repository.worktree) if not file.reason]
            if files
            else [],
        }


def _estimate(repository: Repository, store: Store, settings: Settings) -> say.Estimated:
    sources = Sources(store.outlines(repository.worktree), lambda path: read_file(repository, path))
    return estimate(sources, store, settings, SystemClock().now())


async def _ask_worker(settings: Settings) -> say.Status:
    client = WorkerClient("cli", settings)
    try:
        link = await client.connect(start=False)
        answered = await link.request(say.GetStatus(), lambda _: None)
        assert isinstance(answered, say.Status)
    except WorkerError:
        return say.Status(state="stopped", model=choose_model(settings).spec.name, model_reason=_reason(settings))
    else:
        return answered
    finally:
        await client.close()


def _reason(settings: Settings) -> str:
    return choose_model(settings).reason


class Check(Struct, frozen=True):
    """One thing that must be in order. `detail` says what was found, `hint` what to do if it is not."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def doctor(path: Folder = None, *, as_json: AsJson = False) -> None:
    """Check everything that Sleeptime needs; say what is wrong and what to do about it."""
    checks = list(_checks(path))
    if as_json:
        print_json({"version": sleeptime.__version__, "checks": checks})
    else:
        table = Table(show_header=False, box=None)
        for check in checks:
            mark = "[green]ok[/green]" if check.ok else "[red]wrong[/red]"
            table.add_row(mark, check.name, f"{check.detail} {'' if check.ok else check.hint}".rstrip())
        out().print(table)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _checks(path: Path | None) -> Iterator[Check]:
    yield Check("Python", ok=True, detail=f"{platform.python_version()}, Sleeptime {sleeptime.__version__}")
    yield _tried("settings", _check_settings)
    yield _check_git()
    for name, folder in (("sockets", meeting_point().directory), ("logs", log_directory())):
        yield _check_writable(name, folder)
    yield _tried("SQLite", _check_sqlite)
    yield _tried("machine", _check_machine)
    yield _tried("model", _check_model)
    yield from _considered()
    yield _tried("worker", _check_worker)
    yield _tried("repository", lambda: _check_repository(path))
    yield _tried("search", lambda: _check_search(path))
    yield _tried("sleep", lambda: _check_sleep(path))
    yield _tried("answers", lambda: _check_acceptance(path))
    yield _check_disk()


def _tried(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=check())
    except SleeptimeError as error:
        return Check(name, ok=False, detail=error.message, hint=error.hint)


def _check_settings() -> str:
    _, problems = parse_settings(merged(read_user_settings()))
    return " ".join(problems) or f"{settings_file()}{'' if settings_file().exists() else ' (none: defaults)'}"


def _check_git() -> Check:
    git = shutil.which("git")
    return Check("git", ok=git is not None, detail=git or "not found.", hint="Install git, or use plain folders only.")


def _check_writable(name: str, folder: Path) -> Check:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = os.access(existing, os.W_OK | os.X_OK)
    return Check(name, ok=writable, detail=str(folder), hint=f"{existing} must be writable.")


def _check_sqlite() -> str:
    with tempfile.TemporaryDirectory() as folder, open_writer(Path(folder) / "probe.db"):
        return "full-text search works"


def _check_machine() -> str:
    machine = this_machine(load_settings())
    gpu = f"{machine.gpu_free_bytes / 1e9:.1f} GB of free GPU memory" if machine.gpu_free_bytes else "no CUDA GPU"
    rates = ", ".join(f"{name} {rate:.1f} tokens/s" for name, rate in machine.rates.items())
    measured = rates or "no model (`sleeptime bench-model` does)"
    return f"{machine.cores} cores, {machine.free_bytes / 1e9:.1f} GB of free memory, {gpu}; measured: {measured}"


def _considered() -> Iterator[Check]:
    """What `auto` weighs, best first, and what a better choice would need."""
    try:
        settings = load_settings()
    except SettingsError:  # which has its own line
        return
    if settings.model.name == "auto" and not settings.model.endpoint:
        for one in candidates(settings.model, this_machine(settings)):
            yield Check("  auto", ok=True, detail=f"{one.spec.name} by {one.engine}: {one.verdict}")


def _check_model() -> str:
    choice = choose_model(load_settings())
    if choice.spec.sources and find(choice.spec) is None:
        raise ModelMissingError(f"{choice.spec.name} is not here.", f"Run `sleeptime model pull {choice.spec.name}`.")
    return choice.reason


def _check_worker() -> str:
    status = asyncio.run(_ask_worker(load_settings()))
    return f"{status.state}, process {status.pid}" if status.pid else "not running; it starts when it is needed"


def _check_repository(path: Path | None) -> str:
    repository = open_repository(repository_root(path))
    store = open_reader(store_path(repository.identity))
    if store is None:
        return f"{repository.root}: {not_indexed(repository)}"
    with store:
        counts = store.modules.counts(repository.worktree)
        return f"{repository.root}: {counts.files} files, {store.answers.count()} answers"


def _check_search(path: Path | None) -> str:
    """By words always; by meaning where the embedder is here. Neither is ever a failure."""
    here = find(spec_named(EMBEDDER)) is not None
    pull = f"by words; `sleeptime model pull {EMBEDDER}` adds search by meaning"
    store = open_reader(store_path(open_repository(repository_root(path)).identity))
    if store is None:
        return "nothing is indexed yet" if here else pull
    with store:
        count = store.vectors.count()
    return f"by words and by meaning, {count} texts embedded" if here else pull


def _check_sleep(path: Path | None) -> str:
    settings, repository = load_settings(), open_repository(repository_root(path))
    agreed = {"yes": "agreed to", "no": "switched off", "ask": "nobody was asked yet"}[settings.sleep.consent]
    store = open_reader(store_path(repository.identity))
    if store is None:
        return f"{agreed}; {not_indexed(repository)}"
    with store:
        return f"{agreed}; {in_words(_estimate(repository, store, settings))}"


def _check_acceptance(path: Path | None) -> str:
    """What share of the answers served as they stand may be wrong here, as far as that was found out."""
    store = open_reader(store_path(open_repository(repository_root(path)).identity))
    if store is None:
        return "not calibrated yet: the first sleep does it"
    with store:
        found = acceptance_from(store.meta(META_KEY))
    if found is None:
        return "not calibrated yet: only what is certain is served; the first sleep calibrates"
    return (
        f"at most {found.bound:.1%} of those served as they stand are wrong (95 % confidence: {found.wrong} of "
        f"{found.served} were, of {found.asked} questions made from this repository, which are easier than a person's; "
        f"{found.trained_on} proposals were learnt from; threshold {found.threshold:.2f})"
    )


def _check_disk() -> Check:
    folder = next(parent for parent in store_path("x").parents if parent.exists())
    free = shutil.disk_usage(folder).free
    return Check("disk", ok=free > LITTLE_DISK_BYTES, detail=f"{free / 1e9:.0f} GB free", hint="Free some space.")
