from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.times import time_named

NOW = datetime(2026, 11, 23, 15, 30).astimezone().timestamp()  # a Monday


def local(text: str) -> float:
    return datetime.fromisoformat(text).astimezone().timestamp()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("friday", "2026-11-20"),
        ("Last Friday", "2026-11-20"),
        ("monday", "2026-11-16"),
        ("yesterday", "2026-11-22"),
        ("this morning", "2026-11-23"),
        ("2026-11-01 10:30", "2026-11-01 10:30"),
    ],
)
def test_days_begin_at_midnight(words: str, meant: str) -> None:
    assert time_named(words, NOW) == local(meant)


@pytest.mark.parametrize(
    ("words", "hours"), [("2 days ago", 48), ("2 days", 48), ("an hour ago", 1), ("last week", 168), ("3 weeks", 504)]
)
def test_spans_count_back_from_now(words: str, hours: int) -> None:
    assert time_named(words, NOW) == NOW - hours * 3600


@given(st.text(max_size=30))
def test_what_names_no_time_is_none_and_never_an_error(text: str) -> None:
    meant = time_named(text, NOW)
    assert meant is None or isinstance(meant, float)


@pytest.mark.parametrize("words", ["", "blub", "the release", "day after"])
def test_nothing_is_guessed(words: str) -> None:
    assert time_named(words, NOW) is None
