from collections.abc import Iterator
from pathlib import Path

import pytest

from sleeptime.store import Store, open_writer


class Time:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(tmp_path: Path, time: Time) -> Iterator[Store]:
    with open_writer(tmp_path / "stores" / "one.db", time) as opened:
        yield opened
