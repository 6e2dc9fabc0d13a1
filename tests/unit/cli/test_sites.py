"""What a comparison sleeps, with the echo model."""

import pytest

from fakes.git import write
from fakes.shop import FILES
from sleeptime.answer import META_KEY
from sleeptime.cli.sites import Sites, sleep_minutes
from sleeptime.core.types import Target
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository
from sleeptime.store import Entry


@pytest.fixture
def sites(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path / "shop", FILES)
    found = Sites(open_repository(tmp_path / "shop"), None, 0.05)
    yield found
    found.close()


def slept(site, minutes):
    """How often the model was lent."""
    lent = []
    sleep_minutes(site, lambda: lent.append(1) or EchoModel(), minutes, lambda *_: None)
    return len(lent)


def test_a_sleep_that_came_to_its_end_is_not_topped_up(sites):
    site = sites.kept("sleep-echo")
    assert slept(site, 0.05) == 1
    assert site.spent().seconds < 3
    assert slept(site, 0.05) == 0
    assert slept(sites.kept("sleep-echo"), 0.05) == 0


def test_more_minutes_are_slept_on_top(sites):
    site = sites.kept("sleep-echo")
    assert slept(site, 0.05) == 1
    assert slept(site, 0.06) == 1


def test_minutes_in_the_ledger_of_a_store_that_slept_elsewhere_count(sites):
    site = sites.kept("sleep-echo")
    site.store.ledger.add(Entry(kind="job", source="sleep", target=Target("repository"), seconds=3.0))
    assert slept(site, 0.05) == 0
    assert slept(site, 0.06) == 1


def test_a_store_serves_what_a_night_would_have_let_it_serve(sites):
    site = sites.kept("awake")
    assert site.store.meta(META_KEY)
