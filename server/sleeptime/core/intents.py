"""The kinds of questions people ask about code, by level (shared notes, "Which questions to prepare").

A typed intent is answered by static facts alone: exact, fresh, and free. An open one needs a model. The words that give
an intent away are matched against questions; the templates are how a stored answer's own question reads.
"""

import re
from functools import cache
from typing import Literal

from msgspec import Struct

from sleeptime.core.types import Level

IntentName = Literal[
    "purpose", "explain", "parameters", "errors", "callers", "callees", "defined", "overrides", "tests", "attributes",
    "dependencies", "dependents", "contents", "history", "introduced", "impact", "overview",
    "entry_points", "configuration", "testing", "lifecycle", "changed", "where", "rationale", "effects",
    "collaborators", "extension_points", "data_flow", "invariants", "flow", "error_handling", "conventions",
    "questions",
]  # fmt: skip


SUMMARY_INTENT: IntentName = "purpose"
"""The intent whose answer is a symbol's summary: what a hover shows."""


class Intent(Struct, frozen=True):
    """One kind of question. `prior` is the share of questions of this kind at its level, before anyone has asked."""

    name: IntentName
    levels: tuple[Level, ...]
    typed: bool
    template: str
    pattern: str
    prior: float


def _intent(
    name: IntentName, levels: tuple[Level, ...], template: str, prior: float, *patterns: str, typed: bool = True
) -> Intent:
    return Intent(name, levels, typed, template, "|".join(patterns), prior)


