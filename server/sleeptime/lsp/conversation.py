"""Questions and conversations, and what a person tells the worker besides."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sleeptime.core import messages as say
from sleeptime.core.errors import RepositoryError
from sleeptime.core.types import Target
from sleeptime.lsp.aside import Reading
from sleeptime.lsp.folders import Folder
from sleeptime.lsp.protocol import (
    AnswerResult,
    AskArguments,
    BriefingArguments,
    ControlArguments,
    ExplainModuleArguments,
    FeedbackArguments,
    StatusParams,
    ThreadArguments,
    ThreadsArguments,
    ThreadSummary,
    ThreadTurn,
)
from sleeptime.lsp.results import answer_result, status_params
from sleeptime.store import Turn

if TYPE_CHECKING:
    from sleeptime.lsp.session import Session

Found = TypeVar("Found")


def new_thread() -> str:
    """The id of a conversation that begins."""
    return uuid.uuid4().hex


class Conversations:
    """Has the worker answer. Reads threads from the stores; what changes them goes through the worker."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def ask(self, arguments: AskArguments) -> AnswerResult:
        """Have the worker answer; pieces are streamed if the arguments carry a token.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, point = await self._session.cursor(arguments.uri, arguments.position)
        verbosity = self._session.settings.answer.verbosity if arguments.verbosity is None else arguments.verbosity
        message = say.Ask(
            root=folder.root,
            question=arguments.question,
            path=path,
            line=point.line,
            column=point.column,
            verbosity=verbosity,
            fresh=arguments.fresh,
            thread=arguments.thread or new_thread(),
        )
        return await self._answer(folder, message, arguments.partial_result_token)

    async def explain_module(self, arguments: ExplainModuleArguments) -> AnswerResult:
        """What a module is for, from its notes or written now.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, _ = await self._session.cursor(arguments.uri, None)
        message = say.Think(root=folder.root, target=Target("module", path), fresh=arguments.fresh)
        return await self._answer(folder, message, arguments.partial_result_token)

    async def briefing(self, arguments: BriefingArguments) -> AnswerResult:
        """What changed since the person was last here, or since they say.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, _, _ = await self._session.cursor(arguments.uri, None)
        return await self._answer(folder, say.Brief(root=folder.root, since=arguments.since), None)

    async def threads(self, arguments: ThreadsArguments) -> list[ThreadSummary]:
        """Conversations in which the query was said, the latest first.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, _, _ = await self._session.cursor(arguments.uri, None)
        found = await folder.aside.read(
            lambda reading: reading.view.store.threads.find(folder.worktree, arguments.query, arguments.limit)
        )
        return [ThreadSummary(thread.id, thread.title, thread.updated_at, thread.turns) for thread in found or []]

    async def thread(self, arguments: ThreadArguments) -> list[ThreadTurn]:
        """One conversation, its citations checked again; [] if there is none.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        found = await self._of_any_folder(lambda reading: _checked_turns(reading, arguments.id))
        if found is None:
            return []
        folder, turns = found
        return [ThreadTurn(turn.asked, turn.asked_at, answer_result(folder, turn.answered)) for turn in turns]

    async def delete_thread(self, arguments: ThreadArguments) -> None:
        """Delete one conversation; an unknown one is fine.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        found = await self._of_any_folder(lambda reading: reading.view.store.threads.turns(arguments.id))
        if found is not None:
            await self._session.worker.request(say.DeleteThread(root=found[0].root, thread=arguments.id))

    async def feedback(self, arguments: FeedbackArguments) -> None:
        """Take in whether an answer was right. What facts say is not kept, so there is nothing to take back.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        found = await self._of_any_folder(lambda reading: reading.view.store.answers.by_key(arguments.id))
        if found is not None:
            message = say.Feedback(root=found[0].root, key=arguments.id, right=arguments.right)
            await self._session.worker.request(message)

    async def control(self, arguments: ControlArguments) -> StatusParams:
        """Pause, resume, sleep, or say something about a file, a folder or a symbol; the status afterwards.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, _ = await self._session.cursor(arguments.uri, None)
        if arguments.action == "sleep":
            self._session.sleep(folder, arguments.minutes)
            return status_params(await self._status(say.GetStatus(root=folder.root)))
        target = Target("repository")
        if arguments.action not in ("pause", "resume"):
            found: Target | None = await folder.aside.read(partial(Reading.target, path=path, symbol=arguments.symbol))
            target = found or target
        if arguments.action in ("exclude", "include") and not target.path:
            raise RepositoryError("The whole repository cannot be excluded.", "Set sleep.consent to no, or pause.")
        message = say.Control(action=arguments.action, root=folder.root, target=target, minutes=arguments.minutes)
        return status_params(await self._status(message))

    async def _answer(
        self, folder: Folder, message: say.Ask | say.Think | say.Brief, token: str | int | None
    ) -> AnswerResult:
        def on_reply(reply: say.AnyWorkerMessage) -> None:
            if isinstance(reply, say.Piece) and token is not None:
                self._session.stream(token, reply.text)

        answered = await self._session.worker.request(message, on_reply)
        assert isinstance(answered, say.Answered)
        return answer_result(folder, answered)

    async def _status(self, message: say.Control | say.GetStatus) -> say.Status:
        status = await self._session.worker.request(message)
        assert isinstance(status, say.Status)
        return status

    async def _of_any_folder(self, find: Callable[[Reading], Found | None]) -> tuple[Folder, Found] | None:
        await self._session.cursor(None, None)
        for folder in self._session.folders:
            if found := await folder.aside.read(find):
                return folder, found
        return None


def _checked_turns(reading: Reading, thread: str) -> list[Turn]:
    turns = reading.view.store.threads.turns(thread)
    return [Turn(turn.asked, turn.asked_at, reading.ready.again(turn.answered)) for turn in turns]
