"""What sleep costs and yields, with a real model on flask: the lines under "Measured" of issue 4.

    python tests/bench/bench_sleep.py [--repository PATH] [--model qwen2.5-coder-0.5b] [--minutes 6]

Works on a copy of the repository (by default flask 3.1.1, fetched through pip), in a store of its own. Hover latency
while asleep is `bench_hover.py`'s business. Raw rows go to tests/bench/results/sleep-MODEL.json.
"""

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from sleeptime.cli.demo import fetch_sdist
from sleeptime.core.clock import SystemClock
from sleeptime.core.ports import ChatRequest, ChatResult, Message, Model, OnText, discard
from sleeptime.core.settings import IndexSettings, ModelSettings, Settings
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Graph, Sources, code_names, still_holds
from sleeptime.model import open_model
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import Sleeper, Tools, likely_questions
from sleeptime.store import Store, open_writer
from sleeptime.worker.indexing import index_repository
from sleeptime.worker.machine import Machine

RESULTS = Path(__file__).parent / "results"
PACKAGE = "flask==3.1.1"
CHECKPOINT_MINUTES = (1, 2, 5, 10, 20, 40)
EDITED = ("src/flask/helpers.py", "get_root_path")
"""A function that little depends on; its first statement is doubled."""
SPIN_SECONDS = 8.0


class Watched:
    """A model whose results are kept."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.results: list[ChatResult] = []
        self.name, self.context_tokens = model.name, model.context_tokens
        self.count_tokens, self.close, self.together = model.count_tokens, model.close, model.together

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        self.results.append(self._model.chat(request, cancel, on_text))
        return self.results[-1]

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        results = self._model.chat_many(requests, cancel)
        self.results += results
        return results


class Site:
    """A repository's copy, its index and its store."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.root = Path(shutil.copytree(source, folder / "repository"))
        self.repository = open_repository(self.root)
        self.store: Store = open_writer(folder / "sleep.db")
        self.index()
        outlines = self.store.outlines(self.repository.worktree)
        self.sources = Sources(outlines, lambda path: read_file(self.repository, path))

    def index(self) -> None:
        index_repository(self.repository, self.store, IndexSettings())

    def stale(self) -> set[str]:
        freshness = Freshness(self.sources, self.store.answers.by_key)
        return {f"{note.target} {note.intent}" for note in self.store.answers.all() if not freshness.is_fresh(note)}

    def exported(self) -> set[Target]:
        """What the package offers: its symbols that are asked about, tests and examples left out."""
        paths = [path for path in self.sources.outlines.paths() if path.startswith("src/")]
        return {
            question.target
            for path in paths
            if (outline := self.sources.outlines.outline(path))
            for question in likely_questions(path, outline)
            if question.intent == "purpose" and question.target.symbol
        }


def sleep(site: Site, model: Watched, minutes: float) -> dict[str, Any]:
    """Sleep for some minutes; how much of the exported symbols had a note after how long."""
    machine, cancel = Machine(), threading.Event()
    sleeper = Sleeper(site.sources, site.store, site.repository.worktree, Tools(model, SystemClock(), machine.used))
    exported, rows = site.exported(), []
    begun = time.monotonic()

    def look() -> None:
        noted = {answer.target for answer in site.store.answers.all() if answer.intent == "purpose"}
        rows.append(
            {"minutes": round((time.monotonic() - begun) / 60, 2), "share": len(noted & exported) / len(exported)}
        )

    timers = [threading.Timer(60 * at, look) for at in CHECKPOINT_MINUTES if at < minutes]
    timers.append(threading.Timer(60 * minutes, cancel.set))
    for timer in timers:
        timer.daemon = True
        timer.start()
    used = machine.used()
    slept = sleeper.run(cancel, lambda _done, _total, _text: None)
    spent = machine.used().since(used)
    for timer in timers:
        timer.cancel()
    look()
    return {
        "seconds": slept.seconds, "jobs": slept.jobs_done, "answers": slept.answers, "left": slept.jobs_left,
        "prompt_tokens": slept.prompt_tokens, "cached_tokens": slept.cached_tokens,
        "reused_share": slept.cached_tokens / max(1, slept.prompt_tokens), "generated_tokens": slept.generated_tokens,
        "cpu_seconds": spent.cpu_seconds, "watt_hours_estimated": spent.joules / 3600,
        "exported_symbols": len(exported), "coverage": rows,
    }  # fmt: skip


def speed(model: Watched) -> dict[str, float]:
    """Decoding while asleep against the engine's own single stream, on a prompt that it has just read."""
    asleep = [result for result in model.results if result.generated_tokens >= 20]
    ask = ChatRequest((Message("user", "Describe in many words what a web server does."),), max_tokens=128)
    alone = [model.chat(ask, threading.Event()) for _ in range(4)][1:]
    rates = [statistics.median(1000 * r.generated_tokens / r.decode_ms for r in group) for group in (asleep, alone)]
    return {"asleep_tokens_a_second": rates[0], "alone_tokens_a_second": rates[1], "share": rates[0] / rates[1]}


def sittings(model: Watched) -> dict[str, float]:
    """Share of prompt tokens reused, over all requests and without the first of each run of equal prefixes."""
    rows = [(result.prompt_tokens, result.cached_tokens) for result in model.results]
    return {"all": sum(cached for _, cached in rows) / sum(prompt for prompt, _ in rows), "requests": len(rows)}


