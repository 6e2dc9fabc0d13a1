"""The only folder that loads weights. Importing it loads no engine: those come with `open_model`."""

from sleeptime.model.auto import Candidate, best_carried, candidates
from sleeptime.model.bench import Speed, measure, measured_speed, remember
from sleeptime.model.catalog import CATALOG, EMBEDDER, ModelFile, ModelSpec, spec_named
from sleeptime.model.choose import Choice, OpenedModel, choose_model, open_model
from sleeptime.model.download import disk_bytes, find, models_dir, pull, remove, require, verify
from sleeptime.model.echo import EchoModel
from sleeptime.model.machine import Machine, engine_threads, this_machine

__all__ = [
    "CATALOG",
    "EMBEDDER",
    "Candidate",
    "Choice",
    "EchoModel",
    "Machine",
    "ModelFile",
    "ModelSpec",
    "OpenedModel",
    "Speed",
    "best_carried",
    "candidates",
    "choose_model",
    "disk_bytes",
    "engine_threads",
    "find",
    "measure",
    "measured_speed",
    "models_dir",
    "open_model",
    "pull",
    "remember",
    "remove",
    "require",
    "spec_named",
    "this_machine",
    "verify",
]
