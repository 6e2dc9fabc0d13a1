"""The real parts of the worker: the one place where it meets the repository, store, model, sleep and answers."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sleeptime.answer import Answerer, Live, ReadyAnswers, Topic, follow, follow_ups
from sleeptime.answer.defuse import defused
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import ModelError, RepositoryError
from sleeptime.core.excluded import EXCLUDED, excluded_from, excluded_to
from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.messages import Answered, Ask, ControlAction, Estimated, Indexed, Slept, Think
from sleeptime.core.ports import Clock, Embedder, Model
from sleeptime.core.settings import Settings
from sleeptime.core.since import changes_asked
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Graph, Sources
from sleeptime.model import EMBEDDER, choose_model, engine_threads, open_model, require, spec_named
from sleeptime.repo import Repository, find_secret, first_commit, last_commits, open_repository, read_file
from sleeptime.repo.watch import Watcher
from sleeptime.sleep import ATTENTION, Briefings, Sleeper, Spent, Tools, Writer, attention_from, estimate
from sleeptime.store import Asked, Entry, Store, Totals, open_writer, store_path
from sleeptime.worker.embedding import EmbedderKeeper
from sleeptime.worker.indexing import Listener, index_paths, index_repository
from sleeptime.worker.loop import Collaborators
from sleeptime.worker.machine import Machine
from sleeptime.worker.place import LendModel, OnProgress
from sleeptime.worker.searchable import Worktree, make_searchable

MaybeAnswered = TypeVar("MaybeAnswered", Answered, Answered | None)
BYTES_PER_GB = 10**9

log = logging.getLogger(__name__)


class Shared(Struct, frozen=True):
    """What all repositories of one worker share."""

    clock: Clock
    machine: Machine
    embedders: EmbedderKeeper


class RepositoryPlace:
    """A repository on disk with its store open to write. See `place.Place`."""

    def __init__(self, root: str, repository: Repository, store: Store, shared: Shared) -> None:
        self.root = root
        self._repository = repository
        self._store = store
        self._clock = shared.clock
        self._machine = shared.machine
        self._embedders = shared.embedders
        self._searchable: object = None
        self._attention = attention_from(store.meta(ATTENTION))
        outlines = store.outlines(repository.worktree)
        self._sources = Sources(
            outlines,
            lambda path: read_file(repository, path),
            lambda path, lines: last_commits(repository, path, lines=lines),
            lambda path, lines: first_commit(repository, path, lines),
        )
        self._freshness = Freshness(self._sources, store.answers.by_key)
        graph = Graph(outlines)
        self._answerer = Answerer(self._sources, graph, store, repository.worktree, shared.clock)
        self._ready = ReadyAnswers(self._sources, graph, store, shared.clock)
        self._briefings = Briefings(repository, self._sources, store, shared.clock)
        self._settings = Settings()

    def index(self, settings: Settings, cancel: threading.Event, on_progress: OnProgress) -> Indexed:
        self._settings = settings
        listener = Listener(lambda done, total, path: on_progress(done, total, path, "files"), cancel)
        result = index_repository(self._repository, self._store, settings.index, listener)
        return Indexed(
            root=self.root,
            files=result.files,
            parsed=result.parsed,
            skipped=result.skipped,
            symbols=result.symbols,
            seconds=result.seconds,
        )

    def update(self, paths: frozenset[str], cancel: threading.Event) -> tuple[str, ...]:
        listener = Listener(cancel=cancel)
        return index_paths(self._repository, self._store, self._settings.index, paths, listener).changed

    def watch(self, on_change: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        watcher = Watcher(self._repository, on_change)
        watcher.start()
        return watcher.stop

    def ready_answer(self, ask: Ask) -> Answered | None:
        meant = self._meant(ask)
        ready = self._told(meant) or self._answerer.ready(meant)
        return self._remembered(ask, meant, ready)

    def _told(self, ask: Ask) -> Answered | None:
        """The answer to "what changed since …?"; None for any other question, or one that names what nobody knows."""
        asked = changes_asked(ask.question)
        if asked is None:
            return None
        understood = self._answerer.understand(replace(ask, question=asked.question))
        if not asked.is_whole and (understood.target is None or understood.rest):
            return None
        try:
            self._briefings.look(active=True)
            return _briefed(self._briefings.brief(asked.since, None if asked.is_whole else understood.target))
        except RepositoryError:
            return None

    def look(self, *, active: bool) -> str:
        try:
            self._briefings.look(active=active)
            return self._briefings.offer()
        except RepositoryError as error:
            log.info("What changed in %s cannot be told: %s", self.root, error)
            return ""

    def brief(self, since: str) -> Answered:
        started = time.perf_counter()
        answered = _briefed(self._briefings.brief(since))
        return replace(answered, seconds=time.perf_counter() - started)

    def forget_questions(self) -> None:
        self._store.ledger.forget_questions()
        self._store.threads.delete_all()  # what was asked stands there too

    def answer(self, ask: Ask, lend: LendModel, cancel: threading.Event, on_text: Callable[[str], None]) -> Answered:
        wanted = self._settings.answer
        meant = self._meant(ask)
        try:
            live = Live(lend(), wanted.budget_tokens, cancel, on_text, self._embedders.embed, wanted.raw_budget_tokens)
            return self._remembered(ask, meant, self._answerer.live(meant, live))
        except ModelError:
            self._note(meant, "failed", 0.0)
            raise

    def _meant(self, ask: Ask) -> Ask:
        """A question of a conversation, made to stand by itself."""
        topic = self._store.threads.topic(ask.thread) if ask.thread else None
        return follow(ask, Topic(*topic), self._sources) if topic else ask

    def _remembered(self, ask: Ask, meant: Ask, answered: MaybeAnswered) -> MaybeAnswered:
        """Write down what was asked, what came of it and what it cost: the planner learns from it, the report adds it
        up. A question that needs a model comes here twice and is written once, with its answer.
        """
        if answered is not None:
            outcome = "cancelled" if answered.cancelled else answered.outcome
            target, intent = self._note(meant, outcome, answered.seconds)
            self._store.ledger.add(_entry(target or Target("repository"), intent, answered))
            answered = self._continued(answered, answered.target or target, answered.intent or intent)
            if ask.thread:
                answered = msgspec.structs.replace(answered, thread=ask.thread)
                self._store.threads.add(ask.thread, self._repository.worktree, ask.question, answered)
        return answered

    def _note(self, meant: Ask, outcome: str, seconds: float) -> tuple[Target | None, str]:
        """Write down that something was asked. What is about nothing that is known is about the repository."""
        understood = self._answerer.understand(meant)
        target = understood.targets[0] if understood.targets else None
        intent = understood.intent.name if understood.intent else ""
        about = target or Target("repository")
        self._store.ledger.add_question(
            Asked(question=meant.question, target=about, intent=intent, outcome=outcome, seconds=seconds)
        )
        return target, intent

    def _continued(self, answered: MaybeAnswered, target: Target | None, intent: str) -> MaybeAnswered:
        """An answer with what it is about and where to go on."""
        if answered is None:
            return None
        topic = Topic(target or Target("repository"), intent)
        more = follow_ups(topic, self._ready, self._sources)
        return msgspec.structs.replace(answered, target=target, intent=intent, follow_ups=more)

    def think(self, think: Think, lend: LendModel, cancel: threading.Event) -> Answered:
        target = think.target
        for note in () if think.fresh else self._store.answers.for_target(target, SUMMARY_INTENT):
            if self._freshness.is_fresh(note):
                return self._continued(_answered(note, "cache"), target, SUMMARY_INTENT)
        written = Writer(self._sources, lend(), self._clock).write(target, SUMMARY_INTENT, cancel)
        if written.answer is None:
            raise ModelError(f"Nothing could be said about {target}: {written.reason or 'it was cancelled'}.")
        self._store.answers.put(written.answer)
        return self._continued(_answered(written.answer, "live"), target, SUMMARY_INTENT)

    def control(self, action: ControlAction, target: Target) -> None:
        excluded = excluded_from(self._store.meta(EXCLUDED))
        match action:
            case "thinkNext":
                for path in self._paths_of(target):
                    self._attention.note(path, "wanted", self._clock.now())
            case "forget" if target.level == "module":
                self._store.answers.delete([note.key for note in self._store.answers.for_module(target.path)])
            case "forget":
                self._store.answers.forget(target)
            case "exclude":
                self._store.set_meta(EXCLUDED, excluded_to(excluded | {target.path}))
            case "include":
                self._store.set_meta(EXCLUDED, excluded_to(excluded - {target.path}))

    def _paths_of(self, target: Target) -> list[str]:
        paths = self._sources.outlines.paths()
        return [path for path in paths if path == target.path or path.startswith(target.path + "/")]

    def rated(self, key: str, *, right: bool) -> None:
        answer = self._store.answers.by_key(key)
        if answer is not None:
            self._store.ledger.add_feedback(answer, right=right)
            if not right:
                self._store.answers.delete([key])

    def delete_thread(self, thread: str) -> None:
        self._store.threads.delete(thread)

    def sleep(self, lend: LendModel, cancel: threading.Event, on_progress: OnProgress) -> Slept:
        self._store.set_meta(ATTENTION, self._attention.to_json())
        model = lend()
        self._phrase(model, cancel)
        self._make_searchable(cancel, on_progress)
        tools = Tools(model, self._clock, self._machine.used, self._attention)
        sleeper = Sleeper(self._sources, self._store, self._repository.worktree, tools)
        return sleeper.run(cancel, lambda done, total, text: on_progress(done, total, text, "jobs"))

    def _make_searchable(self, cancel: threading.Event, on_progress: OnProgress) -> None:
        state = (self._store.modules.generation(self._repository.worktree), self._store.answers.count())
        if state == self._searchable:
            return
        worktree = Worktree(self._repository.worktree, self._sources, self._store, self._answerer)
        listener = Listener(lambda done, total, text: on_progress(done, total, text, ""), cancel)
        make_searchable(worktree, self._embedders.lend, self._settings.answer.max_wrong_percent / 100, listener)
        if not cancel.is_set():
            self._searchable = state

    def _phrase(self, model: Model, cancel: threading.Event) -> None:
        """A briefing that waits to be read comes before all other thoughts: it is asked for next."""
        started = time.perf_counter()
        try:
            phrased = self._briefings.phrase(model, cancel)
        except RepositoryError:
            return
        if phrased is not None:
            entry = Entry(
                kind="job",
                source="sleep",
                target=Target("change"),
                intent="changed",
                model=model.name,
                prompt_tokens=phrased.prompt_tokens,
                cached_tokens=phrased.cached_tokens,
                generated_tokens=phrased.generated_tokens,
                seconds=time.perf_counter() - started,
            )
            self._store.ledger.add(entry)

    def estimate(self, settings: Settings) -> Estimated:
        return estimate(self._sources, self._store, settings, self._clock.now())

    def tidy(self) -> None:
        self._embedders.release_if_quiet()
        self._store.collect_garbage(int(self._settings.store.max_gb * BYTES_PER_GB))

    def noticed(self, path: str, kind: str) -> None:
        self._attention.note(path, kind, self._clock.now())

    def spent(self, since: float) -> Spent:
        slept = self._store.ledger.totals(since).get(("job", "sleep"), Totals())
        return Spent(slept.seconds / 60, slept.computed_tokens, slept.watt_hours)

    def close(self) -> None:
        self._store.close()


def real_collaborators() -> Collaborators:
    """The worker as it runs at a user's."""
    clock, machine = SystemClock(), Machine()
    shared = Shared(clock, machine, EmbedderKeeper(_open_embedder, clock))
    seen: set[str] = set()

    def open_place(root: str) -> RepositoryPlace:
        repository = open_repository(Path(root))
        store = open_writer(store_path(repository.identity))
        if repository.identity not in seen:
            seen.add(repository.identity)
            store.jobs.release_running()  # what a worker before this one was killed at
        return RepositoryPlace(root, repository, store, shared)

    def lend(settings: Settings) -> Model:
        return open_model(settings, screen=find_secret).model

    def choose(settings: Settings) -> tuple[str, str]:
        try:
            choice = choose_model(settings)
        except ModelError as error:  # no reason to be without an index: whoever needs the model is told as well
            return "", str(error)
        return choice.spec.name, choice.reason

    return Collaborators(
        open_place=open_place, open_model=lend, choose_model=choose, clock=clock, read_machine=machine.read
    )