def grounding(site: Site) -> dict[str, Any]:
    """Names and citations of all that is stored, and what each gate dropped."""
    answers = site.store.answers.all()
    names = sum(len(code_names(answer.text)) for answer in answers)
    unknown = sum(len(answer.gates.unknown_names) for answer in answers)
    cited = [evidence for answer in answers for evidence in answer.evidence]
    holding = sum(still_holds(evidence, site.sources.lines(evidence.path)) for evidence in cited)
    dropped = sum((Counter(answer.gates.dropped) for answer in answers), Counter())
    for job in site.store.jobs.in_state("failed"):
        inside = job.reason.partition("(")[2].rstrip(")")
        dropped.update(
            {
                gate: int(count)
                for gate, _, count in (part.partition(" ") for part in inside.split(", "))
                if count.isdigit()
            }
        )
    kept = sum(len(answer.text.split(". ")) for answer in answers)
    total = kept + sum(dropped.values())
    return {
        "answers": len(answers), "names": names, "names_that_exist": 1 - unknown / max(1, names),
        "citations": len(cited), "citations_that_hold": holding / max(1, len(cited)),
        "sentences_dropped_by_gate": dict(dropped),
        "share_dropped_by_gate": {gate: count / total for gate, count in dropped.items()},
        "by_level": dict(Counter(f"{answer.target.level} {answer.intent}" for answer in answers)),
        "jobs_without_answer": len(site.store.jobs.in_state("failed")),
    }  # fmt: skip


def edit(site: Site) -> dict[str, Any]:
    """Which notes go stale when one function is edited, against what the notes themselves say they are made from."""
    name, symbol = EDITED
    before = site.stale()
    answers = site.store.answers.all()
    file = site.root / name
    text = file.read_text()
    commented = text.replace(f"def {symbol}(", f"# a comment\n\n\ndef {symbol}(", 1)
    file.write_text(commented)
    site.index()
    after_comment = site.stale() - before
    start = commented.index(f"def {symbol}(")
    body = commented.index("\n    ", commented.index('"""', commented.index('"""', start) + 3))
    file.write_text(commented[:body] + "\n    str(1)" + commented[body:])
    site.index()
    stale = site.stale() - before
    expected = {f"{note.target} {note.intent}" for note in reaching(answers, name, symbol)} - before
    file.write_text(text)
    site.index()
    return {
        "edited": f"{name}::{symbol}", "notes": len(answers), "stale_after_a_comment": sorted(after_comment),
        "stale": sorted(stale), "expected": sorted(expected), "equal": stale == expected,
        "stale_after_undoing_it": sorted(site.stale() - before),
    }  # fmt: skip


def reaching(answers: list[Answer], path: str, symbol: str) -> list[Answer]:
    """Notes about the symbol and its module, and those that these feed, by walking the graph of notes upwards."""
    reached = [note for note in answers if note.target.path == path and note.target.symbol in ("", symbol)]
    keys = {note.key for note in reached}
    while more := [note for note in answers if note.key not in keys and keys.intersection(note.dependencies)]:
        reached += more
        keys |= {note.key for note in more}
    return reached


def neighbour(model: Watched) -> dict[str, float]:
    """What one CPU-bound process loses while the engine, at its low priority, writes."""

    def spun() -> int:
        code = f"import time\nend=time.monotonic()+{SPIN_SECONDS}\nn=0\nwhile time.monotonic()<end:\n for _ in range(10000): n+=1\nprint(n)"
        return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    def write() -> None:
        while not stop.is_set():
            model.chat(ChatRequest((Message("user", "Count from one to a thousand in words."),), max_tokens=400), stop)

    rows = []
    for _ in range(2):
        alone = spun()
        stop = threading.Event()
        writing = threading.Thread(target=write)
        writing.start()
        beside = spun()
        stop.set()
        writing.join()
        rows.append(1 - beside / alone)
    return {"lost_share": statistics.median(rows), "rows": rows, "cores": psutil.cpu_count() or 1}


def questions(site: Site, file: Path | None) -> dict[str, Any]:
    """How many of a set of questions have their (target, intent) answered; {} without a set."""
    if file is None or not file.exists():
        return {}
    from sleeptime.answer.chat import Answerer
    from sleeptime.core.messages import Ask

    answerer = Answerer(site.sources, Graph(site.sources.outlines), site.store, site.repository.worktree, SystemClock())
    rows = []
    for line in file.read_text().splitlines():
        asked = answerer.understand(Ask(root="", question=json.loads(line)["question"]))
        keys = [(target, asked.intent.name) for target in asked.targets] if asked.intent else []
        covered = bool(keys) and (
            asked.intent.typed or any(site.store.answers.for_target(target, intent) for target, intent in keys)
        )
        rows.append({"understood": bool(keys), "covered": covered})
    return {
        "questions": len(rows), "with_target_and_intent": sum(row["understood"] for row in rows),
        "covered": sum(row["covered"] for row in rows),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, help="instead of flask 3.1.1 fetched through pip")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--questions", type=Path, help="JSON lines with a question each")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        site = Site(arguments.repository or fetch_sdist(PACKAGE), folder)
        settings = Settings(model=ModelSettings(name=arguments.model))
        model = Watched(open_model(settings).model)
        report: dict[str, Any] = {
            "model": model.name, "machine": platform.platform(), "load_at_start": psutil.getloadavg(),
            "sleep": sleep(site, model, arguments.minutes),
        }  # fmt: skip
        report["requests"] = sittings(model)
        report["grounding"] = grounding(site)
        report["edit"] = edit(site)
        report["questions"] = questions(site, arguments.questions)
        report["speed"] = speed(model)
        report["neighbour"] = neighbour(model)
        report["load_at_end"] = psutil.getloadavg()
        print(json.dumps(report, indent=2))
        report["rows"] = [
            {"prompt": r.prompt_tokens, "cached": r.cached_tokens, "generated": r.generated_tokens,
             "prefill_ms": r.prefill_ms, "decode_ms": r.decode_ms, "finish": r.finish} for r in model.results
        ]  # fmt: skip
        model.close()
        site.store.close()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"sleep-{arguments.model}.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
