"""model list, show, pull, verify, remove: the models on this machine. bench-model: how fast one is."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from sleeptime.cli.console import AsJson, ModelName, load_settings, out, print_json, progress
from sleeptime.core.errors import ModelError
from sleeptime.model import (
    CATALOG,
    EMBEDDER,
    ModelSpec,
    best_carried,
    choose_model,
    disk_bytes,
    engine_threads,
    find,
    measure,
    measured_speed,
    models_dir,
    open_model,
    pull,
    remember,
    remove,
    spec_named,
    this_machine,
    verify,
)

app = typer.Typer(help="The language models that can do the thinking.", no_args_is_help=True)

ASK_ABOVE_BYTES = 600_000_000
"""A download of more than this is begun only when a person said so: some pay for their bytes."""

Names = Annotated[
    list[str] | None, typer.Argument(help="Names of `sleeptime model list`; by default what this machine would use.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Fetch without asking, however large it is.")]


@app.command("list", epilog="Example: sleeptime model list --json")
def list_models(*, as_json: AsJson = False) -> None:
    """Show all known models, which are here and what they take, and which one would be used and why."""
    settings = load_settings()
    choice = choose_model(settings)
    plain = [_plain(spec) for spec in CATALOG]
    used = sum(disk_bytes(spec) for spec in CATALOG)
    if as_json:
        chosen = {"chosen": choice.spec.name, "reason": choice.reason}
        print_json({**chosen, "models": plain, "disk_bytes": used, "folder": str(models_dir())})
        return
    table = Table("model", "download", "memory", "context", "licence", "on disk", box=None, header_style="bold")
    for spec in CATALOG:
        name = f"[bold]{spec.name}[/bold]" if spec.name == choice.spec.name else spec.name
        memory = spec.memory_bytes(settings.model.context_tokens)
        here = _gb(disk_bytes(spec)) if disk_bytes(spec) else "elsewhere" if find(spec) else ""
        table.add_row(name, _gb(spec.size_bytes), _gb(memory), f"{spec.context_tokens:,}", spec.licence, here)
    out().print(table)
    out().print(f"\n{_gb(used)} in {models_dir()}", markup=False)
    out().print(f"In use: {choice.reason}", markup=False)


@app.command("show", epilog="Example: sleeptime model show mistral-7b-instruct-v0.3")
def show_model(
    name: Annotated[str, typer.Argument(help="A name of `sleeptime model list`.")], *, as_json: AsJson = False
) -> None:
    """Show all that is known of one model: its sources and hashes, the memory that it needs, its speed here."""
    spec, settings = spec_named(name), load_settings()
    speed = measured_speed(spec.key, engine_threads(settings))
    if as_json:
        print_json(
            {**_plain(spec), "sources": [str(source) for source in spec.sources], "files": spec.files, "speed": speed}
        )
        return
    table = Table(show_header=False, box=None)
    table.add_row("model", f"{spec.name}, {spec.parameters} parameters {spec.quantisation}".rstrip())
    table.add_row("licence", spec.licence)
    table.add_row("chat format", spec.chat_format)
    table.add_row("context", f"{spec.context_tokens:,} tokens at most, {spec.kv_bytes / 1024:.0f} KiB of memory each")
    context = settings.model.context_tokens
    table.add_row("memory", f"{_gb(spec.memory_bytes(context))} with the {context:,} of model.context_tokens")
    rate = f"{speed.decode_tokens_per_second:.1f} tokens/s" if speed else "not measured: sleeptime bench-model"
    table.add_row("writes", rate)
    for source in spec.sources:
        table.add_row("comes from", str(source))
    for file in spec.files:
        table.add_row("file", f"{file.base}  {file.size_bytes:,} bytes  sha256 {file.sha256}")
    table.add_row("is here", str(find(spec) or "no"))
    out().print(table)


@app.command("pull", epilog="Example: sleeptime model pull qwen2.5-coder-1.5b --yes")
def pull_models(names: Names = None, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring models to this machine; checked by hash, and taken up where an interrupted pull stopped."""
    specs = _specs(names)
    if not yes:
        _ask_leave(specs)
    for spec in specs:
        with progress(spec.name, unit="bytes") as report, _interruptible() as cancel:
            if not pull(spec, report, cancel):
                raise KeyboardInterrupt
        if not as_json:
            out().print(f"{spec.name} is here: {find(spec)}", markup=False)
    if as_json:
        print_json({"models": [_plain(spec) for spec in specs]})


