"""Hover latency through the real server, end to end: from the request's first byte to the answer's last.

    python tests/bench/bench_hover.py [REPOSITORY] [--hovers 1000] [--burners 1] [--model echo] [--out rows.json]

Indexes and sleeps in a home of its own, then times hovers on random definitions: alone, beside CPU-bound neighbours,
and while the worker thinks. Every measured row is kept as JSON.
"""

import argparse
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sleeptime.cli.demo import fetch_sdist
from sleeptime.model import models_dir

ROOT = Path(__file__).resolve().parents[2]
SLEEPTIME = (sys.executable, "-P", "-m", "sleeptime")


class Editor:
    """A raw JSON-RPC client: nothing of its own between the pipes and the clock."""

    def __init__(self, env: dict[str, str]) -> None:
        self.server = subprocess.Popen([*SLEEPTIME, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self._number = 0
        self._states: list[str] = []

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def read(self) -> dict[str, Any]:
        size = 0
        while (line := self.server.stdout.readline()) != b"\r\n":
            if not line:
                raise SystemExit("The server ended.")
            if line.lower().startswith(b"content-length"):
                size = int(line.split(b":")[1])
        message = json.loads(self.server.stdout.read(size))
        if message.get("method") == "sleeptime/status":
            self._states.append(message["params"]["state"])
        return message

    def request(self, method: str, params: Any) -> Any:
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        while (message := self.read()).get("id") != self._number or "method" in message:
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
        if "error" in message:
            raise SystemExit(message["error"])
        return message["result"]

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def wait_for_index(self) -> None:
        """Until the worker has said that it indexed and is awake again, perhaps while something else was read."""
        while "indexing" not in self._states or self._states[-1] == "indexing":
            self.read()


def definitions(repository: Path, env: dict[str, str]) -> list[tuple[str, int, int]]:
    """(path, line, UTF-8 column) of every definition that the index knows."""
    code = (
        "import sys, json; from pathlib import Path; from sleeptime.repo import open_repository;"
        "from sleeptime.store import open_reader, store_path; r = open_repository(Path(sys.argv[1]));"
        "o = open_reader(store_path(r.identity)).outlines(r.worktree);"
        "print(json.dumps([(p, s.name_span[0] if isinstance(s.name_span, tuple) else s.name_span.start_line,"
        "s.name_span.start_column) for p in o.paths() for s in o.outline(p).symbols if s.kind != 'heading']))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(repository)], env=env, capture_output=True, check=True)
    return [tuple(place) for place in json.loads(done.stdout)]


@contextmanager
def burning(count: int) -> Iterator[None]:
    """CPU-bound neighbours at normal priority."""
    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        time.sleep(0.2)
        yield
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()


@contextmanager
def thinking(repository: Path, model: str, env: dict[str, str]) -> Iterator[None]:
    """The worker sleeps over the repository."""
    sleeper = subprocess.Popen([*SLEEPTIME, "sleep", str(repository), "--minutes", "10", "--model", model], env=env)
    try:
        time.sleep(6)
        said = subprocess.run([*SLEEPTIME, "status", "--json"], env=env, capture_output=True, check=True)
        status = json.loads(said.stdout)["worker"]
        print(f"the worker is {status['state']} with {status['model']}")
        yield
    finally:
        sleeper.send_signal(signal.SIGINT)
        sleeper.wait()


def measure(
    editor: Editor, places: list[tuple[str, int, int]], repository: Path, condition: str
) -> list[dict[str, Any]]:
    rows = []
    for path, line, column in places:
        params = {
            "textDocument": {"uri": (repository / path).as_uri()},
            "position": {"line": line, "character": column},
        }
        started = time.perf_counter_ns()
        found = editor.request("textDocument/hover", params)
        elapsed_ms = (time.perf_counter_ns() - started) / 1e6
        rows.append({"condition": condition, "path": path, "line": line, "ms": elapsed_ms, "found": found is not None})
    return rows


def summary(rows: list[dict[str, Any]]) -> str:
    times = sorted(row["ms"] for row in rows)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    found = sum(row["found"] for row in rows)
    return (
        f"{rows[0]['condition']:<12} n={len(rows)} found={found}  p50 {cuts[49]:.2f}  p95 {cuts[94]:.2f}  "
        f"p99 {cuts[98]:.2f}  max {times[-1]:.2f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path, nargs="?", help="by default flask 3.1.1, fetched through pip")
    parser.add_argument("--hovers", type=int, default=1000)
    parser.add_argument("--burners", type=int, default=1)
    parser.add_argument("--model", default="echo", help="the model that thinks in the last condition")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    repository = (given.repository or fetch_sdist("flask==3.1.1")).resolve()
    with tempfile.TemporaryDirectory(prefix="st-") as home:
        rows = run(repository, given, home_env(Path(home)))
    if given.out:
        machine = {"python": platform.python_version(), "cores": os.cpu_count(), "at": time.time()}
        given.out.write_text(json.dumps({"machine": machine, "repository": repository.name, "rows": rows}))


def home_env(home: Path) -> dict[str, str]:
    (home / "run").mkdir(mode=0o700)
    names = {"HOME": "", "XDG_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "c", "XDG_CONFIG_HOME": "f", "XDG_STATE_HOME": "s"}
    kept = {"PATH": os.environ["PATH"], "SLEEPTIME_MODELS": os.environ.get("SLEEPTIME_MODELS", str(models_dir()))}
    return {**kept, "PYTHONPATH": str(ROOT / "server"), **{name: str(home / part) for name, part in names.items()}}


def run(repository: Path, given: argparse.Namespace, env: dict[str, str]) -> list[dict[str, Any]]:
    subprocess.run([*SLEEPTIME, "sleep", str(repository), "--minutes", "0.2", "--model", "echo"], env=env, check=True)
    everything = definitions(repository, env)
    places = random.Random(1).choices(everything, k=given.hovers)
    editor = Editor(env)
    editor.request("initialize", {
        "processId": os.getpid(),
        "capabilities": {"general": {"positionEncodings": ["utf-8"]}},
        "workspaceFolders": [{"uri": repository.as_uri(), "name": repository.name}],
        "initializationOptions": {"model": {"name": "echo"}},
    })  # fmt: skip
    editor.notify("initialized", {})
    editor.wait_for_index()
    for path in {path for path, _, _ in places}:
        text = (repository / path).read_text("utf-8")
        document = {"uri": (repository / path).as_uri(), "languageId": "x", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": document})
    rows = []
    try:
        rows += [measure(editor, places, repository, condition) for condition in ("first", "again")]
        with burning(given.burners):
            rows.append(measure(editor, places, repository, "neighbour"))
        with thinking(repository, given.model, env):
            rows.append(measure(editor, places, repository, "thinking"))
    finally:
        for part in rows:
            print(summary(part))
        editor.request("shutdown", None)
        editor.notify("exit", None)
        editor.server.wait(10)
        stop_worker(env)
    return [row for part in rows for row in part]


def stop_worker(env: dict[str, str]) -> None:
    status = subprocess.run([*SLEEPTIME, "status", "--json"], env=env, capture_output=True, check=False)
    pid = json.loads(status.stdout)["worker"]["pid"] if status.returncode == 0 else 0
    if pid:
        os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    main()
