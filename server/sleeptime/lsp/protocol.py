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
SHOW_COMMAND = "sleeptime.show"
FORGET_COMMAND = "sleeptime.forget"
SUGGEST_REQUEST = "sleeptime/suggest"
QUESTIONS_REQUEST = "sleeptime/questions"
ANSWER_REQUEST = "sleeptime/answer"
MODULES_REQUEST = "sleeptime/modules"
THREADS_REQUEST = "sleeptime/threads"
THREAD_REQUEST = "sleeptime/thread"
DELETE_THREAD_REQUEST = "sleeptime/deleteThread"
CONTROL_REQUEST = "sleeptime/control"
FEEDBACK_REQUEST = "sleeptime/feedback"
STATUS_REQUEST = "sleeptime/getStatus"
BRIEFING_REQUEST = "sleeptime/briefing"
CHANGED_NOTIFICATION = "sleeptime/changed"
STATUS_NOTIFICATION = "sleeptime/status"
FOCUS_NOTIFICATION = "sleeptime/focus"

Readiness = Literal["ready", "thinking", "stale", "waiting", "excluded"]


@attrs.frozen
class AskArguments:
    """The one argument of `sleeptime.ask`. `uri` and `position` say where the cursor is; `fresh` passes over ready
    answers. With `partial_result_token`, pieces of the answer arrive as `$/progress` before the result. `thread` goes
    on with a conversation ("and who calls it?"); null begins one.
    """

    question: str
    uri: str | None = None
    position: Position | None = None
    verbosity: int | None = None
    fresh: bool = False
    thread: str | None = None
    partial_result_token: str | int | None = None


@attrs.frozen
class ExplainModuleArguments:
    """The one argument of `sleeptime.explainModule`; `fresh` passes over what is written already."""

    uri: str
    fresh: bool = False
    partial_result_token: str | int | None = None


@attrs.frozen
class ShowArguments:
    """The one argument of `sleeptime.show`: what code lenses and code actions run. `symbol` "" is the file; `intent` ""
    means all that is answered about it. `fresh` passes over ready answers.
    """

    uri: str
    symbol: str = ""
    intent: str = ""
    fresh: bool = False


@attrs.frozen
class SuggestArguments:
    """The parameters of `sleeptime/suggest`: what was typed so far, and where the cursor is."""

    text: str = ""
    uri: str | None = None
    position: Position | None = None
    limit: int = 10


@attrs.frozen
class QuestionsArguments:
    """The parameters of `sleeptime/questions` and of `sleeptime.forget`: a file, a `symbol` of it, or a folder."""

    uri: str
    symbol: str = ""


@attrs.frozen
class AnswerArguments:
    """The parameters of `sleeptime/answer`: the id of a ready question. `uri` says which folder is meant."""

    id: str
    uri: str | None = None


@attrs.frozen
class FolderArguments:
    """The parameters of `sleeptime/modules` and `sleeptime/getStatus`: which folder; null is the first."""

    uri: str | None = None


@attrs.frozen
class ThreadsArguments:
    """The parameters of `sleeptime/threads`: `query` "" lists all, the latest first."""

    uri: str | None = None
    query: str = ""
    limit: int = 50


@attrs.frozen
class ThreadArguments:
    """The parameters of `sleeptime/thread` and `sleeptime/deleteThread`."""

    id: str


@attrs.frozen
class ControlArguments:
    """The parameters of `sleeptime/control`. `uri` and `symbol` say what to think about next, forget, exclude or
    include; `minutes` how long to pause or sleep, 0 for as long as it is said.
    """

    action: Literal["pause", "resume", "sleep", "thinkNext", "forget", "exclude", "include"]
    uri: str | None = None
    symbol: str = ""
    minutes: float = 0.0


@attrs.frozen
class FeedbackArguments:
    """The parameters of `sleeptime/feedback`: whether the answer with this id was right."""

    id: str
    right: bool


@attrs.frozen
class BriefingArguments:
    """Which folder; `since` is a revision or a time ("2 days", "friday"), "" when the person was last here."""

    uri: str | None = None
    since: str = ""


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
class ReadyQuestion:
    """A question whose answer is ready: `id` opens it at once. `preview` is the answer's first sentence. `range` is
    where its symbol is defined, null for a file or more.
    """

    question: str
    id: str
    uri: str
    range: Range | None
    path: str
    symbol: str
    level: str
    intent: str
    created_at: float
    model: str
    preview: str
    fresh: bool


