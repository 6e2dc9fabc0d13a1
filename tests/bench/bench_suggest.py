"""How quick suggestions are with many stored questions, through the real server: from the request to the list.

    python tests/bench/bench_suggest.py [--questions 100000] [--requests 2000] [--out rows.json]

Writes a repository of small modules, indexes it, stores generated answers about it (a tenth of them stale), then types
questions letter by letter, half of the time with the cursor somewhere. Every measured row is kept as JSON.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from bench_hover import Editor, home_env, stop_worker

from sleeptime.answer import target_for
from sleeptime.core.intents import question_for
from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Answer, GateResults
from sleeptime.repo import open_repository
from sleeptime.store import Store, open_writer, store_path
from sleeptime.worker.indexing import index_repository

FUNCTIONS = 20
"""A module's functions; each has a question of each intent below."""
INTENTS = ("purpose", "explain")
STALE_SHARE = 0.1
LIMIT = 10
TARGET_P99_MS = 30.0
VERBS = ("load", "save", "parse", "render", "open", "close", "find", "merge", "split", "check", "send", "read", "build")
NOUNS = ("user", "order", "page", "token", "cache", "index", "file", "event", "query", "route", "price", "card", "rule")


def write_modules(root: Path, modules: int, dice: random.Random) -> None:
    """A package of modules whose functions have names of two or three words."""
    for number in range(modules):
        path = root / f"part{number // 100}" / f"{dice.choice(NOUNS)}_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        names = (f"{dice.choice(VERBS)}_{dice.choice(NOUNS)}_{number}_{n}" for n in range(FUNCTIONS))
        path.write_text("\n\n".join(f"def {name}(value):\n    return value + {number}\n" for name in names))


def answers_about(store: Store, worktree: str, dice: random.Random) -> Iterator[Answer]:
    """Answers about everything that is indexed; some were written about code that has changed since."""
    outlines = store.outlines(worktree)
    for path in outlines.paths():
        outline = outlines.outline(path)
        for symbol in outline.symbols if outline else ():
            target = target_for(path, symbol)
            for intent in INTENTS:
                yield Answer(
                    key=f"{path}:{symbol.qualified_name}:{intent}",
                    target=target,
                    intent=intent,
                    question=question_for(intent, symbol.qualified_name),
                    text=f"It takes `value`, and returns it with a number added. This is about `{symbol.name}`.",
                    evidence=(),
                    code_hash="changed" if dice.random() < STALE_SHARE else symbol.text_hash,
                    model="generated",
                    prompt="none",
                    created_at=time.time(),
                    gates=GateResults(1.0, 1.0),
                )


def prepared(root: Path, questions: int, dice: random.Random) -> list[Answer]:
    """The repository with its store, ready to be asked about."""
    write_modules(root, questions // (FUNCTIONS * len(INTENTS)), dice)
    subprocess.run(["git", "init", "-q", root], check=True)
    repository = open_repository(root)
    with open_writer(store_path(repository.identity)) as store:
        index_repository(repository, store, IndexSettings())
        answers = list(answers_about(store, repository.worktree, dice))
        with store.database.transaction():
            for answer in answers:
                store.answers.put(answer)
    return answers


def typed(answers: list[Answer], dice: random.Random) -> Iterator[tuple[str, Answer]]:
    """What somebody has typed after each letter, and the answer that is looked for: a question, or a name alone."""
    while True:
        answer = dice.choice(answers)
        text = answer.question.replace("`", "") if dice.random() < 0.5 else answer.target.symbol
        for length in range(len(text) + 1):
            yield text[:length], answer


def measure(
    editor: Editor, root: Path, answers: list[Answer], requests: int, dice: random.Random
) -> list[dict[str, Any]]:
    rows = []
    for text, answer in typed(answers, dice):
        params: dict[str, Any] = {"text": text, "limit": LIMIT}
        if dice.random() < 0.5:
            place = {"line": dice.randrange(FUNCTIONS * 4), "character": 6}
            params |= {"uri": (root / answer.target.path).as_uri(), "position": place}
        started = time.perf_counter_ns()
        found = editor.request("sleeptime/suggest", params)
        elapsed_ms = (time.perf_counter_ns() - started) / 1e6
        stale = sum(not one["fresh"] for one in found)
        rows.append({"text": text, "cursor": "uri" in params, "ms": elapsed_ms, "found": len(found), "stale": stale})
        if len(rows) == requests:
            return rows
    return rows


def summary(rows: list[dict[str, Any]]) -> dict[str, float]:
    times = sorted(row["ms"] for row in rows)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": times[-1]}


def started_server(root: Path, env: dict[str, str]) -> tuple[Editor, float, float]:
    """A server with the repository open; the seconds until the first list, and the memory (MiB) that it then has."""
    editor = Editor(env)
    editor.request("initialize", {
        "processId": os.getpid(),
        "capabilities": {"general": {"positionEncodings": ["utf-8"]}},
        "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
        "initializationOptions": {"model": {"name": "echo"}, "sleep": {"consent": "no"}},
    })  # fmt: skip
    editor.notify("initialized", {})
    started = time.perf_counter()
    editor.request("sleeptime/suggest", {"text": "what"})
    first = time.perf_counter() - started
    return editor, first, psutil.Process(editor.server.pid).memory_info().rss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    dice = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="st-") as folder:
        env = home_env(Path(folder))
        os.environ.update(env)
        root = Path(folder) / "many"
        answers = prepared(root, given.questions, dice)
        editor, first_seconds, rss_mib = started_server(root, env)
        editor.wait_for_index()
        try:
            rows = measure(editor, root, answers, given.requests, dice)
        finally:
            editor.request("shutdown", None)
            editor.notify("exit", None)
            editor.server.wait(10)
            stop_worker(env)
    result = {"questions": len(answers), "first_seconds": first_seconds, "rss_mib": rss_mib, **summary(rows)}
    print(" ".join(f"{name} {value:.2f}" for name, value in result.items()))
    print(f"p99 is {'within' if result['p99'] <= TARGET_P99_MS else 'over'} {TARGET_P99_MS:.0f} ms")
    if given.out:
        machine = {"python": platform.python_version(), "cores": os.cpu_count(), "at": time.time()}
        given.out.write_text(json.dumps({"machine": machine, "result": result, "rows": rows}))


if __name__ == "__main__":
    main()
