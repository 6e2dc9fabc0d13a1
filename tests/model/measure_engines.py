"""Measures what ARCHITECTURE.md says of the engines: `PYTHONPATH=server python tests/model/measure_engines.py MODEL.gguf`.

Eight questions about one module of some 700 tokens, 24 tokens of answer each, one thread, Qwen2.5-Coder-0.5B.
"""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model.llama_cpp import LlamaCppModel
from sleeptime.model.llama_process import EngineOptions, _start
from sleeptime.model.transformers import Options, TransformersModel, prompt_tokens

ANSWER_TOKENS = 24
MODULE = "".join(f"def handler_{number}(request):\n    return request.args[{number}]\n\n" for number in range(36))
QUESTIONS = ("What is this?", "Why is it so long?", "Who calls handler_3?", "What does handler_7 return?") * 2


def requests() -> list[ChatRequest]:
    return [
        ChatRequest(
            (Message("system", "You answer briefly."), Message("user", f"{MODULE}\n{number}. {question}")),
            max_tokens=ANSWER_TOKENS,
        )
        for number, question in enumerate(QUESTIONS)
    ]


def separate(network: Any, tokenizer: Any) -> dict[str, float]:
    """Eight times `generate` of transformers, as one would write it first."""
    import torch

    start = _now()
    for request in requests():
        ids = torch.tensor([prompt_tokens(tokenizer, request.messages)])
        network.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=ANSWER_TOKENS, do_sample=False)
    return _since(start)


def continuous(network: Any, tokenizer: Any) -> dict[str, float] | str:
    """The continuous batching of transformers, with its own sharing of prefixes."""
    from transformers import GenerationConfig

    config = GenerationConfig(max_new_tokens=ANSWER_TOKENS, do_sample=False, eos_token_id=tokenizer.eos_token_id)
    inputs = [prompt_tokens(tokenizer, request.messages) for request in requests()]
    start = _now()
    try:
        done = network.generate_batch(inputs=inputs, generation_config=config, progress_bar=False)
    except Exception as error:  # noqa: BLE001  # whatever it cannot do here is the finding
        return f"{type(error).__name__}: {str(error)[:200]}"
    if len(done) < len(inputs):
        return f"{len(done)} of {len(inputs)} answered"
    return _since(start)


def ours(model: TransformersModel) -> dict[str, float]:
    start = _now()
    model.chat_many(requests(), threading.Event())
    return _since(start)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> dict[str, float]:
    """The processor's time is what compares on a machine that others use too."""
    wall, processor = _now()
    return {"wall_s": round(wall - start[0], 1), "processor_s": round(processor - start[1], 1)}


def llama_cpp(path: Path) -> dict[str, float]:
    """Tokens per second of decoding, best of three: through our process and HTTP, and in the library itself."""
    story = ChatRequest((Message("user", "Tell a long story about a sleeping fox."),), max_tokens=96)
    model = LlamaCppModel(path, name="x", context_tokens=4096, threads=1)
    results = [model.chat(story, threading.Event()) for _ in range(3)]
    model.close()
    raw_engine = _start(EngineOptions(str(path), "127.0.0.1", "x", 4096, 1))
    heard: list[Any] = []
    body = {"messages": [{"role": "user", "content": story.messages[0].content}], "max_tokens": 96, "temperature": 0}
    for _ in range(3):
        raw_engine.handle_chat_completions({**body, "seed": 0}, heard.append)
    rates = [json.loads(said) if isinstance(said, str) else said for said in heard]
    return {
        "ours": max(result.generated_tokens / result.decode_ms * 1000 for result in results),
        "raw": max(said["timings"]["predicted_per_second"] for said in rates),
    }


def main() -> None:
    path = Path(sys.argv[1])
    print(json.dumps({"llama.cpp tokens/s": llama_cpp(path)}), flush=True)
    model = TransformersModel(path, name="x", options=Options(context_tokens=4096, threads=1, device="cpu"))
    print(json.dumps({"forked and batched": ours(model)}), flush=True)
    network, tokenizer = model._decoder._network, model._tokenizer
    print(json.dumps({"separate": separate(network, tokenizer)}), flush=True)
    print(json.dumps({"continuous batching": continuous(network, tokenizer)}), flush=True)


if __name__ == "__main__":
    main()
