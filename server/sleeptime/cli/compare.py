"""compare: the arms of the shared evaluation on anybody's questions."""

import os
import platform
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.markdown import Markdown

from sleeptime.answer.find import Vector
from sleeptime.cli.arms import Answering, Engine, product_arm, ready_arm, search_arm
from sleeptime.cli.console import AsJson, ModelName, Report, load_settings, out, progress, with_worker
from sleeptime.cli.places import repository_root
from sleeptime.cli.sites import Site, Sites, sleep_blind, sleep_minutes
from sleeptime.core import messages as say
from sleeptime.core.errors import EvaluationError
from sleeptime.core.ports import Embedder
from sleeptime.core.settings import Settings
from sleeptime.model import EMBEDDER, choose_model, find, spec_named
from sleeptime.repo import Repository, open_repository
from sleeptime.report import (
    STAND_IN,
    About,
    Arm,
    Comparison,
    Judge,
    Library,
    Mind,
    Plan,
    Question,
    Row,
    Sheet,
    closed_book,
    compared,
    context_arms,
    explained_shares,
    markdown,
    raw_retrieval,
    read_questions,
    retrieval,
    sampled,
    write_json,
)
from sleeptime.report import (
    compare as run_arms,
)
from sleeptime.report.arms import RAW_TOKENS
from sleeptime.report.page import comparison_page

EVERY_ARM = (
    "closed book", "raw retrieval", "facts only", "sleep", "sleep + raw", "blind", "raw's search", "sleep's search",
    "served ready",
)  # fmt: skip


LINE_SECONDS = 30.0
"""Between two lines of progress in a log."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What the command line asked for."""

    limit: int
    limits: Mapping[str, int] = {}
    verbosities: tuple[int, ...]
    samples: int
    drafts: int
    seed: int
    sleep_minutes: float
    arms: tuple[str, ...]
    rows: Path


def compare(  # noqa: PLR0913  # each parameter is an option of the command line
    questions: Annotated[list[Path], typer.Argument(help="JSON lines with question, answer, evidence_files, …")],
    *,
    repo: Annotated[Path | None, typer.Option("--repo", help="The repository that they are about.")] = None,
    model: ModelName = "",
    limit: Annotated[int, typer.Option(min=0, help="Ask the model so many questions of each file; 0: all.")] = 10,
    verbosity: Annotated[list[int] | None, typer.Option(min=0, max=4, help="May be given several times.")] = None,
    samples: Annotated[int, typer.Option(min=1, help="Answers to each question, for pass@k.")] = 1,
    drafts: Annotated[int, typer.Option(min=1, max=5, help="Drafts of the notes on a question's own context.")] = 1,
    sleep: Annotated[
        float, typer.Option("--sleep-minutes", min=0.0, help="Sleep in a store of its own; 0: ask your own store.")
    ] = 0.0,
    arm: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(EVERY_ARM)}.")] = None,
    seed: Annotated[int, typer.Option(help="Which questions are drawn, and the intervals.")] = 0,
    folder: Annotated[Path, typer.Option("--out", help="Where rows, figures and the page go.")] = Path("comparison"),
    as_json: AsJson = False,
) -> None:
    """Compare ways to answer, with and without sleep. Run it again to go on where it stopped."""
    settings = load_settings(model)
    wanted = Wanted(
        limit=limit,
        verbosities=tuple(dict.fromkeys(verbosity or [settings.answer.verbosity])),
        samples=samples,
        drafts=drafts,
        seed=seed,
        sleep_minutes=sleep,
        arms=_known_arms(arm or []),
        rows=folder / "rows.jsonl",
    )
    asked = [question for path in questions for question in read_questions(path)]
    comparison = run_comparison(asked, repo, settings, wanted)
    figures = folder / "comparison.json"
    write_json(comparison, figures)
    (folder / "comparison.html").write_text(comparison_page(comparison), "utf-8")
    if as_json:
        print(figures.read_text("utf-8"))
        return
    console, text = out(), markdown(comparison)
    console.print(Markdown(text) if console.is_terminal else text, markup=False)
    console.print(f"Rows, figures and a page with plots are in {folder}.")


def run_comparison(questions: Sequence[Question], repo: Path | None, settings: Settings, wanted: Wanted) -> Comparison:
    """Every arm on these questions: those that bring their own context, and those about a repository.

    Raises:
        SleeptimeError: whatever stopped it; what was measured is kept.
    """
    engine = Engine(settings)
    spec = choose_model(settings).spec
    mind = Mind(engine.lend, spec.key, threading.Event(), engine.renew)
    embedder = _embedder()
    alone = [question for question in questions if question.context]
    about_code = [question for question in questions if not question.context]
    rows: list[Row] = []
    slept: dict[str, str] = {}
    predictability: Mapping[tuple[str, str], float] = {}
    remarks = [] if embedder else [f"{EMBEDDER} is not on this machine: raw retrieval searched words only."]
    try:
        with progress("Comparing", line_seconds=LINE_SECONDS) as report:
            if alone:
                rows += _run(context_arms(mind, wanted.drafts), alone, Judge(None, embedder), (wanted, report))
            if about_code:
                repository = open_repository(repository_root(repo))
                bench = Bench(repository, mind, embedder, settings)
                rows += bench.run(about_code, wanted, report)
                slept, remarks, predictability = bench.slept, remarks + bench.remarks, bench.predictability
    finally:
        engine.close()
    about = About(
        subject=repository.root.name if about_code else "questions with a context",
        model=spec.key,
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
        seed=wanted.seed,
        questions=_counts(questions, rows),
        slept=slept,
        predictability=STAND_IN,
        remarks=remarks,
    )
    return compared(rows, about, predictability)


