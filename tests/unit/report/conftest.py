import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.git import write
from fakes.shop import FILES
from sleeptime.core.settings import IndexSettings
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository
from sleeptime.report import Reading
from sleeptime.sleep import Sleeper, Tools
from sleeptime.store import open_writer
from sleeptime.worker.indexing import index_repository

NOTE = "It keeps `lines` of skus."


class Shop(Reading):
    """The shop on disk, indexed into a real store and thought about."""

    def write(self, path: str, text: str) -> None:
        write(self.repository.root, {path: text})
        self.index()

    def index(self) -> None:
        index_repository(self.repository, self.store, IndexSettings())

    def sleep(self) -> None:
        tools = Tools(EchoModel(lambda _: NOTE), FixedClock())
        Sleeper(self.sources, self.store, self.repository.worktree, tools).run(threading.Event(), lambda *_: None)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    write(tmp_path / "shop", FILES)
    with Shop(open_repository(tmp_path / "shop"), open_writer(tmp_path / "store.db")) as shop:
        shop.index()
        yield shop