@attrs.frozen
class FollowUp:
    """A question to go on with, which is answered already."""

    question: str
    id: str


@attrs.frozen
class AnswerResult:
    """An answer with its evidence and price. `question` is the one that `markdown` answers; `created_at` is in
    seconds since the epoch, `seconds` is how long this took. `id` is "" if the answer is not kept, `thread` if it
    belongs to no conversation. `changed_lines` of the cited lines are no longer what they were. `commit` is the one
    that the working tree stands at, "" if there is none.
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
    id: str
    thread: str
    follow_ups: list[FollowUp]
    changed_lines: int
    commit: str
    footer: str


@attrs.frozen
class ShowResult:
    """What was shown as one Markdown text, and its answers. `uri` is the document that the editor opened, or null."""

    markdown: str
    answers: list[AnswerResult]
    uri: str | None


@attrs.frozen
class ModuleState:
    """A file in the explorer: how many answers about it are fresh and stale, and how many thoughts wait."""

    uri: str
    path: str
    state: Readiness
    fresh: int
    stale: int
    waiting: int


@attrs.frozen
class ModulesResult:
    """A folder's modules, by path; the counts are of everything in it, packages and the repository included."""

    root: str
    modules: list[ModuleState]
    fresh: int
    stale: int
    waiting: int


@attrs.frozen
class ThreadSummary:
    """A conversation: its first question, when it went on last (seconds since the epoch), and how many turns it has."""

    id: str
    title: str
    updated_at: float
    turns: int


@attrs.frozen
class ThreadTurn:
    """A question as it was asked, and its answer as it was given."""

    asked: str
    asked_at: float
    answer: AnswerResult


@attrs.frozen
class ChangedParams:
    """Answers or facts about these files (paths within `root`) changed; none named means that any may have."""

    root: str
    paths: list[str]


@attrs.frozen
class StatusParams:
    """What Sleeptime is doing for one repository (`root`, an absolute path) or, with `root` "", in general. `briefing`
    is one line that offers what changed while the person was away, "" if there is nothing to tell.
    """

    state: Literal["starting", "indexing", "awake", "drowsy", "asleep", "answering", "paused", "stopped"]
    root: str = ""
    detail: str = ""
    jobs_done: int = 0
    jobs_total: int = 0
    model: str = ""
    model_reason: str = ""
    briefing: str = ""


COMMANDS = {
    ASK_COMMAND: AskArguments,
    EXPLAIN_MODULE_COMMAND: ExplainModuleArguments,
    SHOW_COMMAND: ShowArguments,
    FORGET_COMMAND: QuestionsArguments,
}
"""Each command with its one argument."""

REQUESTS = {
    SUGGEST_REQUEST: SuggestArguments,
    QUESTIONS_REQUEST: QuestionsArguments,
    ANSWER_REQUEST: AnswerArguments,
    MODULES_REQUEST: FolderArguments,
    THREADS_REQUEST: ThreadsArguments,
    THREAD_REQUEST: ThreadArguments,
    DELETE_THREAD_REQUEST: ThreadArguments,
    CONTROL_REQUEST: ControlArguments,
    FEEDBACK_REQUEST: FeedbackArguments,
    STATUS_REQUEST: FolderArguments,
    BRIEFING_REQUEST: BriefingArguments,
}
"""Each request of our own with its parameters."""

NOTIFICATIONS = {STATUS_NOTIFICATION: StatusParams, CHANGED_NOTIFICATION: ChangedParams}
"""Each notification of our own with its parameters."""

WIRE_TYPES = (
    *dict.fromkeys([*COMMANDS.values(), *REQUESTS.values()]),
    AnswerPiece,
    EvidenceLink,
    ReadyQuestion,
    FollowUp,
    AnswerResult,
    ShowResult,
    ModuleState,
    ModulesResult,
    ThreadSummary,
    ThreadTurn,
    *NOTIFICATIONS.values(),
)
"""All that travels, what is held by another before it."""


REQUEST_MESSAGES = {
    method: attrs.make_class(
        parameters.__name__.replace("Arguments", "Request"),
        {
            "id": attrs.field(type=Any),
            "params": attrs.field(type=parameters),
            "method": attrs.field(type=str),
            "jsonrpc": attrs.field(type=str),
        },
    )
    for method, parameters in REQUESTS.items()
}
"""Our requests as whole messages, for pygls to read."""


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
