"""Whether a ready answer answers a question: a small calibrated classifier decides, nothing else does.

What the question names or describes gives proposals (`proposals.py`): a target with an intent. Each is judged by how
question, target and answer account for each other (`FEATURES`). A proposal is served verbatim only above a threshold
under which, on questions made from this very repository (`calibrate.py`), at most the allowed share was served wrongly,
as a 95 % Clopper-Pearson upper bound. Whether the answer is fresh is not a matter of degree, so it is no feature: what
is stale is never looked at (`index/freshness.py`).
"""

import math

import msgspec
from msgspec import Struct

from sleeptime.core.intents import IntentName
from sleeptime.core.types import Target

VERSION = 5
"""Raised when a feature changes its meaning, or what is proposed: what was calibrated before is then not used."""

FEATURES = (
    "named", "of_question", "of_name", "covered", "margin", "namesakes", "left_over", "left_over_in_answer", "besides",
    "contrasted", "negated", "other_number",
)  # fmt: skip
"""Each in 0..1, and worked out in `proposals.py`. `named`: the question names the target. `of_question` and `of_name`:
see `described.py`; like `left_over`, they are about the question's subject alone (`subject.py`). `covered`: the share
of the subject that name and answer account for, as far as the name says what it comes down to. `margin`: to the next
proposal of another name; `namesakes`: how many elsewhere have the same one. `left_over`: words that neither name,
intent nor answer account for; `left_over_in_answer`: words that the answer alone accounts for; `besides`: words that
qualify the subject and that the answer does not say. `contrasted`: with another thing of this repository, so that a
comparison is asked for.
"""


class Proposal(Struct, frozen=True):
    """What might be served: the answer to `intent` about `target`; `alike` are further targets that fit as
    well, `other` is what its relation to is asked.
    """

    target: Target
    intent: IntentName
    features: tuple[float, ...]
    alike: tuple[Target, ...] = ()
    other: Target | None = None


class Acceptance(Struct, frozen=True):
    """A calibrated classifier. `bound` is what was really reached: the upper bound on wrong among `served` of
    `asked` held-out questions, `wrong` of them wrong. `key` says what it was made from.
    """

    key: str
    weights: tuple[float, ...]
    threshold: float
    bound: float
    served: int
    wrong: int
    asked: int
    trained_on: int
    version: int = VERSION

    def probability(self, proposal: Proposal) -> float:
        """That serving the proposal is right, in 0..1."""
        total = self.weights[0] + sum(w * x for w, x in zip(self.weights[1:], proposal.features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def accepts(self, proposal: Proposal) -> bool:
        """Whether it may be served verbatim."""
        return self.probability(proposal) >= self.threshold

    def to_json(self) -> str:
        """As `acceptance_from` reads it."""
        return msgspec.json.encode(self).decode()


META_KEY = "acceptance"
"""Where a store keeps it."""


def acceptance_from(text: str) -> Acceptance | None:
    """What `to_json` wrote; None if it was never calibrated, or by another version of this file."""
    try:
        found = msgspec.json.decode(text, type=Acceptance) if text else None
    except msgspec.DecodeError:
        return None
    return found if found is not None and found.version == VERSION else None