@app.command("verify", epilog="Example: sleeptime model verify qwen2.5-coder-0.5b")
def verify_models(names: Names = None, *, as_json: AsJson = False) -> None:
    """Check that models here are byte for byte what was published."""
    wrong: dict[str, tuple[str, ...]] = {}
    for spec in [spec_named(name) for name in names] if names else [spec for spec in CATALOG if find(spec)]:
        with progress(spec.name, unit="bytes") as report, _interruptible() as cancel:
            wrong[spec.name] = verify(spec, report, cancel)
            if cancel.is_set():
                raise KeyboardInterrupt
    if as_json:
        print_json({"wrong": wrong})
    for name, files in wrong.items():
        if files:
            hint = f"Run `sleeptime model pull {name}`."
            raise ModelError(f"{name} is damaged: {', '.join(files)} is not what was published.", hint)
        if not as_json:
            out().print(f"{name} is genuine.")


@app.command("remove", epilog="Example: sleeptime model remove qwen2.5-coder-0.5b")
def remove_models(
    names: Annotated[list[str], typer.Argument(help="Names of `sleeptime model list`.")], *, as_json: AsJson = False
) -> None:
    """Delete models, and what unfinished downloads of them left, from this machine."""
    freed = {spec.name: remove(spec) for spec in [spec_named(name) for name in names]}
    if as_json:
        print_json({"freed_bytes": freed})
        return
    for name, freed_bytes in freed.items():
        out().print(f"{name}: {_gb(freed_bytes)} freed." if freed_bytes else f"{name} was not in {models_dir()}.")


def bench_model(
    *,
    model: ModelName = "",
    prompt_tokens: Annotated[int, typer.Option(min=16, help="Length of the text asked about (tokens).")] = 1000,
    answer_tokens: Annotated[int, typer.Option(min=1, help="Length of each answer (tokens).")] = 64,
    as_json: AsJson = False,
) -> None:
    """Measure how fast the model is here: prefill, decoding, the wait for a first word, memory."""
    settings = load_settings(model)
    opened = open_model(settings)
    try:
        speed = measure(
            opened.model, prompt_tokens=prompt_tokens, answer_tokens=answer_tokens, threads=engine_threads(settings)
        )
    finally:
        opened.model.close()
    remember(speed)
    if as_json:
        print_json({"reason": opened.reason, "speed": speed})
        return
    table = Table(show_header=False, box=None)
    table.add_row("model", speed.model)
    table.add_row("prefill", f"{speed.prefill_tokens_per_second:.1f} tokens/s, a prompt of {speed.prompt_tokens}")
    table.add_row("decoding", f"{speed.decode_tokens_per_second:.1f} tokens/s")
    table.add_row("first word", f"{speed.first_token_ms:.0f} ms")
    reused = f"{speed.reused_tokens} tokens of the prompt reused"
    table.add_row("first word again", f"{speed.first_token_reusing_ms:.0f} ms, {reused}")
    table.add_row("memory", f"{speed.memory_bytes / 1e9:.2f} GB")
    out().print(table)


def _specs(names: list[str] | None) -> list[ModelSpec]:
    if names:
        return [spec_named(name) for name in names]
    settings = load_settings()
    wanted = choose_model(settings).spec
    if settings.model.name == "auto" and not settings.model.endpoint:
        wanted = best_carried(settings.model, this_machine(settings))
    return [spec for spec in (wanted, spec_named(EMBEDDER)) if spec.sources]


def _ask_leave(specs: list[ModelSpec]) -> None:
    """Name what would be fetched, and go on only if a person agrees."""
    missing = [spec for spec in specs if find(spec) is None]
    if sum(spec.size_bytes for spec in missing) <= ASK_ABOVE_BYTES:
        return
    what = ", ".join(f"{spec.name} ({_gb(spec.size_bytes)})" for spec in missing)
    if not sys.stdin.isatty():
        raise ModelError(
            f"This would fetch {what}, and nobody is here to agree.", "Say --yes if that is what you want."
        )
    if not typer.confirm(f"Fetch {what} into {models_dir()}?", err=True):
        raise ModelError("Nothing was fetched.")


def _plain(spec: ModelSpec) -> dict[str, object]:
    path = find(spec)
    return {
        "name": spec.name,
        "kind": spec.kind,
        "bytes": spec.size_bytes,
        "memory_bytes": spec.memory_bytes(load_settings().model.context_tokens),
        "kv_bytes_a_token": spec.kv_bytes,
        "context_tokens": spec.context_tokens,
        "licence": spec.licence,
        "chat_format": spec.chat_format,
        "path": str(path) if path else None,
        "disk_bytes": disk_bytes(spec),
    }


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets instead of breaking off in the middle."""
    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
