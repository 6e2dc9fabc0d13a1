"""A worker process whose repositories and model are fakes; everything else is the real thing.

A question "die" kills it in the middle; the argument, if any, is the version that it pretends to be.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import sleeptime
from fakes.model import FakeModel
from fakes.place import FakePlace
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import ModelMissingError, RepositoryError
from sleeptime.worker.loop import Collaborators
from sleeptime.worker.main import run


class MortalPlace(FakePlace):
    """A root called "endless" sleeps until it is stopped."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.endless = Path(root).name == "endless"

    def answer(self, ask: Any, *rest: Any) -> Any:
        if ask.question == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(ask, *rest)


def open_place(root: str) -> MortalPlace:
    if not Path(root).is_dir():
        raise RepositoryError(f"There is no folder {root}.")
    return MortalPlace(root)


def open_model(settings: Any) -> FakeModel:
    if settings.model.name == "missing":
        raise ModelMissingError("The model missing is not on this machine.", "sleeptime model pull missing")
    return FakeModel(settings.model.name)


def collaborators() -> Collaborators:
    return Collaborators(
        open_place, open_model, lambda settings: (settings.model.name, "It was asked for."), SystemClock()
    )


if __name__ == "__main__":
    sleeptime.__version__ = sys.argv[1]
    run(collaborators, linger_seconds=120)  # longer than a busy machine takes from one command to the next
