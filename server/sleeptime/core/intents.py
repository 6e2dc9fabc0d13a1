"""The kinds of questions people ask about code, by level (shared notes, "Which questions to prepare").

A typed intent is answered by static facts alone: exact, fresh, and free. An open one needs a model. The words that give
an intent away are matched against questions; the templates are how a stored answer's own question reads.
"""

import re
from typing import Literal

from msgspec import Struct

from sleeptime.core.types import Level

IntentName = Literal[
    "purpose", "explain", "parameters", "errors", "callers", "callees", "defined", "overrides", "tests", "attributes",
    "dependencies", "dependents", "contents",
]  # fmt: skip


class Intent(Struct, frozen=True):
    """One kind of question. `prior` is the share of questions of this kind at its level, before anyone has asked."""

    name: IntentName
    levels: tuple[Level, ...]
    typed: bool
    template: str
    pattern: str
    prior: float


INTENTS = (
    Intent("callers", ("symbol", "class"), True, "Who calls `{name}`?",
           r"who (calls|uses|invokes)|what (calls|uses|invokes)|where .*\b(called|used|invoked)\b|\bcallers?\b|\busages?\b|call sites?|references to", 0.10),
    Intent("callees", ("symbol", "class"), True, "What does `{name}` call?",
           r"what (does|do|functions does) .*\bcalls?\b|\bcallees?\b|which functions does .* (call|use)", 0.04),
    Intent("errors", ("symbol", "class"), True, "What does `{name}` raise?",
           r"\b(raises?|throws?)\b|what (errors|exceptions)|which (errors|exceptions)", 0.06),
    Intent("parameters", ("symbol", "class"), True, "What are the parameters of `{name}`?",
           r"\b(parameters?|arguments?|signature|defaults?)\b.*\b(of|does|for|take|accept|to)\b|what does .* (take|accept|return)|return type", 0.07),
    Intent("overrides", ("symbol", "class"), True, "What overrides or extends `{name}`?",
           r"\b(overrid\w+|overridden|subclass\w*|extends?|inherit\w*|derived|implement(s|ations?|ers)|base class(es)?)\b", 0.04),
    Intent("tests", ("symbol", "class", "module"), True, "Which tests exercise `{name}`?",
           r"which tests?|what tests?|where .*\btested\b|\btests? (for|of|cover|exercise)|test coverage", 0.03),
    Intent("attributes", ("class",), True, "Which attributes does `{name}` have?",
           r"\b(attributes|fields|properties|members|state)\b.*\b(of|does|has|have)\b", 0.03),
    Intent("defined", ("symbol", "class"), True, "Where is `{name}` defined?",
           r"where (is|are|does|do) .*\b(defin\w+|declared|live|lives|located|found|implemented)\b|which file|where can i find|^where is\b[^?]*$", 0.09),
    Intent("dependencies", ("module",), True, "What does `{name}` depend on?",
           r"what does .*\b(import|depend on|need|rely on)\b|\bdependencies of\b", 0.04),
    Intent("dependents", ("module",), True, "What depends on `{name}`?",
           r"(what|which|who) .*\b(depends? on|imports?|relies on)\b|what breaks|what .*affected|impact of|safe to (change|remove)", 0.05),
    Intent("contents", ("module",), True, "What is in `{name}`?",
           r"what is (in|inside)\b|what does .* (contain|export|define)|public api|which (functions|classes) (are|does)", 0.05),
    Intent("explain", ("symbol", "class", "module"), False, "How does `{name}` work?",
           r"^how (does|do|is|are)\b|\bhow .* works?\b|what happens (when|in|if|inside)|^explain\b|walk (me )?through", 0.24),
    Intent("purpose", ("symbol", "class", "module"), False, "What is `{name}` for?",
           r"what (is|are|does|do)\b|purpose of|role of|responsib\w+|what .* for\b|why (is there|does .* exist)|^describe\b|summar(y|i[sz]e)", 0.16),
)  # fmt: skip
"""In the order in which they are tried: the particular before the general."""

BY_NAME = {intent.name: intent for intent in INTENTS}
_PATTERNS = tuple((intent, re.compile(intent.pattern, re.IGNORECASE)) for intent in INTENTS)


def question_for(intent: str, name: str) -> str:
    """The standard wording of an intent about `name`."""
    return BY_NAME[intent].template.format(name=name)  # type: ignore[index]


def find_intent(question: str, level: Level | None = None) -> Intent | None:
    """The first intent whose words the question has and which exists at `level` (any level if None)."""
    for intent, pattern in _PATTERNS:
        if (level is None or level in intent.levels) and pattern.search(question):
            return intent
    return None


def leftover(question: str, intent: Intent) -> str:
    """The question without the words that its intent explains: what is left is particular to it."""
    return re.sub(intent.pattern, " ", question, flags=re.IGNORECASE)
