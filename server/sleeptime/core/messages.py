"""All that the editor's process (or the command line) and the worker say to each other.

One JSON object a line over a local socket. Messages say *that* something happened; the store says *what*.
Every request has a positive `id`; pieces, progress and the one result carry it back. Id 0 expects no result.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from sleeptime.core.settings import Settings
from sleeptime.core.types import Evidence, Target

Source = Literal["cache", "notes", "live", "facts"]
"""Where an answer came from: served verbatim; live from notes; live from source; static facts with no model."""


ControlAction = Literal["pause", "resume", "thinkNext", "forget", "exclude", "include"]
"""What a person may tell sleep to do."""


class ClientMessage(Struct, frozen=True, tag=True, kw_only=True):
    """Anything a client says."""

    id: int = 0


class Hello(ClientMessage, frozen=True, tag=True, kw_only=True):
    """First message. A worker of another version ends itself once idle and says so with Failed."""

    version: str
    client: str
    settings: Settings


class OpenRepository(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Index `root` (absolute), watch it, and answer `Indexed` when the store is up to date."""

    root: str


class Sleep(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Think about `root` for at most `minutes`, asked for by a person: needs no quiet. Answers `Slept`."""

    root: str
    minutes: float


class Ask(ClientMessage, frozen=True, tag=True, kw_only=True):
    """A question; `path`, `line` and `column` (UTF-8 bytes) say where the cursor is, `path` "" if nowhere.
    Streams `Piece`s, answers `Answered`. `fresh` skips the cache (regenerate). `thread` is the conversation that it
    begins or goes on with, "" if it is to be kept in none.
    """

    root: str
    question: str
    path: str = ""
    line: int = 0
    column: int = 0
    verbosity: int = 1
    fresh: bool = False
    thread: str = ""


class Think(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Write the notes about one target now, ahead of everything. Answers `Answered` with its summary; with `fresh` it
    is written anew.
    """

    root: str
    target: Target
    fresh: bool = False


class Control(ClientMessage, frozen=True, tag=True, kw_only=True):
    """The person says what to do about sleep (`pause` for `minutes`, 0 until `resume`) or about `target`: think about
    it next, forget what was written about it, never think about it (`exclude`) or do again (`include`). Answers
    `Status`.
    """

    action: ControlAction
    root: str = ""
    target: Target = Target("repository")
    minutes: float = 0.0


class Feedback(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Whether the answer with this key was right; a wrong one is not served again. Answers `Status`."""

    root: str
    key: str
    right: bool


class DeleteThread(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Delete one conversation. Answers `Status`."""

    root: str
    thread: str


class Brief(ClientMessage, frozen=True, tag=True, kw_only=True):
    """What changed since the person was last here or, with `since`, since a revision or a time ("2 days", "friday").
    Answers `Answered`.
    """

    root: str
    since: str = ""


class ForgetQuestions(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Erase what people asked about `root`, and with it what sleep learned from it. Answers `Status`."""

    root: str


class GetEstimate(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Answers `Estimated`: what it would take to think about all of `root`, once that is indexed."""

    root: str


class Activity(ClientMessage, frozen=True, tag=True, kw_only=True):
    """The person did something in an editor: whatever is asleep wakes."""

    root: str
    kind: Literal["request", "change", "focus", "open", "save"]
    path: str = ""


class GetStatus(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Answers `Status`, of one repository or, with root "", in general."""

    root: str = ""


class Cancel(ClientMessage, frozen=True, tag=True, kw_only=True):
    """Stop request `request` within one token; it still answers, with what it has."""

    request: int


class Shutdown(ClientMessage, frozen=True, tag=True, kw_only=True):
    """End the worker once the job in hand is safe. Answers `Status` first."""


class WorkerMessage(Struct, frozen=True, tag=True, kw_only=True):
    """Anything the worker says."""

    id: int = 0


class Piece(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """The next piece of an answer's text."""

    text: str


class Progress(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """How far a request is. `total` 0 means unknown; `unit` is what is counted ("files", "bytes", "jobs")."""

    done: int
    total: int
    text: str
    unit: str = ""


class Indexed(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """The store is up to date. `parsed` files were new; the others were known by content."""

    root: str
    files: int
    parsed: int
    skipped: int
    symbols: int
    seconds: float


class Slept(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """What a bounded sleep did. Tokens: `prompt` counts all, `cached` of them were reused."""

    root: str
    jobs_done: int
    jobs_left: int
    jobs_failed: int
    answers: int
    dropped: int
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    seconds: float
    model: str


class FollowUp(Struct, frozen=True):
    """A question to go on with, understood by itself and answered already; `key` opens its answer."""

    question: str
    key: str


class Estimated(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """What all that waits to be thought about would take. `disk_bytes` is what it would add, the model included if it
    is still to be fetched; `host` is the other machine that code would be sent to, "" if nothing leaves this one.
    `measured` tells whether the minutes come from this machine or are typical of the model.
    """

    modules: int
    thoughts: int
    minutes: float
    disk_bytes: int
    model: str
    host: str = ""
    measured: bool = False


class Answered(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """An answer with its evidence and price. `question` is the one that the text answers; `target` and `intent` are
    what it was understood to be about. `key` is the stored answer's, "" if it is not kept. `changed_lines` of the
    cited lines are no longer what they were; `footer` is one line about where the answer comes from. `found_nothing`
    if nothing in the index matches the question, and the text only says so.
    """

    question: str
    text: str
    evidence: tuple[Evidence, ...]
    source: Source
    model: str
    created_at: float
    fresh: bool = True
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    removed_citations: int = 0
    seconds: float = 0.0
    cancelled: bool = False
    key: str = ""
    target: Target | None = None
    intent: str = ""
    thread: str = ""
    follow_ups: tuple[FollowUp, ...] = ()
    changed_lines: int = 0
    footer: str = ""
    found_nothing: bool = False

    @property
    def outcome(self) -> str:
        """What came of the question, for whoever counts: the source of its answer, or "nothing"."""
        return "nothing" if self.found_nothing else self.source


class Status(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """What the worker is doing now, for one repository (`root`) or, with root "", in general."""

    state: Literal["starting", "indexing", "awake", "drowsy", "asleep", "answering", "paused", "stopped"]
    root: str = ""
    detail: str = ""
    jobs_done: int = 0
    jobs_total: int = 0
    model: str = ""
    model_reason: str = ""
    pid: int = 0
    version: str = ""
    briefing: str = ""
    """One line that offers what changed while the person was away; "" if nothing did, or it was read."""


class Changed(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """The store's facts or notes about these files changed; no paths means anything may have."""

    root: str
    paths: tuple[str, ...] = ()


class Failed(WorkerMessage, frozen=True, tag=True, kw_only=True):
    """The request failed: `error` is the class name in core/errors.py, `message` and `hint` are for the person."""

    error: str
    message: str
    hint: str = ""


AnyClientMessage = (
    Hello
    | OpenRepository
    | Sleep
    | Ask
    | Think
    | Control
    | Feedback
    | DeleteThread
    | Brief
    | ForgetQuestions
    | GetEstimate
    | Activity
    | GetStatus
    | Cancel
    | Shutdown
)
AnyWorkerMessage = Piece | Progress | Indexed | Slept | Estimated | Answered | Status | Changed | Failed

_encoder = msgspec.json.Encoder()
_from_client: msgspec.json.Decoder[AnyClientMessage] = msgspec.json.Decoder(AnyClientMessage)
_from_worker: msgspec.json.Decoder[AnyWorkerMessage] = msgspec.json.Decoder(AnyWorkerMessage)


def encode(message: ClientMessage | WorkerMessage) -> bytes:
    """One line, its newline included."""
    return _encoder.encode(message) + b"\n"


def decode_from_client(line: bytes) -> AnyClientMessage:
    """Raises msgspec.DecodeError for anything else."""
    return _from_client.decode(line)


def decode_from_worker(line: bytes) -> AnyWorkerMessage:
    """Raises msgspec.DecodeError for anything else."""
    return _from_worker.decode(line)