INTENTS = (
    _intent(
        "callers",
        ("symbol", "class"),
        "Who calls `{name}`?",
        0.08,
        "(who|what|which (functions?|methods?|code|places?)) (calls?|uses?|invokes?)",
        r"where .*\b(called|used|invoked)\b( from)?",
        r"\bcallers?\b|\busages?\b|call sites?|references to",
    ),
    _intent(
        "callees",
        ("symbol", "class"),
        "What does `{name}` call?",
        0.04,
        r"(what|which functions?) (does|do) .*\b(calls?|use)\b(?!ed)",
        r"\bcallees?\b",
    ),
    _intent(
        "errors",
        ("symbol", "class"),
        "What does `{name}` raise?",
        0.06,
        r"(what|which) (errors?|exceptions?) (does|can|may|might|will|is|are)( .*\b(raised?|throws?|thrown))?",
        r"what (does|can|may|might) .*\b(raise|throw)s?\b|how (can|could|may|might|does) .*\bfails?\b",
    ),
    _intent(
        "parameters",
        ("symbol", "class"),
        "What are the parameters of `{name}`?",
        0.05,
        r"\b(parameters?|arguments?|signature)\b.*\b(of|does|for|take|accept|to)\b( .*\b(take|accept|need)s?\b)?",
        r"what does .*\b(take|accept|return)s?\b( as (its )?(parameters?|arguments?))?|return type of",
    ),
    _intent(
        "overrides",
        ("symbol", "class"),
        "What overrides or extends `{name}`?",
        0.04,
        r"\b(subclass(es)? of|inherits? from|derives? from|extends?( or \w+)?|overrid(es?|den|ing)( or \w+)?)\b( by)?",
        r"\bbase class(es)?\b|\bimplement(s|ers|ations? of)\b",
    ),
    _intent(
        "tests",
        ("symbol", "class"),
        "Which tests exercise `{name}`?",
        0.03,
        r"(which|what) tests?( (cover|exercise|use|check|test|verify)s?)?|where .*\btested\b",
        r"\btests? (for|of|cover\w*|exercis\w*)|test coverage( of| for)?",
    ),
    _intent(
        "attributes",
        ("class",),
        "Which attributes does `{name}` have?",
        0.03,
        r"(what|which) (attributes|fields|properties|members)\b.*\b(of|does|has|have)\b",
        "(attributes|fields|properties|members|structure) of",
    ),
    _intent(
        "introduced",
        ("symbol", "class", "module"),
        "Why was `{name}` introduced?",
        0.0,
        r"why (was|were) .*\b(introduced|added|created|written)\b|(who|which commit) introduced",
        r"when (was|were) .*\bintroduced\b|(origin|introduction) of",
    ),
    _intent(
        "impact",
        ("symbol", "class"),
        "What breaks if `{name}` changes?",
        0.005,
        r"what (breaks|would break|could break|is affected|depends on)( (if|by|when))?( i)?( .*\bchanges?d?\b)?",
        r"impact of( changing)?",
    ),
    _intent(
        "history",
        ("symbol", "class", "module"),
        "Who last changed `{name}`?",
        0.0,
        r"(who|which commits?)( has| have)?( last| recently)? (changed|touched|modified|edited|wrote|added)",
        r"when (was|were|did|has) .*\b(changed?|touched|modified|edited|written|added)\b( last)?",
        r"last (changes?|commits?|author)( of| to| that touched)?|\bgit (history|blame|log)\b( of| for)?",
    ),
    _intent(
        "effects",
        ("symbol",),
        "What does `{name}` change?",
        0.03,
        r"side.?effects?( of| does| has)?|what (state )?(does|do|is) .*\b(change|modify|modifie|assign|set|mutate)s?\b",
    ),
    _intent(
        "collaborators",
        ("class",),
        "Which classes does `{name}` work with?",
        0.03,
        r"\bcollaborat\w+|(what|which) .*\b(works?|interacts?) with\b|(what is the )?relationship (of|between)",
    ),
    _intent(
        "extension_points",
        ("class",),
        "How is `{name}` extended?",
        0.02,
        r"how (is|can|do|does|should) .*\b(extend|subclass|customi[sz]|plug)\w*|extension points?( of)?",
    ),
    _intent(
        "invariants",
        ("module",),
        "What must hold in `{name}`?",
        0.02,
        r"what must (hold|be true)( in)?|\binvariants?( of| in)?|(which|what) (conditions|checks|constraints)\b",
    ),
    _intent(
        "conventions",
        ("repository",),
        "Which conventions does the code of this repository follow?",
        0.04,
        r"\bconventions?\b( does| do)?( .*\bfollow)?|(code|coding|naming) style",
    ),
    _intent(
        "defined",
        ("symbol", "class", "module"),
        "Where is `{name}` defined?",
        0.09,
        r"where (in .* )?(is|are) .*\b(defined|declared|located|found|implemented|stored)\b",
        r"where (does|do) .*\b(lives?|stores?|defines?|implements?)\b",
        r"(in )?(which|what) (file|module) (defines|holds|is .*\bin\b)|where can i find",
        r"(show|see|find|go ?to|where)\b.*\bdefinition of",
    ),
    _intent(
        "dependencies",
        ("module",),
        "What does `{name}` depend on?",
        0.04,
        r"what does .*\b(imports?|depends? on|need|rel(y|ies) on)\b",
        r"\b(dependencies|imports) of\b",
    ),
    _intent(
        "dependents",
        ("module",),
        "What depends on `{name}`?",
        0.05,
        r"(what|which (files|modules)|who) (depends? on|imports?|rel(y|ies) on|uses?)",
        r"what breaks if .*\b(changes?|removed?)\b|what is affected by|impact of( changing)?",
    ),
    _intent(
        "contents",
        ("module",),
        "What is in `{name}`?",
        0.05,
        r"what is (in|inside)\b|what does .*\b(contain|export|define)s?\b|public api( of)?",
        r"(which|what) (functions|classes) (are|does)( .*\b(in|have|define|contain))?",
    ),
    _intent(
        "overview",
        ("repository",),
        "What are the main parts of this repository, and how do they work together?",
        0.30,
        r"\b(overview|architecture|structure)\b( of)?",
        r"(what are )?(the )?(main|major) (parts|components|modules)\b( of)?",
        r"how is .* (organi[sz]ed|structured)|how do (they|the parts) work together",
        typed=False,
    ),
    _intent(
        "entry_points",
        ("repository",),
        "Where does this repository's work begin?",
        0.15,
        r"entry ?points?\b( of)?|where does .*\b(start|begin)\b",
        typed=False,
    ),
    _intent(
        "configuration",
        ("repository",),
        "How is this repository configured?",
        0.15,
        r"\bhow (is|do i|can i) .*\bconfigur\w+|\bconfiguration( of| management| system)\b",
        typed=False,
    ),
    _intent(
        "testing",
        ("repository",),
        "How is this repository tested?",
        0.10,
        r"\bhow (is|are) .*\btested\b",
        typed=False,
    ),
    _intent(
        "lifecycle",
        ("class",),
        "What state does `{name}` keep, and when does it change?",
        0.06,
        r"\b(what|which) state\b( does)?( .*\bkeeps?\b)?|\blife ?cycle\b( of)?|when does it change",
        typed=False,
    ),
    _intent(
        "flow",
        ("repository",),
        "What happens from start to end when this repository does its work?",
        0.12,
        r"(what happens )?from (start|beginning|first) to (end|last)|(lifecycle|life cycle) of (a|the|one)",
        r"request (lifecycle|life cycle)",
        typed=False,
    ),
    _intent(
        "error_handling",
        ("repository",),
        "How are errors handled in this repository?",
        0.08,
        r"how (are|does .*) (errors?|exceptions?|failures?) .*\b(handled|treated|reported|processed)|error handling",
        typed=False,
    ),
    _intent(
        "where",
        ("topic",),
        "Where is `{name}` implemented?",
        0.15,
        r"^where\b|\b(which|what) (file|module|class|function)s?\b.*\b(implement|handle|hold|contain|store)\w*",
        typed=False,
    ),
    _intent(
        "rationale",
        ("class", "topic"),
        "Why does `{name}` exist?",
        0.06,
        r"^why\b( .*\b(important|necessary|needed|useful)\b)?|\b(reason|rationale) (for|behind)\b",
        typed=False,
    ),
    _intent(
        "questions",
        ("module",),
        "Which questions does `{name}` raise?",
        0.02,
        r"(which|what) questions\b( does| do)?( .*\braises?)?",
        typed=False,
    ),
    _intent(
        "data_flow",
        ("module",),
        "How does data flow through `{name}`?",
        0.03,
        r"\bdata ?flows?\b( through| in)?|how (does|do) .*\bflows?\b( through| in)?",
        typed=False,
    ),
    _intent(
        "changed",
        ("change", "repository", "module", "class", "symbol"),
        "What changed in `{name}`?",
        0.001,
        r"\bwhat (has |is |'s )?(changed|new|happened)\b( in)?|what (did|have) i miss",
    ),
    _intent(
        "explain",
        ("symbol", "class", "module", "topic"),
        "How does `{name}` work?",
        0.24,
        r"^how (does|do|is|are)\b|\bhow .* works?\b|^explain( how)?\b|walk (me )?through",
        r"what happens (when|in|if|inside)",
        typed=False,
    ),
    _intent(
        "purpose",
        ("symbol", "class", "module", "package", "topic"),
        "What is `{name}` for?",
        0.16,
        r"what (is|are|does|do)\b( the)?( (purpose|role|responsibility) of)?|why (is there|does .* exist)",
        r"\b(definition|meaning) of",
        r"\b(purpose|role) of|responsib\w+|\bfor\?|^describe\b|summar(y of|i[sz]e)",
        typed=False,
    ),
)
"""In the order in which they are tried: the particular before the general."""

