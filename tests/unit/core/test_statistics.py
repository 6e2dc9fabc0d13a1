"""Intervals against values that are in the books, and against what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.statistics import (
    bootstrap_mean,
    bootstrap_ratio,
    lower_bound,
    share_interval,
    upper_bound,
)


@pytest.mark.parametrize(("served", "delta"), [(149, 0.02), (59, 0.05), (29, 0.10)])
def test_as_many_answers_without_an_error_as_the_notes_say_bring_the_bound_under_delta(served, delta):
    assert upper_bound(0, served) <= delta < upper_bound(0, served - 1)


def test_the_two_sided_interval_is_the_one_in_the_tables():
    interval = share_interval(3, 20)
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((0.15, 0.0321, 0.3789), abs=1e-4)


@pytest.mark.parametrize("bound", [upper_bound, lower_bound])
def test_without_a_trial_a_bound_says_nothing(bound):
    assert bound(0, 0) == (1.0 if bound is upper_bound else 0.0)


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_bounds_enclose_the_share_and_mirror_each_other(failures, trials, confidence):
    failures = min(failures, trials)
    high, low = upper_bound(failures, trials, confidence), lower_bound(failures, trials, confidence)
    assert 0 <= low <= failures / trials <= high <= 1
    assert low == pytest.approx(1 - upper_bound(trials - failures, trials, confidence))


def test_a_bound_for_many_trials_is_close_to_the_share():
    assert 0.05 < upper_bound(5_000, 100_000) < 0.0512


def test_a_mean_comes_with_an_interval_that_is_the_same_each_time():
    values = list(np.random.default_rng(1).normal(10, 2, 100))
    interval = bootstrap_mean(values, seed=3)
    assert interval == bootstrap_mean(values, seed=3)
    assert interval.low < interval.estimate < interval.high
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 2 / 10, rel=0.25)


def test_of_nothing_there_is_no_mean():
    assert math.isnan(bootstrap_mean([]).estimate)


def test_equal_values_leave_no_doubt():
    interval = bootstrap_mean([0.5] * 7)
    assert (interval.estimate, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_a_ratio_is_of_the_means_and_its_cases_stay_together():
    below = [1.0, 10.0, 100.0]
    interval = bootstrap_ratio([5 * value for value in below], below)
    assert (interval.low, interval.estimate, interval.high) == pytest.approx((5, 5, 5))


def test_a_ratio_to_what_may_be_nothing_ends_at_infinity():
    interval = bootstrap_ratio([4.0, 4.0], [0.0, 1.0])
    assert interval.estimate == 8.0
    assert interval.high == math.inf
