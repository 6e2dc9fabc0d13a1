"""A repository that answers at once and remembers what it was asked; stands in for worker/parts.py."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sleeptime.core.errors import SleeptimeError
from sleeptime.core.messages import Answered, Ask, Estimated, Indexed, Slept, Think
from sleeptime.core.types import Target
from sleeptime.sleep.idle import Spent


def answered(question: str, text: str, *, source: str = "live", cancelled: bool = False) -> Answered:
    return Answered(
        question=question, text=text, evidence=(), source=source, model="echo", created_at=0.0, cancelled=cancelled
    )


def slept(*, done: int = 0, left: int = 0, answers: int = 0) -> Slept:
    return Slept(
        root="", jobs_done=done, jobs_left=left, jobs_failed=0, answers=answers, dropped=0, prompt_tokens=10 * done,
        cached_tokens=9 * done, generated_tokens=done, seconds=1.0, model="echo",
    )  # fmt: skip


class FakePlace:
    """`jobs` is how many there are to sleep on; each takes until the next `step` or a moment."""

    def __init__(self, root: str, jobs: int = 3) -> None:
        self.root = root
        self.jobs = jobs
        self.log: list[Any] = []
        self.ready: dict[str, str] = {}
        self.on_change: Callable[[frozenset[str]], None] | None = None
        self.asleep = threading.Event()
        self.endless = False
        self.error: SleeptimeError | None = None
        self.has_spent = Spent()
        self.news = ""

    def update(self, paths: frozenset[str], cancel: threading.Event) -> tuple[str, ...]:
        self.log.append(("update", paths))
        return tuple(sorted(paths))

    def index(self, settings: Any, cancel: threading.Event, on_progress: Any) -> Indexed:
        if self.error:
            raise self.error
        self.log.append("index")
        on_progress(1, 1, "a.py", "files")
        return Indexed(root=self.root, files=1, parsed=1, skipped=0, symbols=2, seconds=0.1)

    def watch(self, on_change: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        self.on_change = on_change
        return lambda: self.log.append("unwatched")

    def ready_answer(self, ask: Ask) -> Answered | None:
        text = self.ready.get(ask.question)
        return answered(ask.question, text, source="cache") if text else None

    def answer(self, ask: Ask, lend: Any, cancel: threading.Event, on_text: Callable[[str], None]) -> Answered:
        self.log.append(("answer", ask.question))
        model = lend()
        if ask.question == "endless":
            on_text("so ")
            cancel.wait(600)
            return answered(ask.question, "so ", cancelled=cancel.is_set())
        for word in ("it ", "is ", model.name):
            on_text(word)
        return answered(ask.question, f"it is {model.name}")

    def think(self, think: Think, lend: Any, cancel: threading.Event) -> Answered:
        lend()
        return answered("What is its purpose?", f"about {think.target}")

    def control(self, action: str, target: Target) -> None:
        self.log.append((action, target))

    def rated(self, key: str, *, right: bool) -> None:
        self.log.append(("rated", key, right))

    def delete_thread(self, thread: str) -> None:
        self.log.append(("deleted", thread))

    def sleep(self, lend: Any, cancel: threading.Event, on_progress: Any) -> Slept:
        lend()
        self.log.append("sleep")
        done = 0
        total = self.jobs
        self.asleep.set()
        while self.jobs and not cancel.is_set():
            on_progress(done, total, "a.py", "jobs")
            if self.endless:
                cancel.wait(600)
                break
            time.sleep(0.001)
            self.jobs -= 1
            done += 1
        self.asleep.clear()
        return slept(done=done, left=self.jobs, answers=done)

    def look(self, *, active: bool) -> str:
        self.log.append(("look", active))
        return self.news

    def brief(self, since: str) -> Answered:
        self.news = ""
        return answered("What changed?", f"since {since or 'last time'}", source="facts")

    def estimate(self, settings: Any) -> Estimated:
        return Estimated(modules=1, thoughts=self.jobs, minutes=1.0, disk_bytes=0, model=settings.model.name)

    def forget_questions(self) -> None:
        self.log.append("forgot")

    def tidy(self) -> None:
        self.log.append("tidied")

    def noticed(self, path: str, kind: str) -> None:
        self.log.append(("noticed", path, kind))

    def spent(self, since: float) -> Spent:
        return self.has_spent

    def close(self) -> None:
        self.log.append("closed")
