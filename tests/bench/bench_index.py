"""What an index costs, beside what parsing the same files with bare tree-sitter on one thread costs in the same run.

    python tests/bench/bench_index.py [--synthetic 12000 50000 100000] [--repeat 3] [--out rows.json]

The Python files of the sdist django==5.2.1, which pip downloads once, are copied into a git repository of their own.
Each measured step runs in a new process, like the worker's; every measured row is kept as JSON. The whole takes some
twenty minutes on two cores, most of it for the trees of many files, whose peaks of memory tell whether it grows with them.

Each line says: wall seconds (imports left out), CPU seconds of the process and its descendants, and the peak of their
memory (proportional share; both sampled every 20 ms, imports included), and the machine's load then: on a machine that
does other work, compare CPU seconds.
"""

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from sleeptime.cli.demo import fetch_sdist

ROOT = Path(__file__).resolve().parents[2]
CHANGED_FILES = 100
SAMPLE_SECONDS = 0.02


# ---- what a child process measures


def bare(root: Path, _store: Path) -> dict[str, Any]:
    """Parse every Python file once, and nothing else."""
    import tree_sitter_python
    from tree_sitter import Language, Parser

    contents = [path.read_bytes() for path in sorted(root.rglob("*.py"))]
    parser = Parser(Language(tree_sitter_python.language()))
    started = time.perf_counter()
    for content in contents:
        parser.parse(content)
    return {
        "seconds": time.perf_counter() - started,
        "files": len(contents),
        "bytes": sum(map(len, contents)),
    }


def index(root: Path, store_file: Path) -> dict[str, Any]:
    """What the worker does when a repository is opened, imports left out."""
    from sleeptime.core.settings import IndexSettings
    from sleeptime.repo import open_repository
    from sleeptime.store import open_writer
    from sleeptime.worker.indexing import index_repository

    import_module("git")  # the worker has it by then
    started = time.perf_counter()
    with open_writer(store_file) as store:
        result = index_repository(open_repository(root), store, IndexSettings())
        seconds = time.perf_counter() - started
        size = store.size_bytes()
    return {
        "seconds": seconds,
        "files": result.files,
        "parsed": result.parsed,
        "changed": len(result.changed),
        "symbols": result.symbols,
        "store_bytes": size,
    }


def one_change(root: Path, store_file: Path) -> dict[str, Any]:
    """From a saved file, through the watcher and the index, until a reader as the editor's process is has the new
    function's hover. Only the sockets are left out.
    """
    from sleeptime.answer.hover import hover_markdown
    from sleeptime.core.settings import IndexSettings
    from sleeptime.core.types import Target
    from sleeptime.index import Graph
    from sleeptime.repo import open_repository
    from sleeptime.repo.watch import Watcher
    from sleeptime.store import open_reader, open_writer
    from sleeptime.worker.indexing import index_paths

    repository = open_repository(root)
    rows: list[float] = []
    with open_writer(store_file) as store, open_reader(store_file) as reader:  # type: ignore[union-attr]
        watcher = Watcher(repository, lambda paths: index_paths(repository, store, IndexSettings(), paths) and None)
        assert watcher.start() == ""
        graph = Graph(reader.outlines(repository.worktree))
        for number, path in enumerate(random.Random(1).sample(sorted(root.rglob("*.py")), 20)):
            before = path.read_bytes()
            target = Target("symbol", path.relative_to(root).as_posix(), f"changed_{number}")
            started = time.perf_counter()
            path.write_bytes(before + b"\ndef changed_%d(): ...\n" % number)
            while (facts := graph.facts(target)) is None:
                time.sleep(0.001)
            assert target.symbol in hover_markdown(facts, None, fresh=True, now=0.0)
            rows.append(time.perf_counter() - started)
            path.write_bytes(before)
            while graph.facts(target) is not None:
                time.sleep(0.001)
        watcher.stop()
    return {"seconds": statistics.median(rows), "worst_seconds": max(rows), "rows": rows}


