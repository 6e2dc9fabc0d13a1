"""Answers with and without sleep on flask and requests: the lines under "Measured" of issue 5.

    python tests/bench/bench_answers.py EVAL_FOLDER [--model qwen2.5-coder-1.5b] [--limit 8] [--deep-limit 8]
        [--sleep-minutes 60] [--repository flask] [--slept-store store.db] [--without blind]

EVAL_FOLDER holds `flask.short.jsonl`, ...: questions read against the sdists flask==3.1.1 and requests==2.32.5, which pip
downloads. Short and deep questions are never mixed. Arms without a model (search, what is served ready) are asked every
question, those with one `--limit` of each set (0: all). Stores that slept are kept in the user's cache folder, and rows in
tests/bench/results: a run that was stopped goes on where it stopped, and more minutes or a larger limit add to it. (The rows
behind the tables that are committed there are in *.measured.jsonl, which no run goes on with.) The blind arm
sleeps for as long as the other (processor time). `--slept-store` begins with a copy of a store that slept: minutes that it has had
are not slept again (`--sleep-minutes 0`: the user's own store, as it is).

Whether a served answer is right, people say: tests/bench/labels/*.jsonl holds {"question", "answer", "right"}; served
answers without a label are written to tests/bench/results/*.unlabelled.jsonl. Nothing is tuned here.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sleeptime.cli.compare import EVERY_ARM, Wanted, run_comparison
from sleeptime.cli.console import load_settings
from sleeptime.cli.demo import fetch_sdist
from sleeptime.cli.sites import Site, comparison_folder
from sleeptime.core.messages import Ask
from sleeptime.core.settings import Settings
from sleeptime.core.statistics import upper_bound
from sleeptime.lsp.headless import HeadlessEditor
from sleeptime.model import choose_model
from sleeptime.repo import open_repository
from sleeptime.report import Comparison, markdown, read_questions, write_json
from sleeptime.report.compare import Row, read_rows
from sleeptime.report.comparison import number, times
from sleeptime.report.page import comparison_page
from sleeptime.report.summary import SERVED
from sleeptime.report.tables import Table, as_markdown
from sleeptime.store import open_reader, store_path

HERE = Path(__file__).parent
SDISTS = {"flask": "flask==3.1.1", "requests": "requests==2.32.5"}
RECALL_WANTED = {"flask.deep": 0.90, "requests.deep": 0.92}
RECALLS = ("identifier_recall", "evidence_recall")
SERVED_ASKED = 100
SETTLE_SECONDS = 5.0


def main() -> None:
    given = options(sys.argv[1:])
    for name in given.repository:
        print(measured(name, given), flush=True)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed, checked before anything is fetched or slept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--limit", type=int, default=8)
    parser.add_argument("--deep-limit", type=int, help="another limit for the deep sets")
    parser.add_argument("--sleep-minutes", type=float, default=60.0)
    parser.add_argument("--repository", choices=sorted(SDISTS), action="append", help="only this one")
    parser.add_argument("--slept-store", type=Path, help="of the one --repository: begin with a copy of it")
    parser.add_argument("--without", choices=EVERY_ARM, action="append", default=[], help="leave this arm out")
    given = parser.parse_args(arguments)
    given.repository = given.repository or list(SDISTS)
    is_one = len(given.repository) == 1
    if given.slept_store and not (is_one and given.sleep_minutes and given.slept_store.is_file()):
        parser.error("--slept-store needs a file, the one --repository that it is about, and --sleep-minutes above 0")
    return given


def wanted_of(given: argparse.Namespace, settings: Settings, rows: Path) -> Wanted:
    """What is to be compared."""
    deep = {} if given.deep_limit is None else {f"{name}.deep": given.deep_limit for name in given.repository}
    return Wanted(
        limit=given.limit, limits=deep, verbosities=(settings.answer.verbosity,), samples=1, drafts=1, seed=0,
        sleep_minutes=given.sleep_minutes, arms=tuple(arm for arm in EVERY_ARM if arm not in given.without), rows=rows,
    )  # fmt: skip


def measured(name: str, given: argparse.Namespace) -> str:
    """One repository's tables, written down too."""
    root, settings = fetch_sdist(SDISTS[name]), load_settings(given.model)
    stem = HERE / "results" / f"answers-{name}-{given.model}"
    wanted = wanted_of(given, settings, beside(stem, ".rows.jsonl"))
    asked = [
        question for kind in ("short", "deep") for question in read_questions(given.questions / f"{name}.{kind}.jsonl")
    ]
    print(f"{name}: sleeping and asking …", file=sys.stderr)
    slept = slept_store(root, settings, given.sleep_minutes)
    if given.slept_store and not slept.exists():  # what a run before this one began with has been slept on
        copy_store(given.slept_store, slept)
    comparison = run_comparison(asked, root, settings, wanted)
    write_json(comparison, beside(stem, ".json"))
    beside(stem, ".html").write_text(comparison_page(comparison), "utf-8")
    latencies_ms = asyncio.run(through_the_server(root, slept, given.model))
    served = last_served(read_rows(wanted.rows))
    questions = {question.id: question.question for question in asked}
    labels = judged(served, questions, beside(stem, ".unlabelled.jsonl"))
    targets = as_markdown(Table(["asked", "measured", "met"], list(checks(comparison, latencies_ms, labels))))
    text = f"{markdown(comparison)}\n## {name}: what was asked for\n\n{targets}\n"
    beside(stem, ".md").write_text(text, "utf-8")
    return text


