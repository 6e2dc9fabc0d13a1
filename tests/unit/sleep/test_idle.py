import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.settings import SleepSettings, parse_settings
from sleeptime.sleep.idle import MachineState, Spent, Used, judge, within_hours

QUIET = 60.0
NIGHT = 23 * 60


def settings(**changes: object) -> SleepSettings:
    return SleepSettings(consent="yes", **changes)


def reason(machine: MachineState | None = None, spent: Spent | None = None, **changes: object) -> str:
    verdict = judge(settings(**changes), QUIET, machine or MachineState(), spent or Spent())
    assert (verdict.phase == "asleep") == (verdict.look_again_seconds is None)
    return "" if verdict.phase == "asleep" else verdict.reason


@pytest.mark.parametrize(
    ("quiet", "phase"), [(0, "awake"), (29, "awake"), (30, "drowsy"), (59.9, "drowsy"), (60, "asleep")]
)
def test_awake_then_drowsy_then_asleep(quiet: float, phase: str) -> None:
    verdict = judge(settings(), quiet, MachineState(), Spent())
    assert verdict.phase == phase
    assert verdict.look_again_seconds == (None if phase == "asleep" else pytest.approx(60 - quiet))


def test_without_consent_nothing_else_is_even_looked_at() -> None:
    for consent in ("ask", "no"):
        verdict = judge(SleepSettings(consent=consent), 1e6, MachineState(), Spent())
        assert (verdict.phase, verdict.look_again_seconds) == ("awake", None)


def test_battery_pauses_unless_the_person_allows_it_and_there_is_charge() -> None:
    battery = MachineState(on_mains=False, battery_percent=50)
    assert reason(battery) == "on battery"
    assert reason(battery, only_on_mains=False) == ""
    assert reason(battery, only_on_mains=False, min_battery_percent=60) == "the battery is at 50 %"
    assert reason(MachineState(on_mains=None)) == reason(MachineState(on_mains=True, battery_percent=5)) == ""


def test_other_programs_come_first_with_a_margin_for_a_sleep_that_has_begun() -> None:
    busy = MachineState(others_percent=60)
    assert "other programs use 60 %" in reason(busy)
    assert judge(settings(), QUIET, busy, Spent(), asleep=True).phase == "asleep"
    assert judge(settings(), QUIET, MachineState(others_percent=80), Spent(), asleep=True).phase == "paused"


def test_a_hot_machine_pauses() -> None:
    assert reason(MachineState(heat=0.95)) == "the machine is hot"


@pytest.mark.parametrize(
    ("limit", "spent"),
    [
        ({"budget_minutes": 10}, Spent(minutes=10)),
        ({"budget_tokens": 1000}, Spent(tokens=1000)),
        ({"budget_watt_hours": 0.5}, Spent(watt_hours=0.6)),
    ],
)
def test_a_budget_that_is_used_up_pauses_and_none_is_no_limit(limit: dict[str, float], spent: Spent) -> None:
    assert "used up" in reason(spent=spent, **limit)
    assert reason(spent=spent) == ""
    assert reason(spent=Spent(), **limit) == ""


def test_hours_over_midnight() -> None:
    assert reason(MachineState(minute_of_day=NIGHT), hours="22:00-07:00") == ""
    assert reason(MachineState(minute_of_day=12 * 60), hours="22:00-07:00") == "sleeps only between 22:00 and 07:00"


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_of_two_hours_that_complete_each_other_exactly_one_holds(start: int, end: int, now: int) -> None:
    one, other = (f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in ((start, end), (end, start)))
    assert start == end or within_hours(one, now) != within_hours(other, now)


def test_hours_that_are_none_are_told_and_defaulted() -> None:
    parsed, problems = parse_settings({"sleep": {"hours": "25:00-07:00"}})
    assert parsed.sleep.hours == ""
    assert "sleeptime.sleep.hours" in problems[0]


def test_what_was_used_is_a_difference_that_is_never_negative() -> None:
    assert Used(5, 50).since(Used(3, 20)) == Used(2, 30)
    assert Used(1, 1).since(Used(3, 20)) == Used(0, 0)
