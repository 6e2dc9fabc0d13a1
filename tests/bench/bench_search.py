"""How well search finds the files that hold a question's answer: by words, by meaning, and by both
with what the graph joins to it, as answers search before and after a repository was slept on.

    python tests/bench/bench_search.py EVAL_FOLDER [--out tests/bench/results/search.json]

EVAL_FOLDER holds `flask.deep.jsonl`, ... : questions with their `evidence_files`, read against the sdists flask==3.1.1 and
requests==2.32.5, which pip downloads. Every question asked is a row. evidence_recall@5 is the share of `evidence_files`
among the first five distinct files found, a mean over the questions with a 95 % bootstrap interval; the deep and the
short questions are two sets and never mixed. Nothing is tuned here.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sleeptime.answer.find import Finder, Vector
from sleeptime.cli.demo import fetch_sdist
from sleeptime.core.ports import Embedder
from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Target
from sleeptime.index import Graph, Sources, rank
from sleeptime.model import EMBEDDER, find, pull, require, spec_named
from sleeptime.model.embed import MiniLmEmbedder
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep.bodies import fill_bodies
from sleeptime.sleep.embed import fill_vectors
from sleeptime.store import Hit, Store, open_writer
from sleeptime.worker.indexing import index_repository

SDISTS = {"flask": "flask==3.1.1", "requests": "requests==2.32.5"}
FILES = 5
HITS = 100
RESAMPLES = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "search.json")
    given = parser.parse_args()
    embedder = the_embedder()
    rows: list[dict[str, Any]] = []
    for name, requirement in SDISTS.items():
        with tempfile.TemporaryDirectory() as folder, open_writer(Path(folder) / "store.db") as store:
            rows += asked_of(name, fetch_sdist(requirement), store, embedder, given.questions)
    print_table(rows)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(rows, indent=0) + "\n")


def the_embedder() -> Embedder:
    """The real one, pulled if it is not here."""
    spec = spec_named(EMBEDDER)
    if find(spec) is None:
        pull(spec, lambda _done, _total, _text: None, threading.Event())
    return MiniLmEmbedder(require(spec))


def asked_of(name: str, root: Path, store: Store, embedder: Embedder, questions: Path) -> list[dict[str, Any]]:
    """Index, embed, and ask every question four ways."""
    repository = open_repository(root)
    worktree = repository.worktree
    index_repository(repository, store, IndexSettings())
    outlines = store.outlines(worktree)
    ranks = rank(outlines)
    paths, never = sorted(ranks, key=lambda path: -ranks[path]), threading.Event()
    started = time.perf_counter()
    sources = Sources(outlines, lambda path: read_file(repository, path))
    finder = Finder(store, worktree, Graph(outlines), sources)
    read = fill_bodies(paths, sources, store, worktree, never)
    print(f"{name}: {read} files' bodies read in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    embedded = fill_vectors(paths, store, worktree, embedder, never)
    print(f"{name}: {embedded} texts embedded in {time.perf_counter() - started:.1f} s")

    def ways(question: str) -> dict[str, Callable[[], Iterable[Target]]]:
        vector = embedder.embed([question])[0]
        return {
            "bm25": lambda: targets(store.search.code(worktree, question, HITS)),
            "vectors": lambda: targets(store.search.near(worktree, embedder.name, vector, HITS)),
            "found by words": lambda: finder.find(question).targets,
            "found": lambda: finder.find(question, Vector(embedder.name, vector)).targets,
        }

    rows = []
    for kind in ("deep", "short"):
        for line in (questions / f"{name}.{kind}.jsonl").read_text("utf-8").splitlines():
            question = json.loads(line)
            for way, search in ways(question["question"]).items():
                started = time.perf_counter()
                found = first_files(target.path for target in search())
                wanted = question["evidence_files"]
                share = len(set(found) & set(wanted)) / len(wanted) if wanted else None
                rows.append(
                    {
                        "id": question["id"],
                        "set": f"{name} {kind}",
                        "way": way,
                        "recall": share,
                        "files": found,
                        "ms": round((time.perf_counter() - started) * 1000, 2),
                    }
                )
    return rows


def targets(hits: Iterable[Hit]) -> list[Target]:
    """What they hit."""
    return [hit.target for hit in hits]


def first_files(paths: Iterable[str]) -> list[str]:
    """The first few distinct ones."""
    return list(dict.fromkeys(paths))[:FILES]


def print_table(rows: list[dict[str, Any]]) -> None:
    """One line for each set of questions and way to search."""
    for key in dict.fromkeys((row["set"], row["way"]) for row in rows):
        some = [row for row in rows if (row["set"], row["way"]) == key and row["recall"] is not None]
        shares = [row["recall"] for row in some]
        low, high = interval(shares)
        took = statistics.median(row["ms"] for row in some)
        print(
            f"{key[0]:16} {key[1]:8} {statistics.mean(shares):.3f} [{low:.3f}, {high:.3f}]  {len(some)} questions  {took:.1f} ms"
        )


def interval(shares: list[float]) -> tuple[float, float]:
    """Where the mean of 95 % of resamples lies."""
    chance = random.Random(0)
    means = sorted(statistics.mean(chance.choices(shares, k=len(shares))) for _ in range(RESAMPLES))
    return means[RESAMPLES // 40], means[-RESAMPLES // 40]


if __name__ == "__main__":
    main()
