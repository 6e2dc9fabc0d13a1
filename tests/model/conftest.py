"""Engines under test. The real small model is found on this machine or pulled, so that a fresh one works."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from sleeptime.core.ports import Model
from sleeptime.model import EchoModel, find, pull, require, spec_named
from sleeptime.model.llama_cpp import LlamaCppModel

SMALL = spec_named("qwen2.5-coder-0.5b")
CONTEXT_TOKENS = 4096


@dataclass
class Engine:
    """A model with what a test may ask of its engine; `kill` is None where no process could die."""

    model: Model
    resident_bytes: Callable[[], int]
    kill: Callable[[], None] | None = None


@pytest.fixture(scope="session")
def small_model_path() -> Path:
    if find(SMALL) is None:
        pull(SMALL, lambda _done, _total, _text: None, threading.Event())
    return require(SMALL)


def open_llama_cpp(path: Path) -> Engine:
    model = LlamaCppModel(path, name=SMALL.key, context_tokens=CONTEXT_TOKENS, threads=1)
    return Engine(
        model=model,
        resident_bytes=lambda: psutil.Process(model.engine_pid).memory_info().rss,
        kill=lambda: psutil.Process(model.engine_pid).kill(),
    )


def open_echo() -> Engine:
    model = EchoModel(context_tokens=CONTEXT_TOKENS, seconds_per_token=0.01)
    return Engine(model=model, resident_bytes=lambda: psutil.Process().memory_info().rss)


@pytest.fixture(scope="module", params=["echo", pytest.param("llama_cpp", marks=pytest.mark.model)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    openers = {"echo": open_echo, "llama_cpp": lambda: open_llama_cpp(request.getfixturevalue("small_model_path"))}
    opened = openers[request.param]()
    yield opened
    opened.model.close()