def beside(stem: Path, ending: str) -> Path:
    """A file of this run; a model's name may hold dots, so that `with_suffix` would cut it."""
    return stem.with_name(stem.name + ending)


# ---- what the issue asks for


def checks(
    comparison: Comparison, latencies_ms: Sequence[float], labels: tuple[int, int, int]
) -> Iterator[tuple[str, str, str]]:
    """(what is asked, what was measured, whether it is met)."""
    for pair in comparison.versus_raw:
        if pair.arm == "sleep":
            gains = {m: g for m, g in pair.gains.items() if m in RECALLS}
            as_good = len(gains) == len(RECALLS) and all(gain.estimate >= 0 for gain in gains.values())
            recalls = ", ".join(f"{m.replace('_', ' ')} {gain.estimate:+.2f}" for m, gain in gains.items())
            wanted = 5 if pair.set.endswith("short") else None
            for what, ratio in (("test tokens", pair.tokens_ratio), ("latency", pair.latency_ratio)):
                said = f"{times(ratio)}, n = {pair.questions}; {recalls or 'no recall could be compared'}"
                met = None if wanted is None else ratio.estimate >= wanted and as_good
                yield asked(f"{pair.set}: {what} 5x lower at equal recall{'' if wanted else ' (only told)'}", said, met)
    for row in comparison.amortised:
        if row.arm == "sleep" and row.t == 10:
            yield asked(
                f"{row.set}: cost at N = 10, t = 10 2.5x lower", f"{number(row.saving[10])}x", row.saving[10] >= 2.5
            )
            yield asked(f"{row.set}: break-even at most 5", number(row.break_even), row.break_even <= 5)
    for figure in comparison.figures:
        recall = figure.scores.get("evidence_recall")
        if figure.arm == "sleep's search" and recall and figure.set in RECALL_WANTED:
            wanted = RECALL_WANTED[figure.set]
            said = f"{recall.estimate:.2f} ({recall.low:.2f} to {recall.high:.2f})"
            yield asked(f"{figure.set}: evidence_recall@5 of {wanted}", said, recall.estimate >= wanted)
    outcomes = {figure.set: figure.outcomes for figure in comparison.figures if figure.arm == "served ready"}
    for name, arm, share in comparison.served:
        if arm == "served ready" and name.endswith("short"):
            kinds = ", ".join(f"{outcomes[name].get(kind, 0)} from {kind}" for kind in SERVED)
            said = f"{share.estimate:.0%} ({share.low:.0%} to {share.high:.0%}): {kinds}"
            yield asked(f"{name}: half served verbatim", said, share.estimate >= 0.5)
    wrong, labelled, unlabelled = labels
    said = (
        f"{wrong} of {labelled} labelled wrong, bound {upper_bound(wrong, labelled):.1%}; {unlabelled} without a label"
    )
    yield asked(
        "wrong serves at most 5 % (95 % upper bound)", said, bool(labelled) and upper_bound(wrong, labelled) <= 0.05
    )
    if len(latencies_ms) > 1:
        p95 = statistics.quantiles(latencies_ms, n=20, method="inclusive")[18]
        said = f"{p95:.0f} ms ({len(latencies_ms)} answers)"
        yield asked("from the cache through the server, p95 at most 60 ms", said, p95 <= 60)
    else:
        yield asked("from the cache through the server, p95 at most 60 ms", "nothing was served from the cache", False)


