import re

import pytest

from fakes.shop import ADD, CLASS
from sleeptime.core.types import Answer, GateResults
from sleeptime.report.ledger import ledger_report
from sleeptime.report.ledger_page import ledger_page
from sleeptime.store import Entry, open_writer

NOON = 1_800_000_000.0
DAY = 86_400.0


@pytest.fixture
def store(tmp_path):
    with open_writer(tmp_path / "store.db", lambda: NOON) as store:
        yield store


def slept(store, at=NOON, seconds=30.0):
    store.ledger.add(
        Entry(
            kind="job", source="sleep", target=ADD, intent="purpose", prompt_tokens=1000, cached_tokens=800,
            generated_tokens=50, seconds=seconds, cpu_seconds=20.0, joules=720.0, at=at,
        )
    )  # fmt: skip


def answered(store, source, seconds, at=NOON, tokens=0):
    store.ledger.add(
        Entry(
            kind="answer", source=source, target=CLASS, intent="purpose", prompt_tokens=10 * tokens,
            generated_tokens=tokens, seconds=seconds, at=at,
        )
    )  # fmt: skip


def kept(store, at):
    store.answers.put(
        Answer(
            key=str(at), target=CLASS, intent="purpose", question="?", text="It keeps.", evidence=(), code_hash="",
            model="echo", prompt="", created_at=at, gates=GateResults(1, 1),
        )
    )  # fmt: skip


def test_where_nothing_happened_the_report_is_empty(store):
    report = ledger_report(store, "shop")
    assert report.is_empty
    page = ledger_page(report, "Nothing yet.")
    assert "Nothing yet." in page
    assert "<svg" not in page


def test_what_sleep_cost_is_added_up(store):
    slept(store)
    slept(store)
    cost = ledger_report(store, "shop").slept
    assert (cost.thoughts, cost.minutes, cost.watt_hours) == (2, 1.0, 0.4)
    assert (cost.read_tokens, cost.reused_tokens, cost.written_tokens) == (400, 1600, 100)


def test_what_is_ready_saves_what_a_live_answer_took_here(store):
    answered(store, "live", 10.0, tokens=100)
    answered(store, "notes", 20.0, tokens=100)
    answered(store, "cache", 0.5)
    answered(store, "facts", 0.0)
    report = ledger_report(store, "shop")
    assert report.saved.seconds == pytest.approx(14.5 + 15)
    assert report.saved.tokens == 2 * 1100
    assert not report.saved.guessed
    assert report.asked == {"live": 1, "notes": 1, "cache": 1, "facts": 1}


def test_without_a_live_answer_what_was_saved_is_called_a_guess(store):
    answered(store, "cache", 0.0)
    assert ledger_report(store, "shop").saved.guessed


def test_the_notes_that_were_served_most_are_named(store):
    for _ in range(2):
        answered(store, "cache", 0.0)
    assert ledger_report(store, "shop").used == [("What is `Cart` for?", 2)]


def test_days_are_in_order_and_what_was_kept_adds_up(store):
    slept(store, NOON + DAY)
    answered(store, "cache", 0.0, NOON)
    for at in (NOON, NOON + 1, NOON + DAY):
        kept(store, at)
    first, second = ledger_report(store, "shop").days
    assert (first.asked, first.kept, first.thoughts) == ({"cache": 1}, 2, 0)
    assert (second.kept, second.thoughts, second.sleep_minutes) == (3, 1, 0.5)
    assert first.day < second.day


def test_what_was_before_a_time_is_left_out(store):
    slept(store, NOON - DAY)
    assert ledger_report(store, "shop", NOON).slept.thoughts == 0


def test_the_page_shows_the_days_and_loads_and_runs_nothing(store):
    slept(store)
    kept(store, NOON)
    answered(store, "cache", 0.0)
    page = ledger_page(ledger_report(store, "<shop>"), "")
    assert page.count("<svg") == 3
    assert "What is `Cart` for?" in page
    assert "<shop>" not in page
    assert not re.search(r"<script|<link|@import|url\((?!#)|src=|href=", page)
