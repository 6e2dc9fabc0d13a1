"""model list, pull, verify: which models there are, and bringing one here. bench-model: how fast one is."""

import signal
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
    choose_model,
    engine_threads,
    find,
    measure,
    open_model,
    pull,
    remember,
    spec_named,
    verify,
)

app = typer.Typer(help="The language models that can do the thinking.", no_args_is_help=True)

Names = Annotated[
    list[str] | None, typer.Argument(help="Names of `sleeptime model list`; by default what this machine would use.")
]


@app.command("list", epilog="Example: sleeptime model list --json")
def list_models(*, as_json: AsJson = False) -> None:
    """Show all known models, which are here, and which one would be used and why."""
    choice = choose_model(load_settings())
    if as_json:
        print_json({"chosen": choice.spec.name, "reason": choice.reason, "models": [_plain(spec) for spec in CATALOG]})
        return
    table = Table("model", "size", "memory", "context", "licence", "here", box=None, header_style="bold")
    for spec in CATALOG:
        here = "yes" if find(spec) else ""
        name = f"[bold]{spec.name}[/bold]" if spec.name == choice.spec.name else spec.name
        sizes = f"{spec.size_bytes / 1e9:.1f} GB", f"{spec.memory_bytes / 1e9:.1f} GB"
        table.add_row(name, *sizes, f"{spec.context_tokens:,}", spec.licence, here)
    out().print(table)
    out().print(f"\nIn use: {choice.reason}")


@app.command("pull", epilog="Example: sleeptime model pull qwen2.5-coder-1.5b")
def pull_models(names: Names = None, *, as_json: AsJson = False) -> None:
    """Bring models to this machine; checked by hash, and taken up where an interrupted pull stopped."""
    specs = _specs(names)
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
    for spec in _specs(names):
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
    chosen = choose_model(load_settings()).spec
    return [spec for spec in (chosen, spec_named(EMBEDDER)) if spec.sources]


def _plain(spec: ModelSpec) -> dict[str, object]:
    path = find(spec)
    return {
        "name": spec.name,
        "kind": spec.kind,
        "bytes": spec.size_bytes,
        "memory_bytes": spec.memory_bytes,
        "context_tokens": spec.context_tokens,
        "licence": spec.licence,
        "path": str(path) if path else None,
    }


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets instead of breaking off in the middle."""
    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