def facts(root: Path, store_file: Path) -> dict[str, Any]:
    """Our facts beside jedi's at sampled places."""
    import facts as beside_jedi

    from sleeptime.repo import open_repository
    from sleeptime.store import open_reader

    started = time.perf_counter()
    with open_reader(store_file) as store:  # type: ignore[union-attr]
        rows = beside_jedi.compared(root, store, open_repository(root).worktree)
    return {"seconds": time.perf_counter() - started, "rows": rows, "facts": beside_jedi.summary(rows)}


STEPS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "bare": bare,
    "index": index,
    "one_change": one_change,
    "facts": facts,
}


# ---- the parent: prepares trees, runs steps, watches memory


def measured(label: str, step: str, root: Path, store: Path) -> dict[str, Any]:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--root", str(root), "--store", str(store)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "server")}
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
    use = Use(child.pid)
    use.start()
    output, _ = child.communicate()
    use.done.set()
    use.join()
    if child.returncode:
        raise SystemExit(f"{label} failed.")
    whole = time.perf_counter() - started
    cpu_seconds = sum(use.cpu_seconds.values())
    row = {"label": label, **json.loads(output), "process_seconds": whole}
    row |= {"cpu_seconds": cpu_seconds, "peak_bytes": use.peak_bytes}
    load = os.getloadavg()[0]
    print(
        f"{label:28} {row['seconds']:8.3f} s  {cpu_seconds:8.2f} CPU s  "
        f"{row['peak_bytes'] / 1e6:6.0f} MB  parsed {row.get('parsed', '-'):>6}  load {load:.1f}",
        flush=True,
    )
    return {**row, "load": load}


class Use(threading.Thread):
    """What a process uses with all its descendants: the highest memory (shared pages count once) and CPU time."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.cpu_seconds: dict[int, float] = {}
        self.done = threading.Event()
        self._process = psutil.Process(pid)

    def run(self) -> None:
        while not self.done.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(map(self._look_at, self._family())))

    def _family(self) -> list[psutil.Process]:
        try:
            return [self._process, *self._process.children(recursive=True)]
        except psutil.Error:
            return []

    def _look_at(self, process: psutil.Process) -> int:
        try:
            times = process.cpu_times()
            self.cpu_seconds[process.pid] = times.user + times.system
            return int(process.memory_full_info().pss)
        except (psutil.Error, OSError):
            return 0


def git(root: Path, *arguments: str) -> None:
    """Git, deaf to anybody's configuration."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "gc.auto=0")
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, env=env, stdout=subprocess.DEVNULL)


def django_repository(sdist: Path, root: Path) -> None:
    """The Python files of the sdist, committed; a branch `other` differs in a hundred of them."""
    for path in sdist.rglob("*.py"):
        target = root / path.relative_to(sdist)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    git(root, "init", "-q", "-b", "main", ".")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "main")
    git(root, "checkout", "-q", "-b", "other")
    for path in random.Random(0).sample(sorted(root.rglob("*.py")), CHANGED_FILES):
        path.write_text(path.read_text("utf-8") + "\nCHANGED = True\n", "utf-8")
    git(root, "commit", "-q", "-a", "-m", "other")
    git(root, "checkout", "-q", "main")


