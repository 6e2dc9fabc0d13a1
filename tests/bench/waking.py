"""How a sleeping worker wakes: the lines of issue 4 under "Yielding", through the real worker with a real model.

    python tests/bench/waking.py REPOSITORY [--model qwen2.5-coder-0.5b] [--rounds 10]

Run by `bench_sleep.py` in a home of its own; prints one JSON object. It measures

- stop: from the person's activity to the engine's last processor tick (ticks are 10 ms), at random moments of prefill and decoding;
- resume: how much of the interrupted prompt came from the cache when its job was taken up again;
- first token: of a live question while asleep, against an awake worker with the model loaded and nothing to do;
- neighbour: what one CPU-bound process loses beside the sleeping worker.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from sleeptime.core import messages as say
from sleeptime.core.settings import ModelSettings, Settings, SleepSettings
from sleeptime.lsp.worker_client import WorkerClient
from sleeptime.repo import open_repository
from sleeptime.store import open_reader, store_path

POLL_SECONDS = 0.003
STILL_SECONDS = 0.4
"""Without a tick for so long the engine has stopped: a decoding step takes a quarter of that."""
SPIN_SECONDS = 8.0
QUIET_SECONDS = 2
NEVER_SECONDS = 86_400
SPIN = (
    f"import time\nend=time.monotonic()+{SPIN_SECONDS}\nn=0\nwhile time.monotonic()<end:\n"
    " for _ in range(10000): n+=1\nprint(n)"
)


class Bedroom:
    """A worker with one repository, put to sleep and woken at will."""

    def __init__(self, root: Path, model: str) -> None:
        self.root = str(root)
        self._model = model
        self._states: dict[str, str] = {}
        self._client = WorkerClient("bench", self._settings(NEVER_SECONDS), on_message=self._hear)

    def _settings(self, quiet_seconds: int) -> Settings:
        sleep = SleepSettings(consent="yes", quiet_seconds=quiet_seconds, only_on_mains=False, busy_percent=100)
        return Settings(model=ModelSettings(name=self._model), sleep=sleep)

    def _hear(self, message: say.AnyWorkerMessage) -> None:
        if isinstance(message, say.Status):
            self._states[message.root] = message.state

    async def open(self) -> None:
        await self._client.request(say.OpenRepository(root=self.root))
        await self._client.request(say.Ask(root=self.root, question="What is this?", fresh=True))  # loads the model

    async def close(self) -> None:
        await self._client.request(say.Shutdown())
        await self._client.close()

    async def sleep(self) -> None:
        """Until the engine computes for the sleep."""
        self._client.settings = self._settings(QUIET_SECONDS)
        await self._client.greet_again()
        engine = self.engine()
        before = ticks(engine)
        async with asyncio.timeout(60):
            while ticks(engine) - before < 0.05:  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(POLL_SECONDS)

    async def wake(self) -> float:
        """Be active; returns the seconds until the engine's last tick."""
        engine = self.engine()
        self._client.settings = self._settings(NEVER_SECONDS)
        start = last = time.perf_counter()
        seen = ticks(engine)
        self._client.tell(say.Activity(root=self.root, kind="request"))
        while time.perf_counter() - last < STILL_SECONDS:
            await asyncio.sleep(POLL_SECONDS)
            if (now := ticks(engine)) > seen:
                seen, last = now, time.perf_counter()
        await self._client.greet_again()
        return last - start

    async def first_token(self, question: str) -> tuple[float, float]:
        """Seconds from a question to its first piece, by the clock and of the engine's own processor time, which other
        programs do not stretch.
        """
        first: list[tuple[float, float]] = []
        engine = self.engine()
        start, used = time.perf_counter(), ticks(engine)

        def heard(message: say.AnyWorkerMessage) -> None:
            if isinstance(message, say.Piece) and not first:
                first.append((time.perf_counter() - start, ticks(engine) - used))

        await self._client.request(say.Ask(root=self.root, question=question, fresh=True, verbosity=0), heard)
        return first[0] if first else (time.perf_counter() - start, ticks(engine) - used)

    def engine(self) -> psutil.Process:
        """The llama.cpp process under this user's newest worker."""
        found = [
            process
            for process in psutil.process_iter(["cmdline", "create_time"])
            if "sleeptime.model.llama_process" in (process.info["cmdline"] or [])
            and process.environ().get("HOME") == str(Path.home())
        ]
        return max(found, key=lambda process: len(process.threads()))  # the guardian has one thread

    def thoughts(self) -> list[tuple[str, int, int, int]]:
        """(target and intent, prompt, cached, generated tokens) of each thought so far."""
        repository = open_repository(Path(self.root))
        with sqlite3.connect(f"file:{store_path(repository.identity)}?mode=ro", uri=True) as database:
            rows = database.execute(
                """SELECT path || '::' || symbol || ' ' || intent, prompt_tokens, cached_tokens, generated_tokens
                FROM ledger WHERE kind = 'job' ORDER BY id"""
            )
            return list(rows)


