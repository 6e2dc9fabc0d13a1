import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.intents import BY_NAME
from sleeptime.sleep.value import Counts, learned_prior, passes, worth


def test_before_anyone_has_asked_the_prior_stands() -> None:
    assert learned_prior(Counts(), "class", "explain") == pytest.approx(BY_NAME["explain"].prior)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_prior_that_use_taught_stays_a_share_and_grows_with_use(asked: int, others: int) -> None:
    one, more = (
        learned_prior(Counts(asked={("class", "explain"): count, ("class", "callers"): others}), "class", "explain")
        for count in (asked, asked + 1)
    )
    assert 0 < one < more < 1


def test_other_levels_teach_nothing() -> None:
    counts = Counts(asked={("module", "explain"): 100})
    assert learned_prior(counts, "class", "explain") == learned_prior(Counts(), "class", "explain")


def test_thoughts_that_were_dropped_lower_the_hope_for_the_next() -> None:
    assert passes(Counts(), "class", "explain") == 0.8
    assert passes(Counts(written={("class", "explain"): (0, 90)}), "class", "explain") == pytest.approx(0.08)


def test_a_file_in_work_is_worth_a_little_less_and_what_nobody_asks_for_nothing() -> None:
    calm, edited = (worth(Counts(), "class", "explain", asked=0.1, edited=edited) for edited in (False, True))
    assert calm.value > edited.value > 0
    assert worth(Counts(), "class", "explain", asked=0.0, edited=False).value < 0


def test_a_question_that_nothing_ready_served_teaches_twice() -> None:
    asked = {("class", "explain"): 5, ("class", "purpose"): 5}
    served = learned_prior(Counts(asked=asked), "class", "explain")
    assert learned_prior(Counts(asked=asked, missed={("class", "explain"): 5}), "class", "explain") > served
