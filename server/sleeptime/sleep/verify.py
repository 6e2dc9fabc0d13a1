"""The gates a text passes before it may be stored.

- names: every code name exists in the scope it is used in (shared notes ask for 0.95 over all that is stored);
- facts: what it says is raised, called or extended is, and `Class.member` is a member (`truths.py`);
- citations: each cited line exists and holds a name of its sentence (1.0; they are computed, see `index/grounding.py`);
- echo: a sentence that only repeats the instruction, or an earlier one, says nothing;
- secret: nothing is stored that names one.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from sleeptime.core.types import GateResults
from sleeptime.index import Scope, code_names, sentences, unknown_names
from sleeptime.repo import find_secret
from sleeptime.sleep.truths import Truths


def check(text: str, scope: Scope, truths: Truths | None = None) -> GateResults:
    """How a text fares; `names` is the share of its code names that exist, 1.0 if it has none."""
    names = code_names(text)
    unknown = unknown_names(text, scope)
    share = 1.0 - len(unknown) / len(names) if names else 1.0
    wrong = tuple(claim for sentence in sentences(text) for claim in (truths.wrong(sentence) if truths else ()))
    return GateResults(names=share, citations=1.0, unknown_names=unknown, wrong_facts=wrong)


def problems(results: GateResults) -> str:
    """What is wrong with a text, in words for the model; "" if nothing is."""
    names = ", ".join(f"`{name}`" for name in results.unknown_names)
    return "; ".join([*([f"these names do not exist here: {names}"] if names else []), *results.wrong_facts])


class Sifted(Struct, frozen=True):
    """The sentences that passed, and how many each gate dropped."""

    text: str
    dropped: dict[str, int]


def keep_sound(text: str, scope: Scope, instructions: Sequence[str], truths: Truths | None = None) -> Sifted:
    """The sentences that pass on their own and say something new; "" if none does."""
    said = [_plain(instruction) for instruction in instructions]
    kept: list[str] = []
    dropped: Counter[str] = Counter()
    for sentence in sentences(text):
        gate = _stopped_by(sentence, scope, truths)
        if any(_plain(sentence) in instruction for instruction in said) or any(_alike(sentence, one) for one in kept):
            gate = "echo"
        if gate:
            dropped[gate] += 1
        else:
            kept.append(sentence)
    return Sifted(" ".join(kept), dict(dropped))


def _stopped_by(sentence: str, scope: Scope, truths: Truths | None) -> str:
    if find_secret(sentence) is not None:
        return "secret"
    if unknown_names(sentence, scope):
        return "names"
    return "facts" if truths and truths.wrong(sentence) else ""


SAME_WORDS = 0.75
"""Share of a sentence's words that an earlier one has, above which small models are repeating themselves."""


def _alike(sentence: str, earlier: str) -> bool:
    words = set(_plain(sentence).split())
    return len(words & set(_plain(earlier).split())) >= SAME_WORDS * len(words)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").lower().split())
