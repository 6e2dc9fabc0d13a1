"""The gates a text passes before it may be stored.

- names: every code name exists in the scope it is used in (shared notes ask for 0.95 over all that is stored);
- citations: each cited line exists and holds a name of its sentence (1.0; they are computed, see `index/grounding.py`);
- echo: a sentence that only repeats the instruction, or an earlier one, says nothing;
- secret: nothing is stored that names one.
"""

from collections.abc import Sequence

from sleeptime.core.types import GateResults
from sleeptime.index import Scope, code_names, sentences, unknown_names
from sleeptime.repo import find_secret


def whole_sentences(text: str, *, cut_off: bool) -> str:
    """The text on one paragraph, without a last sentence that the token limit cut off."""
    parts = sentences(text)
    if cut_off and parts and not parts[-1].endswith((".", "!", "?")):
        parts = parts[:-1]
    return " ".join(parts)


def check(text: str, scope: Scope) -> GateResults:
    """How a text fares; `names` is the share of its code names that exist, 1.0 if it has none."""
    names = code_names(text)
    unknown = unknown_names(text, scope)
    share = 1.0 - len(unknown) / len(names) if names else 1.0
    return GateResults(names=share, citations=1.0, unknown_names=unknown)


def keep_sound(text: str, scope: Scope, instructions: Sequence[str]) -> str:
    """The sentences that pass on their own and say something new; "" if none does."""
    said = [_plain(instruction) for instruction in instructions]
    kept: list[str] = []
    for sentence in sentences(text):
        echoes = any(_plain(sentence) in instruction for instruction in said)
        if not echoes and not unknown_names(sentence, scope) and find_secret(sentence) is None:
            kept += [sentence] if not any(_alike(sentence, earlier) for earlier in kept) else []
    return " ".join(kept)


SAME_WORDS = 0.75
"""Share of a sentence's words that an earlier one has, above which small models are repeating themselves."""


def _alike(sentence: str, earlier: str) -> bool:
    words = set(_plain(sentence).split())
    return len(words & set(_plain(earlier).split())) >= SAME_WORDS * len(words)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").lower().split())
