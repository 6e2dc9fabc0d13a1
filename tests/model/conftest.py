"""Engines under test. The real small model is found on this machine or pulled, so that a fresh one works."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil
import pytest

from sleeptime.core.ports import Model
from sleeptime.model import EchoModel, find, pull, require, spec_named
from sleeptime.model.llama_cpp import LlamaCppModel
from sleeptime.model.llama_process import EngineOptions, Ready
from sleeptime.model.openai_api import Endpoint, OpenAiModel

SMALL = spec_named("qwen2.5-coder-0.5b")
CONTEXT_TOKENS = 4096
MISTRAL_TEMPLATE = (
    "{{ bos_token }}{% set system = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}"
    "{% for message in messages if message['role'] != 'system' %}{% if message['role'] == 'user' %}"
    "[INST] {% if loop.last and system %}{{ system }}\n\n{% endif %}{{ message['content'] }}[/INST]"
    "{% else %} {{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
)


@dataclass
class Engine:
    """A model with what a test may ask of its engine. `kill` is None where no process could die; `revive` starts again
    what does not start by itself; a model of random weights does not speak.
    """

    model: Model
    resident_bytes: Callable[[], int]
    kill: Callable[[], None] | None = None
    revive: Callable[[], None] | None = None
    speaks: bool = True


@pytest.fixture(scope="session")
def small_model_path() -> Path:
    if find(SMALL) is None:
        pull(SMALL, lambda _done, _total, _text: None, threading.Event())
    return require(SMALL)


@pytest.fixture(scope="session")
def random_mistral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Mistral of random weights with the tokenizer of Mistral-7B-Instruct-v0.3, as a folder of the hub."""
    import mistral_common
    import torch
    from transformers import MistralConfig, MistralForCausalLM

    folder = tmp_path_factory.mktemp("mistral")
    data = Path(mistral_common.__file__).parent / "data"
    shutil.copy(data / "mistral_instruct_tokenizer_240323.model.v3", folder / "tokenizer.model")
    words = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    config = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "chat_template": MISTRAL_TEMPLATE, **words}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    torch.manual_seed(0)
    shape = MistralConfig(
        vocab_size=32768,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        sliding_window=None,
    )
    MistralForCausalLM(shape).save_pretrained(folder)
    return folder


def open_echo(_request: pytest.FixtureRequest) -> Engine:
    model = EchoModel(context_tokens=CONTEXT_TOKENS, seconds_per_token=0.01)
    return Engine(model=model, resident_bytes=lambda: psutil.Process().memory_info().rss)


def open_llama_cpp(request: pytest.FixtureRequest) -> Engine:
    path = request.getfixturevalue("small_model_path")
    model = LlamaCppModel(path, name=SMALL.key, context_tokens=CONTEXT_TOKENS, threads=1)
    return Engine(
        model=model,
        resident_bytes=lambda: psutil.Process(model.engine_pid).memory_info().rss,
        kill=lambda: psutil.Process(model.engine_pid).kill(),
    )


def open_transformers(place: Path, name: str, *, speaks: bool) -> Engine:
    from sleeptime.model.transformers import Options, TransformersModel

    options = Options(context_tokens=CONTEXT_TOKENS, threads=1, device="cpu")
    model = TransformersModel(place, name=name, options=options)
    return Engine(model=model, resident_bytes=lambda: psutil.Process().memory_info().rss, speaks=speaks)


def open_mistral(request: pytest.FixtureRequest) -> Engine:
    return open_transformers(request.getfixturevalue("random_mistral"), "random-mistral", speaks=False)


def open_gguf(request: pytest.FixtureRequest) -> Engine:
    return open_transformers(request.getfixturevalue("small_model_path"), SMALL.key, speaks=True)


def open_openai_api(request: pytest.FixtureRequest) -> Engine:
    path = request.getfixturevalue("small_model_path")
    server, address = start_server(path)
    running = [server]

    def kill() -> None:
        running[0].kill()

    request.addfinalizer(kill)

    def revive() -> None:
        engine.model.close()
        running[0].wait()
        running[0], fresh = start_server(path)
        engine.model = open_endpoint(fresh)

    engine = Engine(
        model=open_endpoint(address),
        resident_bytes=lambda: psutil.Process(running[0].pid).memory_info().rss,
        kill=kill,
        revive=revive,
    )
    return engine