class Bench:
    """The arms of one repository, with the stores behind them."""

    def __init__(self, repository: Repository, mind: Mind, embedder: Embedder | None, settings: Settings) -> None:
        self._repository = repository
        self._mind = mind
        self._embedder = embedder
        self._settings = settings
        self._sites = Sites(repository, embedder, settings.answer.max_wrong_percent / 100)
        self.slept: dict[str, str] = {}
        self.remarks: list[str] = []
        self.predictability: Mapping[tuple[str, str], float] = {}

    def run(self, questions: Sequence[Question], wanted: Wanted, report: Report) -> list[Row]:
        """Sleep what has to be slept, then ask."""
        try:
            awake = self._sites.kept("awake")
            arms = self._arms(awake, wanted, report)
            self.predictability = explained_shares(questions, awake.sources.outlines)
            return _run(arms, questions, Judge(awake.sources, self._embedder), (wanted, report))
        finally:
            self._sites.close()

    def _arms(self, awake: Site, wanted: Wanted, report: Report) -> list[Arm]:
        library = Library(awake.sources, awake.store, awake.worktree, self._embedder, awake.code_fingerprint)
        slept = self._slept(wanted, report)
        arms = [
            closed_book(self._mind),
            raw_retrieval(self._mind, library),
            self._product("facts only", awake),
            self._product("sleep", slept),
            self._product("sleep + raw", slept, RAW_TOKENS),
            retrieval(library),
            search_arm("sleep's search", slept, self._embed),
            ready_arm("served ready", slept),
        ]
        if wanted.sleep_minutes and "blind" in wanted.arms:
            arms.insert(5, self._product("blind", self._blind(slept, report)))
        elif "blind" in wanted.arms:
            self.remarks.append("No blind arm: it needs --sleep-minutes, to spend the same on modules drawn at random.")
        return [arm for arm in arms if arm.name in wanted.arms]

    def _product(self, name: str, site: Site, more_tokens: int = 0) -> Arm:
        way = Answering(name, self._mind, self._settings.answer.budget_tokens + more_tokens, self._embed)
        spent = site.spent()
        if spent.count and not more_tokens:
            self.slept[name] = (
                f"slept {spent.seconds / 60:.0f} min, {spent.computed_tokens:,} tokens over "
                f"{site.modules_slept_on()} modules, {site.store.answers.count()} answers kept"
            )
        return product_arm(way, site, site.tokens_a_module())

    def _embed(self, question: str) -> Vector | None:
        if self._embedder is None:
            return None
        return Vector(self._embedder.name, self._embedder.embed([question])[0])

    def _slept(self, wanted: Wanted, report: Report) -> Site:
        if not wanted.sleep_minutes:
            root = str(self._repository.root)
            with_worker(self._settings, lambda worker: worker.request(say.OpenRepository(root=root)))
            return self._sites.own()
        site = self._sites.kept(f"sleep-{self._mind.name}")
        sleep_minutes(site, self._mind.model, wanted.sleep_minutes, _asleep(report))
        self._sites.make_searchable(site)  # what was found out about a symbol helps to find it
        return site

    def _blind(self, slept: Site, report: Report) -> Site:
        site = self._sites.kept(f"blind-{self._mind.name}")
        sleep_blind(site, self._mind.model, slept.work_seconds(), _asleep(report))
        self._sites.make_searchable(site)
        return site


def _asleep(report: Report) -> Report:
    return lambda done, total, text: report(done, total, f"asleep: {text}")


def _run(arms: Sequence[Arm], questions: Sequence[Question], judge: Judge, how: tuple[Wanted, Report]) -> list[Row]:
    wanted, report = how
    arms = [arm for arm in arms if arm.name in wanted.arms or arm.name == "raw context"]
    plan = Plan(
        sampled(list(questions), wanted.limit, wanted.seed, wanted.limits),
        questions,
        wanted.verbosities,
        wanted.samples,
    )
    return run_arms(arms, plan, judge, Sheet(wanted.rows), (threading.Event(), report))


def _known_arms(given: Sequence[str]) -> tuple[str, ...]:
    if unknown := [name for name in given if name not in EVERY_ARM]:
        raise EvaluationError(f"There is no arm {unknown[0]!r}.", f"There are: {', '.join(EVERY_ARM)}.")
    return tuple(given) or EVERY_ARM


def _counts(questions: Sequence[Question], rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """By set: how many the arms with a model were asked, and how many there are."""
    asked = {(row.set, row.id) for row in rows if row.needs_model}
    sets = dict.fromkeys(question.set for question in questions)
    return {
        name: (sum(of == name for of, _ in asked), sum(question.set == name for question in questions)) for name in sets
    }


def _embedder() -> Embedder | None:
    """The sentence embedder, if it is on this machine."""
    folder = find(spec_named(EMBEDDER))
    if folder is None:
        return None
    from sleeptime.model.embed import MiniLmEmbedder

    return MiniLmEmbedder(folder)
