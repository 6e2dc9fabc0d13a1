"""What sleep costs and yields, with a real model on flask: the lines under "Measured" of issue 4.

    python tests/bench/bench_sleep.py [--model qwen2.5-coder-0.5b] [--minutes 40] [--questions FILE] [--phases sleep,edit,…]

Works on a copy of the repository (by default flask 3.1.1, fetched through pip) with a store of its own, both kept in a
folder: a run that is stopped goes on where it stopped, and a phase that is done is not done again (`--again` starts
over). Raw rows go to tests/bench/results/sleep-MODEL.json after every phase.

    sleep      reuse of the prompt cache, coverage over time, grounding, what each gate dropped, covered questions
    edit       what editing one function makes stale, against the graph of notes
    speed      decoding asleep against the engine's own, and with and without n-gram speculation, in one run
    waking     stopping, resuming, a live question's first token, a neighbour's loss, through the real worker
    hover      p99 of hovers beside a sleeping worker against an awake one
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

import bench_hover
import psutil
from bench_hover import home_env

from sleeptime.answer.chat import Answerer
from sleeptime.cli.demo import fetch_sdist
from sleeptime.core.clock import SystemClock
from sleeptime.core.intents import find_intent
from sleeptime.core.messages import Ask
from sleeptime.core.ports import ChatRequest, ChatResult, Message, Model, OnText, discard
from sleeptime.core.settings import IndexSettings, ModelSettings, Settings
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Graph, Sources, code_names, still_holds
from sleeptime.index.concepts import words_of
from sleeptime.model import choose_model, engine_threads, open_model, require
from sleeptime.model.llama_process import EngineOptions
from sleeptime.model.llama_server import LlamaServer
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import Sleeper, Tools, likely_questions
from sleeptime.store import Store, open_writer
from sleeptime.worker.indexing import index_repository
from sleeptime.worker.machine import Machine

PACKAGE = "flask==3.1.1"
HERE = Path(__file__).parent
RESULTS = HERE / "results"
CHECKPOINT_MINUTES = (1, 2, 5, 10, 20, 40)
STRETCH_MINUTES = 5.0
"""A run that is stopped loses at most this much of its measurements; its notes stay."""
RAW = {"rows", "minutes_by_clock"}


class Watched:
    """A model whose results are kept, with the time at which each came."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.results: list[ChatResult] = []
        self.ended_at: list[float] = []
        self.name, self.context_tokens = model.name, model.context_tokens
        self.count_tokens, self.close, self.together = model.count_tokens, model.close, model.together

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        return self._kept([self._model.chat(request, cancel, on_text)])[0]

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        return self._kept(self._model.chat_many(requests, cancel))

    def _kept(self, results: Sequence[ChatResult]) -> tuple[ChatResult, ...]:
        self.results += results
        self.ended_at += [time.time()] * len(results)
        return tuple(results)


