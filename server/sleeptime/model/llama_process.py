"""The llama.cpp engine as a program of its own, `python -m sleeptime.model.llama_process`; `llama_server.py` starts it.

It reads one JSON line from stdin (`EngineOptions`), loads the model, prints one JSON line with its address, serves
llama.cpp's HTTP interface there, and ends when stdin closes, that is, with its parent.

Why not inside the worker, measured with xllamacpp 2026.10 on two cores:
- `Server(...)` keeps the GIL while it loads, and while it is freed: a thread that wakes every millisecond stood still
  for 8,241 ms (machine busy; 1,700 ms idle). The worker's event loop has to answer in milliseconds. Decoding itself
  frees the GIL (gaps: median 1.1 ms, worst 150 ms on the busy machine).
- In the process, a chat can be stopped only from its callback, which a long prefill does not call between batches.
- Its asserts abort the process (an n-gram draft longer than `n_batch` does), and it takes over SIGINT and SIGTERM.
- Another process can be frozen in 0.5 ms, niced by itself, and gives back all its memory when it ends.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil
from msgspec import Struct

DRAFT_TOKENS = 16
"""Longest n-gram draft. It is checked in one batch, so it bounds how long one decoding step may take: at the
engine's default of 48 one step took 250 ms with the 0.5B model. Must stay below EngineOptions.batch_tokens."""


class EngineOptions(Struct, frozen=True):
    """What the engine is started with. `host` is an address to listen on, or a path ending in .sock.

    `batch_tokens`: the engine hears of a cancellation only between two batches of prefill. On one core 32 tokens take
    0.55 s with the 0.5B model (58 tokens/s) and 1.1 s with the 1.5B (29 tokens/s), where 256 would be 18 % and 10 %
    faster and stop eight times later. The 250 ms that a person may wait come from freezing, not from tiny batches
    (8 tokens would cost 35 to 43 % of the speed and still take 0.2 to 0.4 s).

    `cache_mib`: prompts that another prompt pushed out of the slot are kept here, so that a module's context
    outlives a live question asked in between: after 200 tokens of another prompt all 400 were still reused.

    `ngram_speculation`: drafts from what the prompt has said already, as explanations of code often do.
    """

    model: str
    host: str
    api_key: str
    context_tokens: int
    threads: int
    niceness: int = 0
    batch_tokens: int = 32
    cache_mib: int = 512
    ngram_speculation: bool = True


class Ready(Struct, frozen=True):
    """The engine's one line: where it listens, or why it could not start."""

    address: str = ""
    error: str = ""


def main() -> None:
    """Serve until stdin closes."""
    options = msgspec.json.decode(sys.stdin.buffer.readline(), type=EngineOptions)
    if hasattr(os, "fork"):
        _fork_guardian(options)
    if options.niceness:
        _be_nice(options.niceness)
    try:
        server = _start(options)
    except (ImportError, RuntimeError) as error:
        _say(Ready(error=str(error)))
        return
    _say(Ready(address=server.listening_address))
    sys.stdin.buffer.read()
    # Freeing the model in order takes seconds; the system takes the memory back at once.
    os._exit(0)


def _be_nice(niceness: int) -> None:
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(niceness)


def _fork_guardian(options: EngineOptions) -> None:
    """A second process of a few MB that ends this one when stdin closes, and clears its folder away: frozen, this one
    could not see it. (The kernel ends a stopped orphan, and hangs up on its whole process group, only if it had quite
    stopped before its parent died: hence no SIGHUP here.)
    """
    engine_pid = os.getpid()
    if os.fork() != 0:
        return
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.stdout.close()
    sys.stdin.buffer.read()
    if os.getppid() == engine_pid:  # else it has ended, and its number may be another's
        os.kill(engine_pid, signal.SIGKILL)
    if options.host.endswith(".sock"):
        shutil.rmtree(Path(options.host).parent, ignore_errors=True)
    os._exit(0)


def _say(ready: Ready) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
    sys.stdout.buffer.flush()


def _start(options: EngineOptions) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = options.model
    params.hostnames = [options.host]
    params.api_keys = [options.api_key]
    params.n_ctx = options.context_tokens
    params.fit_params = False  # it would shorten the context silently when memory is short
    params.n_parallel = 1  # with several slots each prefills the module's context again (HOUSE.md: 3x slower)
    params.n_batch = params.n_ubatch = options.batch_tokens
    params.cache_ram_mib = options.cache_mib
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    params.n_threads_http = 4  # one streams, the others count tokens and notice closed connections
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 1  # errors only; they go to stderr, which the parent keeps in a file
    if options.ngram_speculation:
        params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        params.speculative.ngram_simple.size_m = min(DRAFT_TOKENS, options.batch_tokens - 2)
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
