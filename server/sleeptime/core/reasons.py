"""Whether a text answers why: small models asked for reasons may say only what there is."""

import re

_GIVEN = re.compile(
    r"\b(because|since|so that|in order to|due to|reasons?|without|otherwise|instead|rather than|avoid\w*|prevent\w*"
    r"|allow\w*|enabl\w+|ensur\w+|eas(y|ier|ily)|simpl\w+|hard(er)?|difficult|useful|need\w*|would|problem|purpose)\b",
    re.IGNORECASE,
)
"""Words without which nobody gives a reason."""


def may_answer(intent: str, text: str) -> bool:
    """Whether a text can answer the question of an intent: who asks why wants a reason."""
    return intent != "rationale" or gives_reason(text)


def gives_reason(text: str) -> bool:
    """Whether a text can be an answer to why."""
    return _GIVEN.search(text) is not None