BY_NAME = {intent.name: intent for intent in INTENTS}

TOPIC_PRIORS = {"explain": 0.35, "where": 0.28, "rationale": 0.23, "purpose": 0.13}
"""How, where, why and what among 127,000 questions of issue trackers (shared notes, "Which questions to prepare")."""

_PATTERNS = tuple((intent, re.compile(intent.pattern, re.IGNORECASE)) for intent in INTENTS)


def prior_of(intent: str, level: Level) -> float:
    """An intent's share among the questions of a level, before anyone has asked."""
    prior = BY_NAME[intent].prior  # type: ignore[index]
    return TOPIC_PRIORS.get(intent, prior) if level == "topic" else prior


def question_for(intent: str, name: str) -> str:
    """The standard wording of an intent about `name`; of a topic that is called by its question, that question."""
    return name if name.endswith("?") else BY_NAME[intent].template.format(name=name)  # type: ignore[index]


def find_intent(question: str, level: Level | None = None) -> Intent | None:
    """The first intent whose words the question has and which exists at `level` (any level if None)."""
    for intent, pattern in _PATTERNS:
        if (level is None or level in intent.levels) and pattern.search(question):
            return intent
    return None


@cache
def stems(pattern: str) -> frozenset[str]:
    """The words that a pattern spells, without a plural's s. What a wildcard of it matches is not among them."""
    spelt = re.findall(r"[a-z]{3,}", re.sub(r"\\[a-zA-Z]", " ", pattern))
    return frozenset(word.rstrip("s") for word in spelt)


def explains(intent: Intent, word: str) -> bool:
    """Whether asking for this intent accounts for a (lower-case) word of the question: "located" for where something
    is defined. A word that no part of the question accounts for makes the question particular.
    """
    return any(word.startswith(stem) and word[len(stem) :] in ENDINGS for stem in stems(intent.pattern))


ENDINGS = frozenset({"", "s", "es", "d", "ed", "r", "er", "ing", "n"})
"""What may follow a word's stem: raise-d, cover-ing; not check-out."""