def open_endpoint(address: str) -> OpenAiModel:
    endpoint = Endpoint(f"{address}/v1", SMALL.name, api_key="secret", context_tokens=CONTEXT_TOKENS, retries=0)
    return OpenAiModel(endpoint)


def start_server(path: Path) -> tuple[subprocess.Popen[bytes], str]:
    """llama.cpp's own OpenAI-compatible server on a loopback port."""
    options = EngineOptions(
        model=str(path), host="127.0.0.1", api_key="secret", context_tokens=CONTEXT_TOKENS, threads=1
    )
    command = [sys.executable, "-P", "-m", "sleeptime.model.llama_process"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdin
    assert server.stdout
    server.stdin.write(msgspec.json.encode(options) + b"\n")
    server.stdin.flush()
    ready = msgspec.json.decode(server.stdout.readline(), type=Ready)
    assert not ready.error
    return server, ready.address


def open_transformers_serve(request: pytest.FixtureRequest) -> Engine:
    """The server of transformers itself, with the tiny Mistral."""
    place = request.getfixturevalue("random_mistral")
    running = [start_transformers_serve(place)]

    def kill() -> None:
        running[0][0].kill()
        running[0][0].wait()

    request.addfinalizer(kill)

    def opened() -> OpenAiModel:
        return OpenAiModel(Endpoint(f"{running[0][1]}/v1", str(place), context_tokens=CONTEXT_TOKENS, retries=0))

    def revive() -> None:
        engine.model.close()
        running[0] = start_transformers_serve(place)
        engine.model = opened()

    engine = Engine(
        model=opened(),
        resident_bytes=lambda: psutil.Process(running[0][0].pid).memory_info().rss,
        kill=kill,
        revive=revive,
        speaks=False,
    )
    return engine


def start_transformers_serve(place: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = "from transformers.cli.transformers import main; main()"
    command = [sys.executable, "-P", "-c", program, "serve", str(place), "--device", "cpu", "--port", str(port)]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    server = subprocess.Popen([*command, "--host", "127.0.0.1"], env=env, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            break
    return server, address


OPENERS = {
    "echo": open_echo,
    "llama_cpp": open_llama_cpp,
    "transformers_mistral": open_mistral,
    "openai_api": open_openai_api,
    "transformers_serve": open_transformers_serve,
    "transformers_gguf": open_gguf,
}
SLOWEST = "transformers_gguf"
CANNOT = {
    "transformers_serve": {
        "test_json_follows_its_schema": "it ignores response_format, which our engine turns into an error",
        "test_token_counts_are_those_of_the_prompt": "it counts no tokens, so they are estimated",
        "test_a_shared_prefix_is_reused_and_counted": "it keeps no prompt's state",
        "test_cancelled_in_a_long_prefill_it_yields_at_once_and_keeps_what_it_computed": "it keeps no prompt's state",
    }
}
"""What a server of somebody else's does not do, by test."""


@pytest.fixture(
    scope="module",
    params=["echo", *(pytest.param(name, marks=pytest.mark.model) for name in OPENERS if name != "echo")],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    opened = OPENERS[request.param](request)
    yield opened
    opened.model.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest engine runs the essential checks only; none runs what it cannot do."""
    items[:] = [item for item in items if SLOWEST not in item.name or item.get_closest_marker("essential")]
    for item in items:
        test, _, name = item.name.removesuffix("]").partition("[")
        if reason := CANNOT.get(name.partition("-")[0], {}).get(test):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The conformance table: each check by engine."""
    seen: dict[str, dict[str, str]] = {}
    for outcome, mark in (("passed", "yes"), ("skipped", "n/a"), ("failed", "NO"), ("error", "NO")):
        for report in terminalreporter.stats.get(outcome, []):
            found = re.search(r"test_conformance\.py::test_(\w+)\[(\w+)", report.nodeid)
            if found and seen.setdefault(found[1], {}).get(found[2]) != "NO":
                seen[found[1]][found[2]] = mark
    if not seen:
        return
    terminalreporter.section("conformance of the engines")
    terminalreporter.write_line("".join(f"{name:>22}" for name in OPENERS))
    for check, marks in seen.items():
        cells = "".join(f"{marks.get(name, '-'):>22}" for name in OPENERS)
        terminalreporter.write_line(f"{cells}  {check.replace('_', ' ')}")
