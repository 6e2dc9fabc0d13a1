"""Which model thinks on this machine, why that one, and opening it."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import psutil
from msgspec import Struct

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.ports import Model
from sleeptime.core.settings import Settings
from sleeptime.model.catalog import CATALOG, DEFAULT, REFERENCE, SMALLEST, ModelSpec, spec_named
from sleeptime.model.download import find, require
from sleeptime.model.echo import EchoModel
from sleeptime.model.openai_api import OpenAiModel, Screen
from sleeptime.model.own import HUB, NO_FILES, endpoint_choice, endpoint_of, spec_of

_GB = 1e9
REFERENCE_ON_GPU = f"{HUB}mistralai/Mistral-7B-Instruct-v0.3"
_REFERENCE_GPU_BYTES = 18 * 1024**3
"""14.5 GB of bf16 weights, 1 GB of KV cache for 8,192 tokens, and as much again for a batch."""
_NICENESS = 10
"""Programs that the user waits for get nine times the processor that the engine gets, yet a question asked on a busy
machine still has its tenth: an unprivileged process could not take niceness back for it."""


class Machine(Struct, frozen=True):
    """What the choice depends on. `pulled` names the models whose files are here; `gpu_free_bytes` is that of all
    CUDA GPUs together.
    """

    free_bytes: int
    cores: int
    pulled: frozenset[str] = frozenset()
    gpu_free_bytes: int = 0


class Choice(NamedTuple):
    """A model and the sentence that says why; both are shown to the user."""

    spec: ModelSpec
    reason: str


class OpenedModel(NamedTuple):
    """A model ready to answer and the sentence that says why this one."""

    model: Model
    reason: str


def this_machine() -> Machine:
    """Measured now: memory that programs could get, and cores that this process may use."""
    pulled = frozenset(spec.name for spec in CATALOG if find(spec))
    free_bytes = psutil.virtual_memory().available
    return Machine(free_bytes, usable_cores(), pulled, _gpu_free_bytes())


def _gpu_free_bytes() -> int:
    """As the driver's own tool says: asking torch would load it, which takes seconds."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    query = [tool, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
        return sum(int(line) for line in said.split()) * 1024**2
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def usable_cores() -> int:
    """Cores that this process may run on, which in a container may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_model(settings: Settings, machine: Machine | None = None) -> Choice:
    """The model that `settings.model.name` asks for; for "auto" the best that this machine carries.

    Raises:
        ModelError: no model has that name.
    """
    name = settings.model.name
    asked = "as the setting model.name asks"
    if name == "echo":
        return Choice(NO_FILES, f"echo, {asked}: it repeats the question and needs no weights.")
    if name == "auto":
        if settings.model.endpoint:
            return Choice(*endpoint_choice(settings.model))
        return _best_for(machine or this_machine())
    if own := spec_of(name):
        return Choice(own, f"{name}, {asked}.")
    spec = spec_named(name)
    if spec.kind != "chat":
        raise ModelError(f"{spec.name} makes vectors and cannot answer.", 'Set model.name to a chat model or "auto".')
    return Choice(spec, f"{spec.name}, {asked}.")


def _best_for(machine: Machine) -> Choice:
    """Mistral where the hardware carries it and somebody pulled it: 4.4 GB are not fetched unasked."""
    reference, default, smallest = spec_named(REFERENCE), spec_named(DEFAULT), spec_named(SMALLEST)
    if machine.gpu_free_bytes >= _REFERENCE_GPU_BYTES and (on_gpu := _reference_for_gpu()):
        gpu = f"{machine.gpu_free_bytes / _GB:.0f} GB of free GPU memory"
        return Choice(on_gpu, f"{on_gpu.name} by transformers, the model meant for Sleeptime: {gpu} carry it.")
    has = f"{machine.cores} cores and {machine.free_bytes / _GB:.1f} GB of free memory"
    if _carries(machine, reference):
        if reference.name in machine.pulled:
            return Choice(reference, f"{reference.name}, the model meant for Sleeptime: {has} carry it.")
        return Choice(
            default,
            f"{default.name}: {has} would carry {reference.name} too; "
            f"fetch it with `sleeptime model pull {reference.name}`.",
        )
    if machine.free_bytes >= default.memory_bytes:
        needs = f"{reference.needs_cores} cores and {reference.memory_bytes / _GB:.0f} GB"
        return Choice(default, f"{default.name}, the best for {has}; {reference.name} needs {needs}.")
    needs = f"{default.memory_bytes / _GB:.1f} GB"
    return Choice(smallest, f"{smallest.name}, the smallest, for {has}; {default.name} needs {needs}.")


def _reference_for_gpu() -> ModelSpec | None:
    """Mistral's own weights, if they are in the hub's cache: 14.5 GB are not fetched unasked."""
    try:
        return spec_of(REFERENCE_ON_GPU)
    except ModelMissingError:
        return None


def _carries(machine: Machine, spec: ModelSpec) -> bool:
    return machine.cores >= spec.needs_cores and machine.free_bytes >= spec.memory_bytes


def open_model(settings: Settings, screen: Screen | None = None) -> OpenedModel:
    """Load the chosen model: this blocks for seconds, so call it from a thread. `screen` names what is secret in a
    text; without one no endpoint of another machine is opened.

    Raises:
        ModelMissingError: its weights are not on this machine; the hint names the command that brings them.
        ModelError: the name means nothing, the engine cannot load the file, or an endpoint is not allowed.
    """
    spec, reason = choose_model(settings)
    if settings.model.name == "auto" and settings.model.endpoint:
        return OpenedModel(OpenAiModel(endpoint_of(settings.model), screen=screen), reason)
    if spec is NO_FILES:
        return OpenedModel(EchoModel(context_tokens=min(settings.model.context_tokens, spec.context_tokens)), reason)
    path = require(spec) if spec.sources else Path(spec.files[0].name)
    if engine_for(path, settings) == "llama.cpp":
        return OpenedModel(_open_llama_cpp(path, spec, settings), reason)
    return OpenedModel(_open_transformers(path, spec, settings), reason)


def engine_for(path: Path, settings: Settings) -> str:
    """What runs this file or folder: "llama.cpp" or "transformers".

    Raises:
        ModelError: llama.cpp is asked to run something that is no GGUF file.
    """
    is_gguf = path.suffix.lower() == ".gguf"
    if settings.model.engine == "llama.cpp" and not is_gguf:
        raise ModelError(f"llama.cpp runs .gguf files, and {path} is none.", "Set model.engine to auto.")
    if settings.model.engine == "auto":
        return "llama.cpp" if is_gguf else "transformers"
    return settings.model.engine


def _open_llama_cpp(path: Path, spec: ModelSpec, settings: Settings) -> Model:
    from sleeptime.model.llama_cpp import LlamaCppModel

    return LlamaCppModel(
        path,
        name=spec.key,
        context_tokens=min(settings.model.context_tokens, spec.context_tokens),
        threads=engine_threads(settings),
        niceness=_NICENESS,
    )


def _open_transformers(path: Path, spec: ModelSpec, settings: Settings) -> Model:
    from sleeptime.model.transformers import Options, TransformersModel

    options = Options(
        context_tokens=min(settings.model.context_tokens, spec.context_tokens),
        quantisation=settings.model.quantisation,
        threads=engine_threads(settings),
    )
    return TransformersModel(path, name=spec.key, options=options)


def engine_threads(settings: Settings) -> int:
    """Threads that an engine on this machine uses: the setting sleep.threads, or half the usable cores."""
    return settings.sleep.threads or max(1, usable_cores() // 2)
