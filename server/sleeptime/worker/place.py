"""One repository with its store, as the worker uses it: the one place where the worker meets the parts below.

Methods block: `index`, `update`, `look` and `tidy` run on the index thread, `answer`, `think` and `sleep` on the
model's, the others on any.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from sleeptime.core.messages import Answered, Ask, ControlAction, Estimated, Indexed, Slept, Think
from sleeptime.core.ports import Model
from sleeptime.core.settings import Settings
from sleeptime.core.types import Target
from sleeptime.sleep.idle import Spent

OnProgress = Callable[[int, int, str, str], None]
"""(done, total, text, unit); total 0 means unknown."""
LendModel = Callable[[], Model]
"""Loads the model on first need, so that an answer that needs none costs none."""


class Place(Protocol):
    """What the worker asks of a repository; `tests/fakes/place.py` is the other implementation."""

    @property
    def root(self) -> str:
        """The absolute path that clients name it by."""
        ...

    def index(self, settings: Settings, cancel: threading.Event, on_progress: OnProgress) -> Indexed:
        """Bring the store up to date with the whole repository."""
        ...

    def update(self, paths: frozenset[str], cancel: threading.Event) -> tuple[str, ...]:
        """Bring the store up to date with some paths (none given: with all); returns those that were new."""
        ...

    def watch(self, on_change: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `on_change`, on a thread of its own, whenever files change; returns what stops it."""
        ...

    def ready_answer(self, ask: Ask) -> Answered | None:
        """An answer that needs no model, or None."""
        ...

    def answer(self, ask: Ask, lend: LendModel, cancel: threading.Event, on_text: Callable[[str], None]) -> Answered:
        """Answer now."""
        ...

    def think(self, think: Think, lend: LendModel, cancel: threading.Event) -> Answered:
        """Write the notes of one target now, and return its summary."""
        ...

    def control(self, action: ControlAction, target: Target) -> None:
        """Do what a person says about a target: think about it next, forget, exclude or include it."""
        ...

    def rated(self, key: str, *, right: bool) -> None:
        """A person found the answer with this key right or wrong."""
        ...

    def delete_thread(self, thread: str) -> None:
        """Delete a conversation."""
        ...

    def sleep(self, lend: LendModel, cancel: threading.Event, on_progress: OnProgress) -> Slept:
        """Work through the jobs until `cancel` (within one token) or the last job."""
        ...

    def look(self, *, active: bool) -> str:
        """See whether something happened that the person does not know of (`active`: they are here), and write it up;
        returns the line that offers it, or "".
        """
        ...

    def brief(self, since: str) -> Answered:
        """What changed since then, "" for when the person was last here."""
        ...

    def forget_questions(self) -> None:
        """Erase what people asked."""
        ...

    def estimate(self, settings: Settings) -> Estimated:
        """What all that waits to be thought about would take."""
        ...

    def tidy(self) -> None:
        """Keep the store under the size that the settings give it."""
        ...

    def noticed(self, path: str, kind: str) -> None:
        """The person, or a checkout, did something with a file: sleep goes there first. Quick; safe on any thread."""
        ...

    def spent(self, since: float) -> Spent:
        """What sleep over this repository has cost since then (seconds since the epoch)."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


OpenPlace = Callable[[str], Place]
