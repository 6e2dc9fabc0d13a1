"""Which model thinks on this machine, why that one, and opening it."""

from pathlib import Path
from typing import NamedTuple

from sleeptime.core.errors import ModelError
from sleeptime.core.ports import Model
from sleeptime.core.settings import Settings
from sleeptime.model.auto import best
from sleeptime.model.catalog import ModelSpec, spec_named
from sleeptime.model.download import require
from sleeptime.model.echo import EchoModel
from sleeptime.model.machine import Machine, engine_threads, this_machine
from sleeptime.model.openai_api import OpenAiModel, Screen
from sleeptime.model.own import NO_FILES, endpoint_choice, endpoint_of, spec_of


class Choice(NamedTuple):
    """A model and the sentence that says why; both are shown to the user."""

    spec: ModelSpec
    reason: str


class OpenedModel(NamedTuple):
    """A model ready to answer and the sentence that says why this one."""

    model: Model
    reason: str


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
        return Choice(*best(settings.model, machine or this_machine(settings)))
    if own := spec_of(name):
        return Choice(own, f"{name}, {asked}.")
    spec = spec_named(name)
    if spec.kind != "chat":
        raise ModelError(f"{spec.name} makes vectors and cannot answer.", 'Set model.name to a chat model or "auto".')
    return Choice(spec, f"{spec.name}, {asked}.")


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
        niceness=settings.sleep.niceness,
    )


def _open_transformers(path: Path, spec: ModelSpec, settings: Settings) -> Model:
    from sleeptime.model.transformers import Options, TransformersModel

    options = Options(
        context_tokens=min(settings.model.context_tokens, spec.context_tokens),
        quantisation=settings.model.quantisation,
        threads=engine_threads(settings),
    )
    return TransformersModel(path, name=spec.key, options=options)
