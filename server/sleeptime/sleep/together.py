"""Several short questions about one page in one generation.

What each symbol of a page is for takes one sentence. Asked one by one, small models pad theirs to three; asked
together, they answer in a third of the tokens.
"""

import re
from collections.abc import Sequence

import msgspec

from sleeptime.core.intents import SUMMARY_INTENT
from sleeptime.core.ports import ChatRequest, ChatResult, Message
from sleeptime.core.types import Target
from sleeptime.prompts import render

MOST_TOGETHER = 8
"""More, and small models begin to repeat one sentence; an interruption would also cost more."""

REPLY_TOKENS = 60
"""A long sentence with its name."""

_STRING = r'"((?:[^"\\]|\\.)*)"'
_REPLY = re.compile(rf"{_STRING}\s*:\s*{_STRING}")


def is_short(target: Target, intent: str) -> bool:
    """Whether a question is answered in a sentence, and may be asked together with others."""
    return intent == SUMMARY_INTENT and target.level in {"symbol", "class"}


def request_for(system: Message, shared: str, subjects: Sequence[str]) -> ChatRequest:
    """The question what each of some symbols is for, about a text that shows them all."""
    task = render("summaries.v1", subjects=", ".join(f"`{subject}`" for subject in subjects))
    schema = {
        "type": "object",
        "properties": {subject: {"type": "string"} for subject in subjects},
        "required": list(subjects),
        "additionalProperties": False,
    }
    return ChatRequest(
        (system, Message("user", f"{shared}\n{task}")),
        max_tokens=REPLY_TOKENS * len(subjects),
        json_schema=msgspec.json.encode(schema).decode(),
    )


def replies(text: str) -> dict[str, str]:
    """The sentence about each symbol; of a text that was cut off those that are complete."""
    found = ((_unquoted(match[1]), _unquoted(match[2]).strip()) for match in _REPLY.finditer(text))
    return {subject: reply for subject, reply in found if reply}


def share_of(result: ChatResult, text: str, count: int) -> ChatResult:
    """One of `count` answers of a generation, with its share of what that cost: the prompt that all of them rest on was
    computed once.
    """
    computed = result.prompt_tokens - result.cached_tokens
    return msgspec.structs.replace(
        result,
        text=text,
        finish="stop" if text else result.finish,
        cached_tokens=result.prompt_tokens - computed // count,
        generated_tokens=result.generated_tokens // count,
    )


def _unquoted(text: str) -> str:
    try:
        return msgspec.json.decode(f'"{text}"', type=str)
    except msgspec.DecodeError:  # an escape that is none
        return text
