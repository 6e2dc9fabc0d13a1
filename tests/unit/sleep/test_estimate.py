from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakes.clock import FixedClock
from fakes.shop import ADD, shop
from sleeptime.core.estimates import in_words
from sleeptime.core.messages import Estimated
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.model import Speed, engine_threads, remember
from sleeptime.sleep import estimate
from sleeptime.store import Entry, Store, open_writer

SMALL = Settings(model=ModelSettings(name="qwen2.5-coder-0.5b"))
LARGE = Settings(model=ModelSettings(name="qwen2.5-coder-1.5b"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "shop.db") as opened:
        yield opened


def estimated(store: Store, settings: Settings) -> Estimated:
    return estimate(shop(), store, settings, FixedClock().now())


def test_a_model_that_nobody_measured_takes_what_is_typical_of_its_size(store: Store) -> None:
    small, large = estimated(store, SMALL), estimated(store, LARGE)
    assert small.thoughts == large.thoughts > 5
    assert 0 < small.minutes < large.minutes
    assert not small.measured
    assert large.disk_bytes > 1_000_000_000  # its weights are not here


def test_what_was_measured_on_this_machine_counts_more(store: Store) -> None:
    speed = Speed("qwen2.5-coder-0.5b-q4_k_m", 1000, 100.0, 9.0, 1.0, 1.0, 0, 0, threads=engine_threads(SMALL))
    remember(speed)
    found = estimated(store, SMALL)
    assert found.measured
    thinking = found.thoughts * (60 / 100 + 150 / 9) / 60
    page = 1700 / 100 / 60
    assert thinking + page <= found.minutes < thinking + found.thoughts * page, "some thoughts share a page"


def test_what_this_repository_took_counts_most(store: Store) -> None:
    for _ in range(20):
        entry = Entry(kind="job", source="sleep", target=ADD, model="qwen2.5-coder-0.5b-q4_k_m", seconds=6.0)
        store.ledger.add(entry)
        store.ledger.add(msgspec.structs.replace(entry, intent="where", seconds=0.0))  # no model is asked for these
    found = estimated(store, SMALL)
    assert found.measured
    most = found.thoughts * 6 / 60
    assert 0.8 * most < found.minutes < most, "where a concept is needs no model"


def test_another_machine_is_named(store: Store) -> None:
    far = ModelSettings(endpoint="https://models.example.org/v1", endpoint_model="m", allow_remote=True)
    assert estimated(store, Settings(model=far)).host == "models.example.org"
    near = ModelSettings(endpoint="http://127.0.0.1:8000/v1", endpoint_model="m")
    assert estimated(store, Settings(model=near)).host == ""


def test_the_words_name_modules_time_disk_model_and_where_code_goes() -> None:
    found = Estimated(modules=24, thoughts=180, minutes=31.4, disk_bytes=1_117_000_000, model="m", measured=True)
    assert in_words(found) == (
        "180 thoughts about 24 modules take about 31 minutes with m (measured here) and 1,117 MB of disk. "
        "Nothing leaves this machine."
    )
    far = Estimated(modules=1, thoughts=1, minutes=300, disk_bytes=1, model="m", host="h")
    assert "1 module take about 5.0 hours with m (typical of it on two cores)" in in_words(far)
    assert in_words(far).endswith("Code is sent to h.")
    done = Estimated(modules=0, thoughts=0, minutes=0.0, disk_bytes=0, model="m")
    assert in_words(done) == "Everything is thought about. Nothing leaves this machine."
