"""What the worker is doing for which repository, as the status that clients are told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from sleeptime.core.messages import Status
from sleeptime.worker.nights import Resident

State = Literal["indexing", "answering", "asleep"]


class Doing:
    """Keeps what is being done now. `model_name` gives the model in memory; `tell` sends a status to whom
    it concerns.
    """

    def __init__(
        self, residents: Mapping[str, Resident], model_name: Callable[[], str], tell: Callable[[Status], None]
    ) -> None:
        self._residents = residents
        self._model_name = model_name
        self._tell = tell
        self._now: list[tuple[State, str]] = []

    @contextmanager
    def being(self, state: State, root: str) -> Iterator[None]:
        """Clients are told of what the block does when it begins and when it ends."""
        doing = (state, root)
        self._now.append(doing)
        self._tell(self.state(root))
        try:
            yield
        finally:
            self._now.remove(doing)
            self._tell(self.state(root))

    def state(self, root: str = "", detail: str = "", done: int = 0, total: int = 0) -> Status:
        """The status of one repository or, with root "", of all."""
        states = {state for state, where in self._now if root in ("", where)}
        order: tuple[State, ...] = ("answering", "indexing", "asleep")
        phase, reason = self._phase(root)
        return Status(
            state=next((state for state in order if state in states), phase),
            root=root,
            detail=detail or ("" if states else reason),
            jobs_done=done,
            jobs_total=total,
            model=self._model_name(),
            briefing=self._residents[root].briefing if root in self._residents else "",
        )

    def offer(self, resident: Resident, briefing: str) -> None:
        """What is there to be read about a repository, "" for nothing; clients are told if that is new."""
        if briefing != resident.briefing:
            resident.briefing = briefing
            self._tell(self.state(resident.root))

    def _phase(self, root: str) -> tuple[Literal["awake", "drowsy", "paused"], str]:
        """How it stands with sleep while nothing is done, and why; with root "" for the first repository."""
        resident = self._residents.get(root) if root else next(iter(self._residents.values()), None)
        if resident is None:
            return "awake", ""
        if resident.verdict.phase == "asleep":
            return "awake", "everything is thought about" if resident.finished else ""
        return resident.verdict.phase, resident.verdict.reason
