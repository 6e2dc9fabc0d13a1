"""The names and values that go beyond LSP. PROTOCOL.md explains them; `client-vscode/src/protocol.ts` mirrors them.

Names here are snake_case and travel in camelCase. Absent optional values are null.
"""

from typing import Any, Literal

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol.types import Position, Range
from pygls.protocol import default_converter

ASK_COMMAND = "sleeptime.ask"
EXPLAIN_MODULE_COMMAND = "sleeptime.explainModule"
STATUS_NOTIFICATION = "sleeptime/status"
FOCUS_NOTIFICATION = "sleeptime/focus"


@attrs.frozen
class AskArguments:
    """The one argument of `sleeptime.ask`. `uri` and `position` say where the cursor is; `fresh` passes over ready
    answers. With `partial_result_token`, pieces of the answer arrive as `$/progress` before the result.
    """

    question: str
    uri: str | None = None
    position: Position | None = None
    verbosity: int | None = None
    fresh: bool = False
    partial_result_token: str | int | None = None


@attrs.frozen
class ExplainModuleArguments:
    """The one argument of `sleeptime.explainModule`."""

    uri: str
    partial_result_token: str | int | None = None


@attrs.frozen
class AnswerPiece:
    """The value of a `$/progress` notification: the next piece of the answer's Markdown."""

    text: str


@attrs.frozen
class EvidenceLink:
    """Lines that support the answer: `range` runs from the first one's start to the start of the line after them."""

    uri: str
    range: Range
    path: str
    symbol: str


@attrs.frozen
class AnswerResult:
    """An answer with its evidence and price. `question` is the one that `markdown` answers; `created_at` is in
    seconds since the epoch, `seconds` is how long this took.
    """

    markdown: str
    evidence: list[EvidenceLink]
    question: str
    source: Literal["cache", "notes", "live", "facts"]
    model: str
    created_at: float
    fresh: bool
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    removed_citations: int
    seconds: float
    cancelled: bool


@attrs.frozen
class StatusParams:
    """What Sleeptime is doing for one repository (`root`, an absolute path) or, with `root` "", in general."""

    state: Literal["starting", "indexing", "awake", "drowsy", "asleep", "answering", "paused", "stopped"]
    root: str = ""
    detail: str = ""
    jobs_done: int = 0
    jobs_total: int = 0
    model: str = ""
    model_reason: str = ""


WIRE_TYPES = (AskArguments, ExplainModuleArguments, AnswerPiece, EvidenceLink, AnswerResult, StatusParams)


def camel(name: str) -> str:
    """`jobs_done` as it travels: `jobsDone`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def converter() -> cattrs.Converter:
    """Pygls' converter, which also knows the types above."""
    made: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]  # pygls types it nowhere
    for kind in WIRE_TYPES:
        names: dict[str, Any] = {field.name: override(rename=camel(field.name)) for field in attrs.fields(kind)}
        made.register_structure_hook(kind, make_dict_structure_fn(kind, made, **names))
        made.register_unstructure_hook(kind, make_dict_unstructure_fn(kind, made, **names))
    return made
