import math

import pytest

from sleeptime.report.compare import Row
from sleeptime.report.scores import Produced, Scores
from sleeptime.report.summary import amortised, break_even, by_predictability, figures, pass_at_k, served, versus


def row(arm, id_, *, recall=0.5, tokens=100, sleep=0.0, sample=0, correct=None, outcome="live", **more):
    return Row(
        key=f"{arm}{id_}{sample}", set="s", id=id_, arm=arm, verbosity=1, sample=sample, at=0.0,
        produced=Produced(text="t", generated_tokens=tokens, sleep_tokens=sleep, latency_ms=tokens, outcome=outcome),
        scores=Scores(identifier_recall=recall, correct=correct), **more,
    )  # fmt: skip


RAW = [row("raw retrieval", f"q{n}", tokens=1000 + 100 * n) for n in range(5)]
SLEEP = [row("sleep", f"q{n}", tokens=100 + 10 * n, sleep=6000.0, recall=0.75) for n in range(5)]


def test_means_come_with_intervals_and_with_how_many_they_are_of():
    rows = [row("sleep", "a", recall=1.0), row("sleep", "b", recall=None), row("sleep", "c", recall=0.0)]
    (found,) = figures(rows, seed=1)
    assert (found.questions, found.scored["identifier_recall"]) == (3, 2)
    assert found.scores["identifier_recall"].estimate == 0.5
    assert "evidence_recall" not in found.scores


def test_an_arm_is_held_against_raw_retrieval_on_the_same_questions():
    (found,) = versus([*RAW, *SLEEP[:3]], seed=1)
    assert found.questions == 3
    assert (found.tokens_ratio.low, found.tokens_ratio.estimate) == pytest.approx((10, 10))
    assert found.gains["identifier_recall"].estimate == 0.25


def test_sleep_is_paid_for_by_the_questions_about_a_context():
    by_t = {found.t: found for found in amortised([*RAW, *SLEEP]) if found.arm == "sleep"}
    assert by_t[10].costs == {1: 7200, 2: 4200, 5: 2400, 10: 1800}
    assert by_t[10].saving[10] == pytest.approx(12000 / 1800)
    assert by_t[10].break_even == pytest.approx(6000 / 10_800)
    assert by_t[1].break_even == pytest.approx(6000 / 1080)


def test_what_is_dearer_awake_never_breaks_even():
    assert break_even(100, 5, 4) == math.inf
    assert break_even(100, 5, 5) == math.inf
    assert break_even(0, 5, 5) == 0


def test_pass_at_k_is_the_chance_of_a_right_one_among_k():
    rows = [row("raw context", "a", sample=n, correct=float(n == 0)) for n in range(4)]
    found = {one.k: one for one in pass_at_k(rows, seed=1)}
    assert [found[k].correct.estimate for k in (1, 2, 4)] == [0.25, 0.5, 1.0]
    assert found[4].test_tokens == 400


def test_thirds_are_cut_alike_for_every_arm():
    predictability = {("s", f"q{n}"): n / 4 for n in range(5)}
    bins = by_predictability([*RAW, *SLEEP], predictability, seed=1)
    assert [(one.arm, one.questions) for one in bins[:3]] == [
        ("raw retrieval", 2),
        ("raw retrieval", 1),
        ("raw retrieval", 2),
    ]
    assert [one.low for one in bins[:3]] == [one.low for one in bins[3:]]


def test_a_share_that_was_served_has_an_exact_interval():
    rows = [row("served ready", f"q{n}", outcome="cache" if n else "miss", needs_model=False) for n in range(4)]
    share = served(rows)["s", "served ready"]
    assert share.estimate == 0.75
    assert 0.1 < share.low < 0.2 < share.high < 1


def test_what_is_stated_from_facts_needed_no_model_either():
    outcomes = ("facts", "cache", "notes", "miss")
    rows = [row("served ready", kind, outcome=kind, needs_model=False) for kind in outcomes]
    assert served(rows)["s", "served ready"].estimate == 0.5


def test_further_samples_do_not_count_as_questions():
    assert figures([row("sleep", "a"), row("sleep", "a", sample=1)], seed=1)[0].questions == 1


def test_an_arm_without_a_model_is_in_no_ratio():
    assert versus([*RAW, row("served ready", "q0", needs_model=False)], seed=1) == []
