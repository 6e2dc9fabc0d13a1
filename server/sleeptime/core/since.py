"""Questions about what changed since a moment: recognised whole, or not at all."""

import re

from msgspec import Struct

_CHANGES = re.compile(
    r"(?P<asked>(?:please |so )?(?:tell me |show me )?"
    r"(?:what(?: has|'s| is|s)? (?:changed|happened|new|different)|what (?:did i|have i) (?:miss(?:ed)?)|brief me)"
    r"(?: here)?(?: (?:in|to|with|about|on) .+?)?)"
    r"(?: (?:while|when|since|after) (?P<since>.+?))?",
    re.IGNORECASE,
)
_LAST_TIME = re.compile(
    r"(?:i|we) (?:was|were|left|last|went|came|got|have|had)\b.*|(?:the |my )?last (?:time|visit)\b.*", re.IGNORECASE
)
_WHOLE = re.compile(
    r" (?:in|to|with|on) (?:this|the) (?:repository|repo|project|code ?base|code)$| here$", re.IGNORECASE
)


class ChangesAsked(Struct, frozen=True):
    """`since` is a time or revision in the person's words, "" for when they were last here; `question` is the rest of
    what they said, and `is_whole` whether that is about all of the repository.
    """

    question: str
    since: str
    is_whole: bool


def changes_asked(question: str) -> ChangesAsked | None:
    """What a question about changes asks; None if it is another question."""
    match = _CHANGES.fullmatch(" ".join(question.split()).rstrip(" ?.!"))
    if match is None:
        return None
    since = match["since"] or ""
    asked = _WHOLE.sub("", match["asked"])
    is_whole = not re.search(r" (?:in|to|with|about|on) ", asked)
    return ChangesAsked(asked, "" if _LAST_TIME.fullmatch(since) else since, is_whole)
