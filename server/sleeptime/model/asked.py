"""What every engine does with a request before it computes: break control tokens, read the schema, count the room."""

import re
from typing import Any

import msgspec

from sleeptime.core.errors import ContextOverflowError, ModelError

_CONTROL = re.compile(r"<\|(?=[\w/])|<(?=/?s>|(?:start|end)_of_turn>)|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS)\])")
"""Where a control token of a chat format (ChatML, Llama, Mistral, Gemma) would begin."""


def defused(text: str) -> str:
    """`text` in which nothing is a control token: a file that spells `<|im_end|>` must not end the user's turn.
    A word joiner, which no model writes by itself, is put where such a token would begin.
    """
    return _CONTROL.sub(lambda match: f"{match[0]}\u2060", text)


def schema_of(text: str) -> dict[str, Any]:
    """A request's JSON schema as plain data. Engines drop a grammar that they cannot compile and answer
    unconstrained; what can be seen is refused here.

    Raises:
        ModelError: it is not a JSON object.
    """
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ModelError(f"The JSON schema of a request is not a JSON object: {error}.") from error


def require_room(name: str, prompt_tokens: int, max_tokens: int, context_tokens: int) -> None:
    """Prompt and answer have to fit the context together.

    Raises:
        ContextOverflowError: they do not.
    """
    if prompt_tokens + max_tokens > context_tokens:
        raise ContextOverflowError(
            f"The prompt has {prompt_tokens} tokens and {max_tokens} are asked for; "
            f"{name} has room for {context_tokens}.",
            "Ask with less context or raise the setting model.context_tokens.",
        )
