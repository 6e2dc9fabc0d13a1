"""The real worker process with a real repository and store, killed in the middle of a thought."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fakes.home import Home, own_home
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError
from sleeptime.core.settings import Settings
from sleeptime.lsp.worker_client import WorkerClient
from sleeptime.repo import open_repository
from sleeptime.sleep.together import MOST_TOGETHER
from sleeptime.store import Store, open_reader, store_path

WORKER = Path(__file__).parents[2] / "fakes" / "sleeping_worker.py"
BODY = "    x = x + 1\n" * 8
TEXT = "".join(f"def {name}(x):\n{BODY}\n\n" for name in ("first", "second", "third", "fourth", "fifth"))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with own_home(monkeypatch) as home:
        yield home


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-P", str(WORKER)], start_new_session=True, stdout=subprocess.DEVNULL)


def reader(root: Path) -> Store | None:
    return open_reader(store_path(open_repository(root).identity))


async def until_answers(root: Path, count: int) -> None:
    async with asyncio.timeout(60):
        while True:
            if store := reader(root):
                with store:
                    if store.answers.count() >= count:
                        return
            await asyncio.sleep(0.02)


async def test_a_killed_worker_loses_at_most_the_generation_in_hand_and_the_next_one_goes_on(home: Home) -> None:
    root = home.path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    started: list[subprocess.Popen[bytes]] = []

    def launch() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    client = WorkerClient("test", Settings(), launch=launch)
    sleeping = asyncio.create_task(client.request(say.Sleep(root=str(root), minutes=5)))
    await until_answers(root, 2)
    started[0].kill()
    started[0].wait(10)
    with suppress(SleeptimeError):
        await sleeping
    store = reader(root)
    assert store
    with store:
        counts = store.jobs.counts()
        assert counts["running"] <= MOST_TOGETHER
        assert 2 <= store.answers.count() - counts["done"] + 2 <= 3  # an answer is stored just before its job ends
        done_before = counts["done"]
    await client.close()
    client = WorkerClient("test", Settings(), launch=launch)
    slept = await client.request(say.Sleep(root=str(root), minutes=5))
    assert isinstance(slept, say.Slept)
    store = reader(root)
    assert store
    with store:
        left = store.jobs.in_state("waiting")
        assert store.jobs.counts()["running"] == 0
        assert len(left) <= MOST_TOGETHER  # those that the crash may have been the fault of back off
        assert store.jobs.counts()["done"] > done_before
    await client.close()
