"""What a question asks of a target that it names or describes: the same words ask other things of a class than of a
concept, and nothing at all of a single function.
"""

import re

from sleeptime.core.intents import BY_NAME, INTENTS, SUMMARY_INTENT, Intent, IntentName, explains, find_intent
from sleeptime.core.types import Level, Target

DESCRIBED: tuple[Level, ...] = ("class", "topic")
"""What is described rather than named, as a rule."""

OF_WHOLE = frozenset(intent for intent in INTENTS if intent.levels == ("repository",))
"""What only the repository as a whole is asked."""

_LISTING = re.compile(r"\s*(what|which) are\b", re.IGNORECASE)
"""Asks for several things: what one of them, or their file, is for does not name them; what their file holds does."""

_WHY = re.compile(r"\s*why\b", re.IGNORECASE)
_OPEN = re.compile(r"\s*(what|how|explain|describe)\b", re.IGNORECASE)
_REASONS = frozenset({"rationale", "introduced", "purpose"})
"""What may answer a question why, whatever else its words look like."""

_COMPARING = re.compile(
    r"\bdifferences? between\b|\bdiffers?\b|\bdifferent (from|than|to)\b|\bdistinguish\w* .+\bfrom\b"
    r"|\bcompare (with|to)\b|\bhave .*\bin common\b",
    re.IGNORECASE,
)
"""Asks for what tells two things apart, or joins them."""

_WORD = re.compile(r"[^\W\d]\w*")


def asks_why(question: str) -> bool:
    """Whether a reason is asked for."""
    return _WHY.match(question) is not None


def asks_to_compare(question: str) -> bool:
    """Whether things are to be compared: what one of them is, is no answer."""
    return _COMPARING.search(question) is not None


def intent_named(target: Target, question: str) -> IntentName | None:
    """What is asked of a target that is named. Who asks for several things is shown what a file holds, not what one is
    for.
    """
    intent = find_intent(question, target.level)
    if asks_why(question) and (intent is None or intent.name not in _REASONS):
        return "rationale" if target.level in BY_NAME["rationale"].levels else None
    if intent is not None and intent.name == SUMMARY_INTENT and _LISTING.match(question):
        return "contents" if target.level == "module" else None
    return intent.name if intent is not None else None


def intent_described(target: Target, question: str) -> IntentName | None:
    """What is asked of a target that is described. How something works, or what it is for, is not asked of a single
    function without its name; what only a class can be asked, a concept does not answer; and "error handling" is more
    than what is called error: the repository answers, if what or how is asked.
    """
    if target.level == "repository":
        whole = intent_of_whole(question)
        return whole.name if whole else None
    name = intent_named(target, question)
    if name is None or target.level not in {"symbol", "topic"}:
        return name
    if target.level == "symbol":
        return name if BY_NAME[name].typed else None
    if find_intent(question, "repository") in OF_WHOLE:
        return None
    of_class = intent_named(Target("class"), question)
    return name if of_class in {None, "defined", name} or not BY_NAME[of_class].typed else None


def intent_of_whole(question: str) -> Intent | None:
    """What only the repository is asked (how it is configured, how errors are handled), of a question what or how."""
    intent = find_intent(question, "repository")
    return intent if intent in OF_WHOLE and _OPEN.match(question) else None


def words_that_ask(question: str) -> frozenset[str]:
    """The words of a question that say what is asked of a class or a concept, rather than of which."""
    intents = [intent for level in DESCRIBED if (intent := find_intent(question, level)) is not None]
    words = frozenset(word.lower() for word in _WORD.findall(question))
    return frozenset(word for word in words if any(explains(intent, word) for intent in intents))