def grow_tree(sdist: Path, root: Path, before: int, files: int) -> None:
    """From `before` to `files` different files of django's sizes: its own, each with a line that makes it another."""
    contents = [path.read_bytes() for path in sorted(sdist.rglob("*.py"))]
    for number in range(before, files):
        folder = root / f"part{number // 1000}" / f"sub{number // 50 % 20}"
        folder.mkdir(parents=True, exist_ok=True)
        own = b"\n\ndef own_%d():\n    return own_%d()\n" % (number, number // 2)
        (folder / f"module_{number}.py").write_bytes(contents[number % len(contents)] + own)


def django(sdist: Path, work: Path, repeat: int) -> list[dict[str, Any]]:
    """Cold, restart, switch and one change."""
    root = work / "django"
    django_repository(sdist, root)
    rows: list[dict[str, Any]] = []
    for number in range(repeat):
        store = work / f"stores{number}" / "django.db"
        rows.append(measured("bare tree-sitter", "bare", root, store))
        rows.append(measured("cold index", "index", root, store))
    rows += [measured("restart, nothing changed", "index", root, store) for _ in range(repeat)]
    git(root, "checkout", "-q", "other")
    rows.append(measured("switch, first sight", "index", root, store))
    for branch in ("main", "other", "main"):
        git(root, "checkout", "-q", branch)
        rows.append(measured(f"switch to {branch}, seen", "index", root, store))
    rows.append(measured("one changed file", "one_change", root, store))
    rows.append(measured("facts beside jedi", "facts", root, store))
    return rows


def synthetic(sdist: Path, work: Path, sizes: list[int]) -> list[dict[str, Any]]:
    """More and more files, in a plain folder: cold, each time into a new store, and restart."""
    root = work / "synthetic"
    rows: list[dict[str, Any]] = []
    for before, files in pairwise([0, *sorted(sizes)]):
        store = work / f"many{files}" / "synthetic.db"
        grow_tree(sdist, root, before, files)
        rows.append(measured(f"cold, {files} files", "index", root, store))
        rows.append(measured(f"restart, {files} files", "index", root, store))
    return rows


def summary(rows: list[dict[str, Any]], sizes: list[int]) -> dict[str, float]:
    """The figures that the issue names."""

    def median(label: str, field: str = "seconds") -> float:
        return statistics.median([row[field] for row in rows if row["label"].startswith(label)])

    figures = {
        "bare seconds": median("bare"),
        "cold / bare": median("cold index") / median("bare"),
        "cold CPU / bare CPU": median("cold index", "cpu_seconds") / median("bare", "cpu_seconds"),
        "cold peak MB": median("cold index", "peak_bytes") / 1e6,
        "restart seconds": median("restart, nothing"),
        "switch seconds": median("switch to"),
        "switch parsed": max(row["parsed"] for row in rows if row["label"].startswith("switch to")),
        "one changed file ms": median("one changed") * 1000,
    }
    django_each = median("cold index", "cpu_seconds") / median("cold index", "files")
    for files in sizes:
        each = median(f"cold, {files} ", "cpu_seconds") / files
        figures[f"{files} files: cost per file / django's"] = each / django_each
        figures[f"{files} files: peak MB"] = median(f"cold, {files} ", "peak_bytes") / 1e6
        figures[f"{files} files: restart seconds"] = median(f"restart, {files} ")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--synthetic",
        type=int,
        nargs="*",
        default=[12_000, 50_000, 100_000],
        help="sizes of trees; none leaves them out",
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "index.json")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(STEPS[given.step](given.root, given.store)))
        return
    sdist = fetch_sdist("django==5.2.1")
    with tempfile.TemporaryDirectory(prefix="sleeptime-bench-") as work:
        rows = django(sdist, Path(work), given.repeat)
        rows += synthetic(sdist, Path(work), given.synthetic)
    figures = summary(rows, given.synthetic)
    for name, value in figures.items():
        print(f"{name:40} {value:10.3f}")
    compared = next(row["facts"] for row in rows if row["label"] == "facts beside jedi")
    for fact, found in compared.items():
        said = "  ".join(f"{name} {value}" for name, value in found.items() if name != "why")
        print(f"{fact:12} {said}")
        for why, count in found["why"].items():
            print(f"{'':12} {count:3} {why}")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    written = {"machine": machine, "figures": figures, "facts": compared, "rows": rows}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(written, indent=0) + "\n")


if __name__ == "__main__":
    main()
