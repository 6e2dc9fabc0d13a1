"""Calibrates acceptance on a repository: learns on some questions made from it, and finds the loosest threshold that
keeps the bound on others. The method is Clopper-Pearson on what would be served (shared notes: with no error it takes
59 served questions to bound wrong answers by 5 %).
"""

import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sleeptime.answer.accept import FEATURES, VERSION, Acceptance, Proposal
from sleeptime.answer.described import is_said, namesakes, own_words, same_thing
from sleeptime.answer.proposals import Proposer
from sleeptime.answer.questions_made import Case, make_cases
from sleeptime.answer.retrieve import Understood
from sleeptime.core.intents import IntentName
from sleeptime.core.keys import EXTRACTOR_VERSION, combined_hash
from sleeptime.core.ports import Outlines
from sleeptime.core.statistics import upper_bound
from sleeptime.core.types import Target
from sleeptime.index import concepts

NEWTON_STEPS = 25
RIDGE = 1.0
"""Keeps weights finite where right and wrong do not overlap."""

LIKELY = 0.5
"""What is more likely wrong than right is not served, however few of its kind were wrong so far."""

_UNSAID = (FEATURES.index("left_over"), FEATURES.index("besides"))
"""What tells that an answer does not speak of all that is asked."""

NEVER = 2.0
"""A threshold that no probability reaches: served is only what is certain."""


class Outcome(Struct, frozen=True):
    """What would be served for a case, how sure the classifier is, and whether it would be right."""

    probability: float
    right: bool


class Calibrator:
    """Calibrates for one worktree, whose files have `ranks`. `understand` and `proposer` are those that answers use."""

    def __init__(
        self,
        outlines: Outlines,
        ranks: Mapping[str, float],
        understand: Callable[[str], Understood],
        proposer: Proposer,
    ) -> None:
        self._outlines = outlines
        self._understand = understand
        self._proposer = proposer
        paths = sorted(ranks, key=lambda path: -ranks[path])
        self._cases = make_cases(paths, outlines, _project(paths), concepts(outlines, ranks))

    def key(self, written: Sequence[Target], most_wrong: float) -> str:
        """What a calibration is made from: questions, the concepts written about, and the versions of what judges."""
        asked = [case.question for cases in self._cases for case in cases]
        return combined_hash([str(VERSION), str(EXTRACTOR_VERSION), str(most_wrong), *map(str, written), *asked])

    def calibrate(self, key: str, most_wrong: float, cancel: threading.Event) -> Acceptance | None:
        """The acceptance that serves wrongly at most the share `most_wrong`; None if it was cancelled."""
        learn, measure = self._cases
        rows, labels = self._examples(learn, cancel)
        weights = fit(rows, labels)
        acceptance = Acceptance(
            key=key,
            weights=tuple(map(float, weights)),
            threshold=NEVER,
            bound=1.0,
            served=0,
            wrong=0,
            asked=len(measure),
            trained_on=len(rows),
        )
        outcomes = self._outcomes(measure, acceptance, cancel)
        return None if cancel.is_set() else _with_threshold(acceptance, outcomes, most_wrong)

    def _examples(self, cases: Sequence[Case], cancel: threading.Event) -> tuple[np.ndarray, np.ndarray]:
        rows: list[tuple[float, ...]] = []
        labels: list[bool] = []
        for case in cases:
            if cancel.is_set():
                break
            for proposal in self._proposer.propose(self._understand(case.question)):
                rows.append(proposal.features)
                labels.append(is_right(proposal, case))
        return np.array(rows, float).reshape(-1, len(FEATURES)), np.array(labels, float)

    def _outcomes(self, cases: Sequence[Case], acceptance: Acceptance, cancel: threading.Event) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for case in cases:
            if cancel.is_set():
                break
            asked = self._understand(case.question)
            if asked.target is not None and asked.intent is not None and not asked.rest:
                certain = Proposal(asked.target, asked.intent.name, ())
                outcomes.append(Outcome(1.0, is_right(certain, case)))
            elif proposals := self._proposer.propose(asked):
                best = max(proposals, key=acceptance.probability)
                outcomes.append(Outcome(acceptance.probability(best), is_right(best, case)))
        return outcomes


def is_right(proposal: Proposal, case: Case) -> bool:
    """Whether serving the proposal answers the question."""
    if case.target is None or _as_asked(proposal.intent) != _as_asked(case.intent):
        return False
    says_all = not any(proposal.features[place] for place in _UNSAID) if proposal.features else True
    if case.is_particular and not says_all:
        return False
    found = proposal.target, *proposal.alike
    return any(_is_meant(one, case.target) for one in found) or (says_all and _is_part(case.target, proposal.target))


def _is_meant(found: Target, meant: Target) -> bool:
    """The same thing; a concept and the class or file that it is named after are spoken of in the same words."""
    if "topic" in {found.level, meant.level}:
        return namesakes(found, meant) and "symbol" not in {found.level, meant.level}
    return found == meant or same_thing(found, meant)


def _is_part(meant: Target, found: Target) -> bool:
    """Whether a function is named after a concept: how it works, a concept's note tells that speaks of its words."""
    names = own_words(meant)
    return (meant.level, found.level) == ("symbol", "topic") and all(is_said(word, names) for word in own_words(found))


def _as_asked(intent: IntentName | None) -> IntentName | None:
    """Of a concept it is asked where it is, of a definition where it is defined."""
    return "defined" if intent == "where" else intent


def _project(paths: Sequence[str]) -> str:
    tops = (path.removeprefix("src/").split("/")[0] for path in paths if "/" in path.removeprefix("src/"))
    return next(tops, "the project").capitalize()


def fit(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method: rows (n, features) and labels (n) to weights (1 + features), the first
    of which is the intercept.
    """
    x = np.hstack([np.ones((len(rows), 1)), rows])  # (n, 1 + features)
    weights = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))  # (n)
        gradient = x.T @ (p - labels) + RIDGE * weights
        curvature = (x.T * (p * (1 - p))) @ x + RIDGE * np.eye(x.shape[1])
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def _with_threshold(acceptance: Acceptance, outcomes: Sequence[Outcome], most_wrong: float) -> Acceptance:
    """Walk from strict to loose; once the bound is kept, stop where it would pass it."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.probability)
    best = acceptance
    wrong = 0
    for served, outcome in enumerate(ordered, 1):
        wrong += not outcome.right
        if served < len(ordered) and ordered[served].probability == outcome.probability:
            continue  # equals are served together or not at all
        bound = upper_bound(wrong, served)
        if bound <= most_wrong and outcome.probability >= LIKELY:
            best = replace(best, threshold=outcome.probability, bound=bound, served=served, wrong=wrong)
        elif best.served:
            break
    return best
