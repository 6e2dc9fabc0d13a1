import threading

import numpy as np
import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.answer.accept import FEATURES, VERSION, Acceptance, Proposal, acceptance_from
from sleeptime.answer.calibrate import LIKELY, Calibrator, fit, is_right
from sleeptime.answer.proposals import Proposer
from sleeptime.answer.questions_made import Case, make_cases
from sleeptime.answer.retrieve import understand
from sleeptime.core.statistics import upper_bound
from sleeptime.core.types import Target, level_of
from sleeptime.index import rank

TRADES = ("Session", "Adapter", "Cookie", "Redirect", "Template", "Blueprint")
PARTS = ("Store", "Loader", "Parser", "Policy")
FILES = {
    f"shop/{trade.lower()}s.py": "".join(
        f'class {trade}{part}:\n    """Keeps every {trade.lower()} of the {part.lower()}."""\n'
        f"    def close_{trade.lower()}_{part.lower()}(self):\n        pass\n\n"
        for part in PARTS
    )
    for trade in TRADES
}


class Site:
    """A repository of two dozen classes in memory; whatever shares a letter is a candidate."""

    def __init__(self) -> None:
        self.outlines = OutlinesInMemory(FILES)
        self.proposer = Proposer(self.outlines, self.search, lambda _target, _intent: "")
        self.calibrator = Calibrator(
            self.outlines, rank(self.outlines), lambda q: understand(q, self.outlines), self.proposer
        )

    def search(self, words: str, limit: int) -> list[Target]:
        found = [
            Target(level_of(symbol), path, symbol.qualified_name)
            for path in self.outlines.paths()
            for symbol in self.outlines.outline(path).symbols
            if any(word in symbol.qualified_name.lower() for word in words.split())
        ]
        return found[:limit]

    def calibrated(self, most_wrong: float) -> Acceptance:
        found = self.calibrator.calibrate("key", most_wrong, threading.Event())
        assert found is not None
        return found


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def found(site: Site) -> Acceptance:
    return site.calibrated(0.05)


def test_the_bound_that_is_reported_is_the_one_of_what_would_be_served(found: Acceptance) -> None:
    assert found.served >= 59
    assert found.bound == upper_bound(found.wrong, found.served) <= 0.05
    assert found.threshold >= LIKELY


def test_a_looser_bound_serves_no_less(site: Site, found: Acceptance) -> None:
    loose = site.calibrated(0.20)
    assert found.served <= loose.served
    assert found.threshold >= loose.threshold


def test_a_calibrated_acceptance_takes_a_description_and_refuses_more_than_that(site: Site, found: Acceptance) -> None:
    def taken(question: str) -> list[str]:
        proposals = site.proposer.propose(understand(question, site.outlines))
        return [str(one.target) for one in proposals if found.accepts(one)]

    assert taken("What is the shop's session policy system?")[:1] == ["shop/sessions.py::SessionPolicy"]
    assert taken("What is the shop's billing policy system?") == []
    assert taken("How does the session policy improve performance for cookies under load?") == []
    assert taken("What does SessionPolicy never do?") == []
    assert taken("What are the shop's session policies?") == []


def test_what_is_written_down_is_read_again_and_another_version_is_not(found: Acceptance) -> None:
    assert acceptance_from(found.to_json()) == found
    assert acceptance_from(found.to_json().replace(f'"version":{VERSION}', '"version":0')) is None
    assert acceptance_from("") is acceptance_from("{") is None


def test_a_cancelled_calibration_changes_nothing(site: Site) -> None:
    cancel = threading.Event()
    cancel.set()
    assert site.calibrator.calibrate("key", 0.05, cancel) is None


def test_questions_to_learn_from_and_to_measure_with_are_about_different_symbols(site: Site) -> None:
    learn, measure = make_cases(site.outlines.paths(), site.outlines, "Shop")
    about = [{case.target for case in cases if case.target} for cases in (learn, measure)]
    assert about[0]
    assert about[1]
    assert not about[0] & about[1]
    assert not {case.question for case in learn} & {case.question for case in measure}


def test_an_answer_of_another_intent_or_about_something_else_is_wrong() -> None:
    target = Target("class", "shop/carts.py", "Cart")
    asked = Case("What is it?", target, "purpose")
    blank = (0.0,) * len(FEATURES)
    assert is_right(Proposal(target, "purpose", blank), asked)
    assert is_right(Proposal(Target("module", "shop/carts.py"), "purpose", blank), asked)  # the file named after it
    assert not is_right(Proposal(target, "explain", blank), asked)
    assert not is_right(Proposal(target, "purpose", blank), Case("What is it not?"))


def test_a_concept_and_the_class_named_after_it_answer_alike_but_a_function_does_not() -> None:
    concept, blank = Target("topic", "", "cart"), (0.0,) * len(FEATURES)
    asked = Case("Where are carts?", concept, "where")
    assert is_right(Proposal(concept, "where", blank), asked)
    assert is_right(Proposal(Target("class", "shop/carts.py", "Cart"), "defined", blank), asked)
    assert not is_right(Proposal(Target("symbol", "shop/carts.py", "cart"), "defined", blank), asked)
    assert not is_right(Proposal(Target("topic", "", "order"), "where", blank), asked)


def test_a_particular_that_the_answer_does_not_speak_of_makes_it_wrong() -> None:
    concept, blank = Target("topic", "", "cart"), (0.0,) * len(FEATURES)
    asked = Case("How are paid carts kept?", concept, "explain", is_particular=True)
    unsaid = tuple(0.25 if name == "left_over" else 0.0 for name in FEATURES)
    assert is_right(Proposal(concept, "explain", blank), asked)
    assert not is_right(Proposal(concept, "explain", unsaid), asked)


def test_a_concept_answers_for_a_function_named_after_it_if_it_speaks_of_all_its_words() -> None:
    concept, blank = Target("topic", "", "cart"), (0.0,) * len(FEATURES)
    asked = Case("How does filling carts work?", Target("symbol", "shop/carts.py", "fill_cart"), "explain")
    unsaid = tuple(0.25 if name == "left_over" else 0.0 for name in FEATURES)
    assert is_right(Proposal(concept, "explain", blank), asked)
    assert not is_right(Proposal(concept, "explain", unsaid), asked)
    assert not is_right(Proposal(Target("topic", "", "order"), "explain", blank), asked)


def test_concepts_are_asked_about_too(site: Site) -> None:
    cases = [case for cases in site.calibrator._cases for case in cases if case.target and case.target.level == "topic"]
    assert {case.intent for case in cases} == {"purpose", "explain", "rationale", "where"}


def test_logistic_regression_learns_which_feature_matters() -> None:
    rows = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]] * 20)
    weights = fit(rows, rows[:, 0])
    assert weights[1] > 2 > abs(weights[2])