class Site:
    """A repository's copy, its index and its store."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.root = folder / "repository"
        if not self.root.exists():
            shutil.copytree(source, self.root)
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
    """One stretch of sleep: its rows, by request."""
    machine, cancel = Machine(), threading.Event()
    sleeper = Sleeper(site.sources, site.store, site.repository.worktree, Tools(model, SystemClock(), machine.used))
    alarm = threading.Timer(60 * minutes, cancel.set)
    alarm.daemon = True
    alarm.start()
    used, began_at, first = machine.used(), time.time(), len(model.results)
    slept = sleeper.run(cancel, lambda _done, _total, _text: None)
    spent = machine.used().since(used)
    alarm.cancel()
    rows = [
        {"at": at - began_at, "prompt": r.prompt_tokens, "cached": r.cached_tokens, "generated": r.generated_tokens,
         "prefill_ms": r.prefill_ms, "decode_ms": r.decode_ms, "finish": r.finish}
        for at, r in zip(model.ended_at[first:], model.results[first:], strict=True)
    ]  # fmt: skip
    return {
        "began_at": began_at, "seconds": slept.seconds, "jobs": slept.jobs_done, "answers": slept.answers,
        "left": slept.jobs_left, "cpu_seconds": spent.cpu_seconds, "watt_hours_estimated": spent.joules / 3600,
        "load": psutil.getloadavg(), "rows": rows,
    }  # fmt: skip


def economy(stretches: list[dict[str, Any]]) -> dict[str, Any]:
    """Tokens and seconds of all stretches together."""
    rows = [row for stretch in stretches for row in stretch["rows"]]
    prompt, cached = (sum(row[name] for row in rows) for name in ("prompt", "cached"))
    return {
        "minutes": sum(stretch["seconds"] for stretch in stretches) / 60, "requests": len(rows),
        "jobs": sum(stretch["jobs"] for stretch in stretches), "answers": sum(s["answers"] for s in stretches),
        "prompt_tokens": prompt, "reused_share": cached / max(1, prompt),
        "generated_tokens": sum(row["generated"] for row in rows),
        "model_seconds": sum(row["prefill_ms"] + row["decode_ms"] for row in rows) / 1000,
        "cpu_seconds": sum(stretch["cpu_seconds"] for stretch in stretches),
        "watt_hours_estimated": sum(stretch["watt_hours_estimated"] for stretch in stretches),
    }  # fmt: skip


def reuse(store: Store) -> dict[str, Any]:
    """The share of prompt tokens reused by jobs about a page of a module, and by those about a theme, whose prompts are made of
    code from several modules.
    """
    shares = {}
    for name, is_theme in (("module", False), ("theme", True)):
        jobs = [
            e for e in store.ledger.entries(limit=10_000) if e.kind == "job" and (e.target.level == "topic") == is_theme
        ]
        prompt, cached = sum(job.prompt_tokens for job in jobs), sum(job.cached_tokens for job in jobs)
        shares[f"{name}_jobs"] = {
            "jobs": len(jobs), "prompt_tokens": prompt, "reused_share": cached / prompt if prompt else None,
            "generated_tokens": sum(job.generated_tokens for job in jobs),
        }  # fmt: skip
    return shares


def coverage(site: Site, stretches: list[dict[str, Any]]) -> dict[str, Any]:
    """How much of the exported symbols had a summary after how many minutes of sleep, by the clock and by the seconds
    that the model computed (which another load on the machine stretches less).
    """
    exported = site.exported()
    noted: dict[Target, float] = {}
    for answer in reversed(site.store.answers.all()):
        if answer.intent == "purpose" and answer.target in exported:
            noted.setdefault(answer.target, answer.created_at)
    by_clock, by_model = [], []
    for created_at in sorted(noted.values()):
        clock, computed = _slept_until(stretches, created_at)
        by_clock.append(clock / 60)
        by_model.append(computed / 60)
    total = len(exported)
    slept, computed = _slept_until(stretches, time.time())
    shares = {
        name: {
            f"{at} min": sum(m <= at for m in moments) / total for at in CHECKPOINT_MINUTES if at <= limit / 60 + 0.1
        }
        for name, moments, limit in (("by_clock", by_clock, slept), ("by_model_seconds", by_model, computed))
    }
    return {"exported_symbols": total, "noted": len(noted), **shares, "minutes_by_clock": by_clock}


def _slept_until(stretches: list[dict[str, Any]], moment: float) -> tuple[float, float]:
    """(seconds slept, seconds that the model computed) up to a moment."""
    clock = computed = 0.0
    for stretch in stretches:
        inside = min(max(0.0, moment - stretch["began_at"]), stretch["seconds"])
        clock += inside
        computed += sum(row["prefill_ms"] + row["decode_ms"] for row in stretch["rows"] if row["at"] <= inside) / 1000
    return clock, computed


def speed(model: Watched, rows: list[dict[str, Any]], settings: Settings) -> dict[str, Any]:
    """Decoding while asleep against the engine's own single stream on a prompt that it has just read; and what
    n-gram speculation gives on a text that repeats its prompt, as explanations of code do.
    """
    asleep = [1000 * row["generated"] / row["decode_ms"] for row in rows if row["generated"] >= 20]
    ask = ChatRequest((Message("user", "Describe in many words what a web server does."),), max_tokens=128)
    alone = [model.chat(ask, threading.Event()) for _ in range(4)][1:]
    own = statistics.median(1000 * one.generated_tokens / one.decode_ms for one in alone)
    report = {"asleep_tokens_a_second": statistics.median(asleep) if asleep else 0.0, "alone_tokens_a_second": own}
    report["share"] = report["asleep_tokens_a_second"] / own
    return report | speculation(settings)


def speculation(settings: Settings) -> dict[str, Any]:
    """The same explanation decoded with and without n-gram drafts, in turns; {} where llama.cpp is not the engine."""
    spec = choose_model(settings).spec
    if not spec.sources:
        return {}
    rates: dict[bool, list[float]] = {True: [], False: []}
    source = Path(__file__).read_text()[:4000]
    ask = f"```python\n{source}\n```\nExplain how this works, naming the functions."
    body = {"messages": [{"role": "user", "content": ask}], "max_tokens": 160, "temperature": 0}
    for on in (True, False, True, False):
        server = LlamaServer(
            EngineOptions(str(require(spec)), "", "", 4096, engine_threads(settings), ngram_speculation=on)
        )
        for _ in range(2):  # the second has its prompt in the cache
            said = server.post("/v1/chat/completions", body)
        rates[on].append(said["timings"]["predicted_per_second"])
        server.close()
    return {"with_speculation": rates[True], "without_speculation": rates[False],
            "speculation_gain": statistics.mean(rates[True]) / statistics.mean(rates[False])}  # fmt: skip


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
    """Which notes go stale when one function is edited, against what the notes themselves say they are made from. It is
    the function of whose module, classes and callers the most was written, so that there is something to go stale.
    """
    answers, before = site.store.answers.all(), site.stale()
    written = {note.target: note for note in answers if note.target.level == "symbol"}
    edited = max(written, key=lambda target: (len(reaching(answers, target)), str(target)))
    symbol = site.sources.symbol(edited)
    assert symbol is not None
    file = site.root / edited.path
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    start, end = symbol.span.start_line, symbol.span.end_line
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    commented = [*lines[:start], f"{indent}# a comment\n\n", *lines[start:]]
    file.write_text("".join(commented))
    site.index()
    after_comment = site.stale() - before
    file.write_text("".join([*lines[: end + 1], f"{indent}    str(1)\n", *lines[end + 1 :]]))
    site.index()
    stale = site.stale() - before
    expected = {f"{note.target} {note.intent}" for note in reaching(answers, edited)} - before
    file.write_text(text)
    site.index()
    return {
        "edited": str(edited), "notes": len(answers), "stale_after_a_comment": sorted(after_comment),
        "stale": sorted(stale), "expected": sorted(expected), "equal": stale == expected,
        "stale_after_undoing_it": sorted(site.stale() - before),
    }  # fmt: skip


def reaching(answers: list[Answer], edited: Target) -> list[Answer]:
    """Notes about the symbol, what encloses it and its module, or written from one of them, and those that these feed, by
    walking the graph of notes upwards.
    """

    def is_it(target: Target) -> bool:
        encloses = target.symbol in ("", edited.symbol) or edited.symbol.startswith(target.symbol + ".")
        return target.path == edited.path and target.level != "topic" and encloses

    reached = [note for note in answers if is_it(note.target) or any(is_it(read.target) for read in note.read)]
    keys = {note.key for note in reached}
    while more := [note for note in answers if note.key not in keys and keys.intersection(note.dependencies)]:
        reached += more
        keys |= {note.key for note in more}
    return reached


def questions(site: Site, file: Path) -> dict[str, Any]:
    """How many of a set of questions have their (target, intent) answered, by facts or by a stored answer."""
    answerer = Answerer(site.sources, Graph(site.sources.outlines), site.store, site.repository.worktree, SystemClock())
    stored = site.store.answers.all()
    topics = [answer for answer in stored if answer.target.level == "topic"]
    rows = []
    for line in file.read_text().splitlines():
        question = json.loads(line)["question"]
        asked = answerer.understand(Ask(root="", question=question))
        keys = [(target, asked.intent.name) for target in asked.targets] if asked.intent else []
        by_target = bool(keys) and (
            asked.intent.typed or any(site.store.answers.for_target(target, intent) for target, intent in keys)
        )
        intent = find_intent(question, "topic")
        words = set(words_of(question))
        by_topic = intent is not None and any(
            answer.intent == intent.name and words.issuperset(words_of(answer.target.symbol)) for answer in topics
        )
        rows.append({"question": question, "understood": bool(keys), "by_target": by_target, "by_topic": by_topic})
    return {
        "questions": len(rows), "with_target_and_intent": sum(row["understood"] for row in rows),
        "covered_by_target": sum(row["by_target"] for row in rows),
        "covered_by_topic": sum(row["by_topic"] for row in rows),
        "covered": sum(row["by_target"] or row["by_topic"] for row in rows), "rows": rows,
    }  # fmt: skip


def waking(root: Path, model: str, rounds: int) -> dict[str, Any]:
    """`waking.py` in a home of its own, on another copy: its worker writes there."""
    with tempfile.TemporaryDirectory(prefix="st-") as home:
        copy = shutil.copytree(root, Path(home) / "repository")
        command = [sys.executable, "-P", str(HERE / "waking.py"), str(copy), "--model", model, "--rounds", str(rounds)]
        env = home_env(Path(home))
        env["PYTHONPATH"] += f":{HERE}"
        done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)
        return dict(json.loads(done.stdout.splitlines()[-1]))


def hover(root: Path, model: str) -> dict[str, Any]:
    """`bench_hover.py`, and from its rows what a sleeping worker costs a hover at p99."""
    with tempfile.TemporaryDirectory(prefix="st-") as home:
        given = argparse.Namespace(hovers=1000, burners=1, model=model)
        copy = Path(shutil.copytree(root, Path(home) / "repository"))
        rows = bench_hover.run(copy, given, home_env(Path(home)))
    p99 = {
        condition: statistics.quantiles([r["ms"] for r in rows if r["condition"] == condition], n=100)[98]
        for condition in ("again", "thinking")
    }
    return {"awake_p99_ms": p99["again"], "asleep_p99_ms": p99["thinking"], "ratio": p99["thinking"] / p99["again"]}


class Bench:
    """One model's run, phase after phase; what is done is in the report on the disk."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.file = RESULTS / f"sleep-{Path(given.model).name.removesuffix('.gguf')}.json"
        self.folder: Path = given.folder or Path(tempfile.gettempdir()) / f"sleeptime-bench-{Path(given.model).stem}"
        if given.again:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.file.unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site = Site(given.repository or fetch_sdist(PACKAGE), self.folder)
        self.settings = Settings(model=ModelSettings(name=given.model))
        kept = self.folder / "report.json"
        self.report: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"stretches": []}
        self.model: Watched | None = None

    def run(self) -> None:
        for phase in self.given.phases.split(","):
            if phase == "sleep" or phase not in self.report:
                getattr(self, phase)()
                self.save()
        if self.model is not None:
            self.model.close()
        self.site.store.close()
        print(json.dumps({name: _short(part) for name, part in self.report.items() if name != "stretches"}, indent=2))

    def sleep(self) -> None:
        """Up to the minutes asked for, counted over all runs, in stretches of which each is saved."""
        slept = sum(stretch["seconds"] for stretch in self.report["stretches"]) / 60
        while slept < self.given.minutes - 0.05:
            stretch = sleep(self.site, self.opened(), min(STRETCH_MINUTES, self.given.minutes - slept))
            self.report["stretches"].append(stretch)
            self.save()
            slept += stretch["seconds"] / 60
            if not stretch["left"]:
                break
        self.report["economy"] = economy(self.report["stretches"]) | reuse(self.site.store)
        self.report["coverage"] = coverage(self.site, self.report["stretches"])
        self.report["grounding"] = grounding(self.site)
        if self.given.questions:
            self.report["questions"] = questions(self.site, self.given.questions)

    def edit(self) -> None:
        self.report["edit"] = edit(self.site)

    def speed(self) -> None:
        latest = self.report["stretches"][-1]["rows"]  # of the same quarter of an hour: the machine is noisy
        self.report["speed"] = speed(self.opened(), latest, self.settings)

    def waking(self) -> None:
        self.close()
        if not choose_model(self.settings).spec.sources:  # no engine of its own to watch
            return
        self.report["waking"] = waking(self.site.root, self.given.model, self.given.rounds)

    def hover(self) -> None:
        self.close()
        self.report["hover"] = hover(self.site.root, self.given.model)

    def opened(self) -> Watched:
        if self.model is None:
            self.model = Watched(open_model(self.settings).model)
        return self.model

    def close(self) -> None:
        """One engine at a time: two would halve each other."""
        if self.model is not None:
            self.model.close()
            self.model = None

    def save(self) -> None:
        machine = {"machine": platform.platform(), "cores": psutil.cpu_count(), "load": psutil.getloadavg()}
        text = json.dumps({"model": self.given.model, **machine, **self.report}, indent=1)
        (self.folder / "report.json").write_text(json.dumps(self.report))
        RESULTS.mkdir(exist_ok=True)
        self.file.write_text(text + "\n")


def _short(part: Any) -> Any:
    """A part of the report without its raw rows."""
    return {name: value for name, value in part.items() if name not in RAW} if isinstance(part, dict) else part


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, help="instead of flask 3.1.1 fetched through pip")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--minutes", type=float, default=40.0, help="of sleep, over all runs of this folder")
    parser.add_argument("--questions", type=Path, help="JSON lines with a question each, about the repository")
    parser.add_argument("--phases", default="sleep,edit,speed,waking,hover")
    parser.add_argument("--rounds", type=int, default=10, help="of waking")
    parser.add_argument("--folder", type=Path, help="where the run is kept; by default in the temporary directory")
    parser.add_argument("--again", action="store_true", help="start over")
    Bench(parser.parse_args()).run()


if __name__ == "__main__":
    main()
