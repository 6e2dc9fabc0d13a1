"""Which model thinks on this machine, why that one, and opening it."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
from msgspec import Struct

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.ports import Model
from sleeptime.core.settings import Settings
from sleeptime.model.catalog import CATALOG, DEFAULT, REFERENCE, SMALLEST, ModelFile, ModelSpec, spec_named
from sleeptime.model.download import find, require
from sleeptime.model.echo import EchoModel

_GB = 1e9
_FINGERPRINT_BYTES = 1024 * 1024
"""A GGUF file's head holds its metadata, vocabulary and tensor table: that and the size tell files apart."""
_NICENESS = 10
"""Programs that the user waits for get nine times the processor that the engine gets, yet a question asked on a busy
machine still has its tenth: an unprivileged process could not take niceness back for it."""

_ECHO = ModelSpec(
    name="echo",
    kind="chat",
    parameters="",
    quantisation="",
    licence="",
    context_tokens=2**31,
    memory_bytes=0,
    chat_format="none",
    files=(),
    sources=(),
)


class Machine(Struct, frozen=True):
    """What the choice depends on. `pulled` names the models whose files are here."""

    free_bytes: int
    cores: int
    pulled: frozenset[str] = frozenset()


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
    return Machine(free_bytes=psutil.virtual_memory().available, cores=usable_cores(), pulled=pulled)


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
    if name == "echo":
        return Choice(_ECHO, "echo, as the setting model.name asks: it repeats the question and needs no weights.")
    if name.lower().endswith(".gguf"):
        return Choice(_spec_of_file(Path(name).expanduser()), f"{name}, as the setting model.name asks.")
    if name != "auto":
        spec = spec_named(name)
        if spec.kind != "chat":
            raise ModelError(
                f"{spec.name} makes vectors and cannot answer.", 'Set model.name to a chat model or "auto".'
            )
        return Choice(spec, f"{spec.name}, as the setting model.name asks.")
    return _best_for(machine or this_machine())


def _best_for(machine: Machine) -> Choice:
    """Mistral where the hardware carries it and somebody pulled it: 4.4 GB are not fetched unasked."""
    reference, default, smallest = spec_named(REFERENCE), spec_named(DEFAULT), spec_named(SMALLEST)
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


def _carries(machine: Machine, spec: ModelSpec) -> bool:
    return machine.cores >= spec.needs_cores and machine.free_bytes >= spec.memory_bytes


def open_model(settings: Settings) -> OpenedModel:
    """Load the chosen model: this blocks for seconds, so call it from a thread.

    Raises:
        ModelMissingError: its weights are not on this machine; the hint names the command that brings them.
        ModelError: the name means nothing, or the engine cannot load the file.
    """
    spec, reason = choose_model(settings)
    context_tokens = min(settings.model.context_tokens, spec.context_tokens)
    if spec is _ECHO:
        return OpenedModel(EchoModel(context_tokens=context_tokens), reason)
    path = require(spec) if spec.sources else Path(spec.files[0].name)

    from sleeptime.model.llama_cpp import LlamaCppModel

    model = LlamaCppModel(
        path,
        name=spec.key,
        context_tokens=context_tokens,
        threads=settings.sleep.threads or max(1, usable_cores() // 2),
        niceness=_NICENESS,
    )
    return OpenedModel(model, reason)


def _spec_of_file(path: Path) -> ModelSpec:
    """A user's own file. Its name carries a fingerprint of its content: two files called model.gguf write two models'
    answers.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_FINGERPRINT_BYTES)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise ModelMissingError(f"The model file {path} cannot be read: {error.strerror}.") from error
    fingerprint = hashlib.blake2b(start + str(size_bytes).encode(), digest_size=4).hexdigest()
    return msgspec.structs.replace(
        _ECHO, name=f"{path.stem}@{fingerprint}", files=(ModelFile(str(path.absolute()), size_bytes, ""),)
    )