def _open_embedder() -> Embedder:
    from sleeptime.model.embed import MiniLmEmbedder  # torch takes seconds to import, and many a worker never needs it

    folder = require(spec_named(EMBEDDER))
    return MiniLmEmbedder(folder, threads=engine_threads(Settings()))


def _entry(target: Target, intent: str, answered: Answered) -> Entry:
    return Entry(
        kind="answer",
        source=answered.outcome,
        target=target,
        intent=intent,
        model=answered.model,
        prompt_tokens=answered.prompt_tokens,
        cached_tokens=answered.cached_tokens,
        generated_tokens=answered.generated_tokens,
        seconds=answered.seconds,
    )


def _briefed(answer: Answer) -> Answered:
    return Answered(
        question=answer.question,
        text=defused(answer.text),
        evidence=answer.evidence,
        source="cache" if answer.model else "facts",
        model=answer.model,
        created_at=answer.created_at,
    )


def _answered(note: Answer, source: str) -> Answered:
    return Answered(
        question=note.question,
        text=note.text,
        evidence=note.evidence,
        source="cache" if source == "cache" else "live",
        model=note.model,
        created_at=note.created_at,
        prompt_tokens=note.prompt_tokens if source == "live" else 0,
        cached_tokens=note.cached_tokens if source == "live" else 0,
        generated_tokens=note.generated_tokens if source == "live" else 0,
        seconds=note.seconds if source == "live" else 0.0,
        key=note.key,
    )