def ticks(process: psutil.Process) -> float:
    """Processor seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def stops(room: Bedroom, rounds: int) -> dict[str, Any]:
    """Wake at random moments; what was interrupted is taken up again in the next round."""
    stopped, interrupted = [], []
    for _ in range(rounds):
        await room.sleep()
        await asyncio.sleep(random.uniform(0.05, 4.0))
        stopped.append(1000 * await room.wake())
        await asyncio.sleep(0.3)
        interrupted.append(len(room.thoughts()) - 1)
    await room.sleep()  # the last one is taken up, too
    await asyncio.sleep(10.0)
    await room.wake()
    thoughts = room.thoughts()
    again = [(thoughts[at], thoughts[at + 1]) for at in interrupted if 0 <= at < len(thoughts) - 1]
    pairs = [(before, after) for before, after in again if before[0] == after[0]]
    whole = [after[2] / after[1] for before, after in pairs if before[3]]
    return {
        "stop_ms": stopped, "stop_ms_median": statistics.median(stopped), "stop_ms_worst": max(stopped),
        "resumed": [{"target": b[0], "prompt": a[1], "cached_before": b[2], "written_before": b[3], "cached": a[2]}
                    for b, a in pairs],
        "resumed_from_cache_once_it_wrote": statistics.mean(whole) if whole else None,
    }  # fmt: skip


async def first_tokens(room: Bedroom, names: list[str]) -> dict[str, Any]:
    """Asked while asleep and while awake, in turns, about different symbols: what one prefilled serves no other."""
    rows: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for at, name in enumerate(names):
        asleep = bool(at % 2)
        if asleep:
            await room.sleep()
            await asyncio.sleep(random.uniform(0.5, 2.0))
        rows[asleep].append(await room.first_token(f"Why does {name} matter to its callers?"))
        if asleep:
            await room.wake()
    asleep_s, awake_s = (statistics.median(seconds for seconds, _ in rows[asleep]) for asleep in (True, False))
    asleep_cpu, awake_cpu = (statistics.median(cpu for _, cpu in rows[asleep]) for asleep in (True, False))
    return {
        "first_token_asleep": rows[True], "first_token_awake": rows[False],
        "first_token_ratio": asleep_s / awake_s, "first_token_cpu_ratio": asleep_cpu / max(0.01, awake_cpu),
    }  # fmt: skip


async def neighbour(room: Bedroom, rounds: int) -> dict[str, Any]:
    """What a process that only computes loses, of pairs run one after the other."""
    lost = []
    for _ in range(rounds):
        alone = await spun()
        await room.sleep()
        beside = await spun()
        await room.wake()
        lost.append(1 - beside / alone)
    return {"neighbour_lost_share": statistics.median(lost), "neighbour_rows": lost}


async def spun() -> int:
    """How far a process counts in `SPIN_SECONDS`."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SPIN, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    return int(out)


def named(root: Path, count: int) -> list[str]:
    """Some of the repository's functions, drawn with a fixed seed."""
    repository = open_repository(root)
    store = open_reader(store_path(repository.identity))
    assert store is not None
    with store:
        outlines = store.outlines(repository.worktree)
        found = [
            symbol.qualified_name
            for path in outlines.paths()
            if path.startswith("src/") and (outline := outlines.outline(path))
            for symbol in outline.symbols
            if symbol.kind in {"function", "method"} and symbol.exported
        ]
    return random.Random(1).sample(found, min(count, len(found)))


async def measure(given: argparse.Namespace) -> dict[str, Any]:
    room = Bedroom(given.repository, given.model)
    await room.open()
    try:
        report = await stops(room, given.rounds)
        report |= await first_tokens(room, named(given.repository, 2 * max(2, given.rounds // 2)))
        return report | await neighbour(room, max(1, given.rounds // 4))
    finally:
        await room.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=lambda text: Path(text).resolve())
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--rounds", type=int, default=10)
    print(json.dumps(asyncio.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
