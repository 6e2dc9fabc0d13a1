"""Measures what ARCHITECTURE.md and README say of the engines, on this machine; every answer is a row.

    python tests/bench/bench_engines.py [MODEL ...] [--out tests/bench/results/engines.json]

- Eight questions about one module of some 700 tokens, 24 tokens of answer each, by transformers on one thread:
  separately with `generate`, as one would write it first; and with `chat_many`, whose prefix is forked and batched;
  and, with --continuous, by transformers' own continuous batching.
- llama.cpp: tokens a second of decoding through our process, and in the library itself, in turns.
- `bench-model` of each MODEL.

Wall and processor time are both kept: the processor's is what compares on a machine that others use too.
"""

import argparse
import json
import os
import platform
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from msgspec import to_builtins

from sleeptime.core.ports import ChatRequest, Message
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.model import ModelSpec, engine_threads, measure, open_model, require, spec_named
from sleeptime.model.catalog import DEFAULT, SMALLEST
from sleeptime.model.llama_cpp import LlamaCppModel
from sleeptime.model.llama_process import EngineOptions, _start
from sleeptime.model.transformers import Options, TransformersModel, prompt_tokens

RESULTS = Path(__file__).parent / "results" / "engines.json"
ANSWER_TOKENS = 24
STORY_TOKENS = 96
ROUNDS = 3
MODULE = "".join(f"def handler_{number}(request):\n    return request.args[{number}]\n\n" for number in range(36))
QUESTIONS = ("What is this?", "Why is it so long?", "Who calls handler_3?", "What does handler_7 return?") * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=[SMALLEST, DEFAULT], help="Names of the catalogue to measure.")
    parser.add_argument("--continuous", action="store_true", help="Continuous batching too (minutes on a CPU).")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    smallest = spec_named(SMALLEST)
    parts = (
        lambda: transformers_rows(smallest, continuous=given.continuous),
        lambda: llama_rows(smallest),
        *(lambda name=name: [speed_row(name)] for name in given.models),
    )
    given.out.parent.mkdir(exist_ok=True)
    about, rows = machine(), []
    for part in parts:
        rows += part()
        report = {"machine": {**about, "load_at_end": psutil.getloadavg()}, "rows": rows}
        given.out.write_text(json.dumps(report, indent=1) + "\n")  # after each, for it takes minutes
    print(json.dumps(summary(rows), indent=1))


def machine() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "at": time.time(),
        "load_at_start": psutil.getloadavg(),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures that are claimed, from the rows."""
    said: dict[str, Any] = {}
    for how in ("separate", "forked", "continuous"):
        ours = [row for row in rows if row["how"] == how]
        if ours:
            said[how] = {unit: round(sum(row[unit] for row in ours), 1) for unit in ("wall_s", "processor_s")}
    for unit in ("wall_s", "processor_s"):
        said[f"separate / forked, {unit}"] = round(said["separate"][unit] / said["forked"][unit], 2)
    best = {how: max(row["tokens_per_s"] for row in rows if row["how"] == how) for how in ("ours", "raw")}
    said["llama.cpp tokens/s, best of each"] = {how: round(rate, 1) for how, rate in best.items()}
    said["llama.cpp ours / raw"] = round(best["ours"] / best["raw"], 2)
    said["speeds"] = [row["speed"] for row in rows if row["how"] == "bench-model"]
    return said


def timed(how: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    wall, processor = time.perf_counter(), time.process_time()
    done = work()
    return {
        "how": how,
        "wall_s": round(time.perf_counter() - wall, 3),
        "processor_s": round(time.process_time() - processor, 3),
        **done,
    }


def requests() -> list[ChatRequest]:
    return [
        ChatRequest(
            (Message("system", "You answer briefly."), Message("user", f"{MODULE}\n{number}. {question}")),
            max_tokens=ANSWER_TOKENS,
        )
        for number, question in enumerate(QUESTIONS)
    ]


def transformers_rows(spec: ModelSpec, *, continuous: bool) -> list[dict[str, Any]]:
    model = TransformersModel(
        require(spec), name=spec.key, options=Options(context_tokens=4096, threads=1, device="cpu")
    )
    network, tokenizer = model._decoder._network, model._tokenizer
    model.chat(ChatRequest((Message("user", "Hello"),), max_tokens=2), threading.Event())  # what is made once
    rows = [timed("separate", lambda one=one: separately(network, tokenizer, one)) for one in requests()]
    rows.append(timed("forked", lambda: forked(model)))
    rows[-1]["same_as_separate"] = sum(
        text == row["text"] for text, row in zip(rows[-1]["texts"], rows[:-1], strict=True)
    )
    if continuous:
        rows.append(timed("continuous", lambda: continuously(network, tokenizer)))
    model.close()
    return rows


def separately(network: Any, tokenizer: Any, request: ChatRequest) -> dict[str, Any]:
    import torch

    ids = torch.tensor([prompt_tokens(tokenizer, request.messages)])
    ids = network.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=ANSWER_TOKENS, do_sample=False)
    prompt = len(prompt_tokens(tokenizer, request.messages))
    text = tokenizer.decode(ids[0, prompt:], skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return {"prompt_tokens": prompt, "generated_tokens": len(ids[0]) - prompt, "text": text}


def forked(model: TransformersModel) -> dict[str, Any]:
    results = model.chat_many(requests(), threading.Event())
    return {
        "prompt_tokens": [result.prompt_tokens for result in results],
        "cached_tokens": [result.cached_tokens for result in results],
        "generated_tokens": [result.generated_tokens for result in results],
        "texts": [result.text for result in results],
    }


def continuously(network: Any, tokenizer: Any) -> dict[str, Any]:
    from transformers import GenerationConfig

    config = GenerationConfig(max_new_tokens=ANSWER_TOKENS, do_sample=False, eos_token_id=tokenizer.eos_token_id)
    inputs = [prompt_tokens(tokenizer, request.messages) for request in requests()]
    done = network.generate_batch(inputs=inputs, generation_config=config, progress_bar=False)
    return {"answered": len(done)}


def llama_rows(spec: ModelSpec) -> list[dict[str, Any]]:
    """Our process and the library take turns, each with a model loaded: what else runs meets both."""
    path = require(spec)
    story = ChatRequest((Message("user", "Tell a long story about a sleeping fox."),), max_tokens=STORY_TOKENS)
    model = LlamaCppModel(path, name=spec.key, context_tokens=4096, threads=1)
    raw = _start(EngineOptions(str(path), "127.0.0.1", "x", 4096, 1))
    body = {"messages": [{"role": "user", "content": story.messages[0].content}], "max_tokens": STORY_TOKENS}
    rows = []
    for _ in range(ROUNDS):
        result = model.chat(story, threading.Event())
        rows.append({"how": "ours", "tokens_per_s": result.generated_tokens / result.decode_ms * 1000})
        heard: list[Any] = []
        raw.handle_chat_completions({**body, "temperature": 0, "seed": 0}, heard.append)
        said = json.loads(heard[-1]) if isinstance(heard[-1], str) else heard[-1]
        rows.append({"how": "raw", "tokens_per_s": said["timings"]["predicted_per_second"]})
    model.close()
    return rows


def speed_row(name: str) -> dict[str, Any]:
    settings = Settings(model=ModelSettings(name=name))
    model = open_model(settings).model
    try:
        return {"how": "bench-model", "speed": to_builtins(measure(model, threads=engine_threads(settings)))}
    finally:
        model.close()


if __name__ == "__main__":
    main()