def asked(what: str, said: str, met: bool | None) -> tuple[str, str, str]:
    """A row of the table; what has no target is only told."""
    return what, said, "" if met is None else "yes" if met else "no"


def judged(served: Sequence[Row], questions: dict[str, str], missing_file: Path) -> tuple[int, int, int]:
    """(wrong, labelled, without a label) of what was served; what lacks a label is written down for a person."""
    labels: dict[tuple[str, str], bool] = {}
    for file in sorted((HERE / "labels").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if isinstance(row.get("right"), bool) and "question" in row and "answer" in row:
                labels[row["question"], row["answer"]] = row["right"]
    pairs = {(questions[row.id], row.produced.text): row for row in served if row.id in questions}
    missing = [
        {"set": row.set, "question": question, "answer": text, "source": row.produced.outcome, "right": None}
        for (question, text), row in pairs.items()
        if (question, text) not in labels
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in missing)
    missing_file.write_text(lines, "utf-8")
    known = [labels[pair] for pair in pairs if pair in labels]
    return known.count(False), len(known), len(missing)


def last_served(rows: Iterable[Row]) -> list[Row]:
    """Of each question's rows, which add up from run to run, the last, if it was served: a store that has slept on or a
    program that has changed since may have served something else.
    """
    last = {(row.set, row.id): row for row in rows if row.arm == "served ready"}
    return [row for row in last.values() if row.produced.text]


# ---- an answer from the cache, end to end


def slept_store(root: Path, settings: Settings, minutes: float) -> Path:
    """The store that the sleeping arms ask."""
    repository = open_repository(root)
    if not minutes:
        return store_path(repository.identity)
    return comparison_folder(repository) / f"sleep-{choose_model(settings).spec.key}.db"


async def through_the_server(root: Path, slept: Path, model: str) -> list[float]:
    """Milliseconds of answers from the cache through the real server, over a copy of the store that slept."""
    repository = open_repository(root)
    with tempfile.TemporaryDirectory(prefix="st-", dir="/tmp") as home:
        before = dict(os.environ)
        os.environ.update(own_home(Path(home)))
        try:
            copy_store(slept, store_path(repository.identity))
            with open_reader(store_path(repository.identity)) as store:
                questions = kept_ready(Site(repository, store))[:SERVED_ASKED]
            print(f"{root.name}: asking the server {len(questions)} stored questions …", file=sys.stderr)
            return [ms for ms, source in await timed(root, questions, model) if source == "cache"]
        finally:
            os.environ.clear()
            os.environ.update(before)


def kept_ready(site: Site) -> list[str]:
    """The stored questions that are served from the cache: any other would wait for a live answer of the model."""
    questions = dict.fromkeys(answer.question for answer in site.store.answers.all())
    ready = ((question, site.answerer.ready(Ask(root="", question=question))) for question in questions)
    return [question for question, answered in ready if answered and answered.outcome == "cache"]


def own_home(home: Path) -> dict[str, str]:
    """Directories apart from the person's; the models stay where they are."""
    from sleeptime.model import models_dir

    models = os.environ.get("SLEEPTIME_MODELS", str(models_dir()))
    (home / "run").mkdir(mode=0o700)
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "STATE")}
    return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "SLEEPTIME_MODELS": models, **folders}


def copy_store(source: Path, target: Path) -> None:
    """With what still stands in its log."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


async def timed(root: Path, questions: Sequence[str], model: str) -> list[tuple[float, str]]:
    """(milliseconds, source) of each question, the first one asked before."""
    rows: list[tuple[float, str]] = []
    async with HeadlessEditor(root, {"model": {"name": model}}) as editor:
        await editor.settle(SETTLE_SECONDS)
        for question in questions[:1] + list(questions):
            answer, elapsed_ms = await editor.ask(question)
            rows.append((elapsed_ms, str(answer["source"])))
    return rows[1:]


if __name__ == "__main__":
    main()
