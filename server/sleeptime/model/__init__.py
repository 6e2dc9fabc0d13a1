"""The only folder that loads weights. Importing it loads no engine: those come with `open_model`."""

from sleeptime.model.bench import Speed, measure, measured_speed, remember
from sleeptime.model.catalog import CATALOG, EMBEDDER, ModelFile, ModelSpec, spec_named
from sleeptime.model.choose import Choice, Machine, OpenedModel, choose_model, engine_threads, open_model, this_machine
from sleeptime.model.download import find, models_dir, pull, require, verify
from sleeptime.model.echo import EchoModel

__all__ = [
    "CATALOG",
    "EMBEDDER",
    "Choice",
    "EchoModel",
    "Machine",
    "ModelFile",
    "ModelSpec",
    "OpenedModel",
    "Speed",
    "choose_model",
    "engine_threads",
    "find",
    "measure",
    "measured_speed",
    "models_dir",
    "open_model",
    "pull",
    "remember",
    "require",
    "spec_named",
    "this_machine",
    "verify",
]
