"""Briefings: what changed since the person was last here, or since they say. Facts first, good without any model; a
model may put sentences before them, if they pass the gates.
"""

import threading
from collections.abc import Iterable

from msgspec.structs import replace

from sleeptime.core.intents import question_for
from sleeptime.core.keys import answer_key, combined_hash
from sleeptime.core.ports import Clock, Model
from sleeptime.core.types import Answer, GateResults, Target
from sleeptime.index import Graph, Sources
from sleeptime.repo import FileChange, Repository, head
from sleeptime.sleep.absences import LAST_TIME, Absences
from sleeptime.sleep.changelog import ChangeLog, offer
from sleeptime.sleep.changes import Comparison
from sleeptime.sleep.phrasing import PROMPT, Phrased, phrase
from sleeptime.store import Store, Visit

FACTS = "briefing.v2"
"""Names the words that `changelog.py` finds; raised when the same changes would be told otherwise."""


class Briefings:
    """The briefings about one worktree. Blocking; one call at a time."""

    def __init__(self, repository: Repository, sources: Sources, store: Store, clock: Clock) -> None:
        self._repository = repository
        self._sources = sources
        self._store = store
        self._clock = clock
        self._absences = Absences(repository, store, clock)
        self._comparison = Comparison(repository, store)
        self._log = ChangeLog(sources, Graph(sources.outlines), store)
        self._lock = threading.RLock()

    def look(self, *, active: bool) -> bool:
        """See whether something happened that the person does not know of, and write it up; `active`: they are here.
        Whether there is a new briefing.

        Raises:
            RepositoryError: git cannot be asked.
        """
        with self._lock:
            begun = self._absences.look(active=active)
            if begun:
                self._store.answers.put(self._written(self._absences.base(""), ""))
            return begun

    def offer(self) -> str:
        """One line for the status; "" if there is nothing to tell, or it was read.

        Raises:
            RepositoryError: git cannot be asked.
        """
        with self._lock:
            if not self._store.visits.is_untold(self._repository.worktree):
                return ""
            base = self._absences.base("")
            files = self._comparison.files(base)
            return offer(files, base) if files else ""

    def brief(self, since: str = "", within: Target | None = None) -> Answer:
        """What changed since then; with `within`, in one file or symbol. What the last visit began counts as read.

        Raises:
            RepositoryError: `since` means nothing here.
        """
        with self._lock:
            base = self._absences.base(since)
            if within is not None or since.strip().lower() not in LAST_TIME:
                return self._written(base, since, within)
            self._store.visits.tell(self._repository.worktree)
            return self._ready(base) or self._written(base, since)

    def phrase(self, model: Model, cancel: threading.Event) -> Phrased | None:
        """Have a model say in a few sentences what the unread briefing amounts to; None if that is done, or there is
        none.

        Raises:
            ModelError: the engine failed.
        """
        with self._lock:
            if not self._store.visits.is_untold(self._repository.worktree):
                return None
            base = self._absences.base("")
            answer = self._written(base, "")
            if (ready := self._store.answers.by_code(answer.code_hash, "changed")) and ready[0].prompt != FACTS:
                return None
            changes = self._comparison.changes(base)
        phrased = phrase(answer.text, changes, self._sources, model, cancel)
        if not cancel.is_set():
            self._store.answers.put(with_words(answer, phrased, model.name))
        return phrased

    def _ready(self, base: Visit) -> Answer | None:
        state = self._state(base, self._comparison.files(base))
        return next(iter(self._store.answers.by_code(state, "changed")), None)

    def _written(self, base: Visit, since: str, within: Target | None = None) -> Answer:
        changes = self._comparison.changes(base)
        told = self._log.write(changes, since, within)
        state = self._state(base, self._comparison.files(base))
        question = question_for("changed", str(within or "this repository"))
        return Answer(
            key=answer_key(state, [], question, FACTS, ""),
            target=Target("change", within.path if within else "", state),
            intent="changed",
            question=question,
            text=told.text,
            evidence=told.evidence,
            code_hash=state,
            model="",
            prompt=FACTS,
            created_at=self._clock.now(),
            gates=GateResults(names=1.0, citations=1.0),
        )

    def _state(self, base: Visit, files: Iterable[FileChange]) -> str:
        """Names what a briefing is about: two states, as far as they differ."""
        commit = head(self._repository).commit
        rows = (f"{c.path}\0{c.old_path}\0{c.before}\0{c.after}" for c in files)
        return combined_hash([self._repository.worktree, str(base.at), base.commit, commit, *rows])


def with_words(answer: Answer, phrased: Phrased, model: str) -> Answer:
    """A briefing whose facts follow what a model says of them; if nothing it said passed, only its prompt tells that
    one was asked.
    """
    return replace(
        answer,
        key=answer_key(answer.code_hash, [], answer.question, f"{FACTS}+{PROMPT}", model),
        text=f"{phrased.text}\n\n{answer.text}" if phrased.text else answer.text,
        model=model if phrased.text else "",
        prompt=f"{FACTS}+{PROMPT}",
        gates=phrased.gates,
        prompt_tokens=phrased.prompt_tokens,
        cached_tokens=phrased.cached_tokens,
        generated_tokens=phrased.generated_tokens,
    )
