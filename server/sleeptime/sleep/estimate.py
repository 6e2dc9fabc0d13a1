"""What it would take to think about all that waits: minutes, disk, and which model on which machine."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from sleeptime.core.messages import Estimated
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.index import Sources
from sleeptime.model import Choice, ModelSpec, choose_model, engine_threads, find, measured_speed, spec_named
from sleeptime.model.catalog import DEFAULT
from sleeptime.model.openai_api import is_local
from sleeptime.sleep.attention import ATTENTION, attention_from
from sleeptime.sleep.dream import Subject, foresee
from sleeptime.sleep.notes import Notes
from sleeptime.sleep.plan import PAGE_SECONDS, Planned
from sleeptime.sleep.predict import needs_no_model
from sleeptime.store import Store

PAGE_TOKENS, TASK_TOKENS, WRITTEN_TOKENS = 1_700, 60, 150
"""What the engine reads once for a page, what it reads for each thought about it, and what a thought writes, retries
included: measured on flask.
"""

ENOUGH_JOBS = 20
"""So many thoughts of this model in this repository tell more than any figure from elsewhere."""

BYTES_A_THOUGHT = 4096
"""An answer with its citations, its words in the index, and its row among the jobs."""


def estimate(sources: Sources, store: Store, settings: Settings, now: float) -> Estimated:
    """What all that waits would take with the model that the settings mean. Loads no model.

    Raises:
        ModelError: no model has that name.
        StoreError: the store cannot be read.
    """
    name = choose_model(settings).spec.key
    notes = Notes(sources, store, name)
    planned = foresee(Subject(sources, store, name), notes, attention_from(store.meta(ATTENTION)), now)
    return estimate_of(planned, store, settings)


def estimate_of(planned: Sequence[Planned], store: Store, settings: Settings) -> Estimated:
    """The same of a plan that is made already."""
    choice = choose_model(settings)
    seconds, measured = _seconds(planned, store, choice.spec, settings)
    return Estimated(
        modules=len({one.job.target.path for one in planned if one.job.target.level not in {"package", "repository"}}),
        thoughts=len(planned),
        minutes=seconds / 60,
        disk_bytes=_missing_bytes(choice) + BYTES_A_THOUGHT * len(planned),
        model=choice.spec.name,
        host=_host(settings.model),
        measured=measured,
    )


def _seconds(planned: Sequence[Planned], store: Store, spec: ModelSpec, settings: Settings) -> tuple[float, bool]:
    """By what this repository's thoughts took; else by this machine's measured speed; else as typical, since decoding
    takes as long as reading the weights: in proportion to their size.
    """
    entries = store.ledger.entries()
    jobs = [e for e in entries if e.kind == "job" and e.model == spec.key and not needs_no_model(e.intent)]
    thoughts = sum(not needs_no_model(one.job.intent) for one in planned)
    pages = sum(one.reads_page for one in planned)
    if len(jobs) >= ENOUGH_JOBS:
        return thoughts * sum(entry.seconds for entry in jobs) / len(jobs), True
    if speed := measured_speed(spec.key, engine_threads(settings)):
        return speed.seconds(pages * PAGE_TOKENS + thoughts * TASK_TOKENS, thoughts * WRITTEN_TOKENS), True
    factor = spec.size_bytes / spec_named(DEFAULT).size_bytes if spec.size_bytes else 1.0
    return factor * (pages * PAGE_SECONDS + sum(one.worth.cost_seconds for one in planned)), False


def _missing_bytes(choice: Choice) -> int:
    return choice.spec.size_bytes if choice.spec.sources and find(choice.spec) is None else 0


def _host(settings: ModelSettings) -> str:
    """The other machine that code would be sent to; "" if nothing leaves this one."""
    if settings.name != "auto" or not settings.endpoint or is_local(settings.endpoint):
        return ""
    return urlsplit(settings.endpoint).hostname or settings.endpoint
