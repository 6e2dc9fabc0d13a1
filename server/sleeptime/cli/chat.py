"""chat: a conversation about a repository, in a terminal or from a pipe."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from rich.console import Console
from rich.text import Text

from sleeptime.cli.answers import print_answer, stream_answer
from sleeptime.cli.console import Folder, ModelName, err, load_settings, out, with_worker
from sleeptime.cli.places import repository_root
from sleeptime.core import messages as say
from sleeptime.core.errors import SleeptimeError
from sleeptime.lsp.worker_client import WorkerClient

HELP = """\
Ask anything; "and who calls it?" goes on from the last answer. A number asks one of the questions offered.
/new begins another conversation, /fresh asks the last question anew, /quit (or Ctrl-D) ends."""


def chat(path: Folder = None, *, model: ModelName = "") -> None:
    """Talk about a repository: each question may lean on the one before. Ctrl-C stops an answer."""
    root = repository_root(path)
    settings = load_settings(model)
    with_worker(settings, lambda worker: Conversation(worker, root, settings.answer.verbosity).run())


class Conversation:
    """One conversation after the other with one worker."""

    def __init__(self, worker: WorkerClient, root: Path, verbosity: int) -> None:
        self._worker = worker
        self._root = root
        self._verbosity = verbosity
        self._console: Console = out()
        self._thread = _new_thread()
        self._last = ""
        self._offered: tuple[say.FollowUp, ...] = ()

    async def run(self) -> None:
        """Until the person has no more questions."""
        if sys.stdin.isatty():
            self._console.print(Text(HELP, style="dim"))
        async for typed in _typed():
            if typed in ("/quit", "/exit"):
                return
            if typed == "/new":
                self._thread, self._offered = _new_thread(), ()
            elif typed in ("/help", "/?"):
                self._console.print(Text(HELP, style="dim"))
            elif typed == "/fresh":
                await self._ask(self._last, fresh=True)
            elif typed:
                await self._ask(self._chosen(typed))

    def _chosen(self, typed: str) -> str:
        """What was typed; a number is the question offered under it."""
        if typed.isdecimal() and 1 <= int(typed) <= len(self._offered):
            return self._offered[int(typed) - 1].question
        return typed

    async def _ask(self, question: str, *, fresh: bool = False) -> None:
        if not question:
            return
        self._last = question
        message = say.Ask(
            root=str(self._root), question=question, verbosity=self._verbosity, fresh=fresh, thread=self._thread
        )
        answering = asyncio.ensure_future(stream_answer(self._worker, message, show=True))
        try:
            answered = await answering
        except SleeptimeError as error:
            err().print(str(error), markup=False)
        except (KeyboardInterrupt, asyncio.CancelledError):
            answering.cancel()  # the worker stops within a token; the conversation goes on
            _uncancel()
        else:
            self._show(answered)

    def _show(self, answered: say.Answered) -> None:
        print_answer(answered, self._root, self._console)
        self._offered = answered.follow_ups
        for number, offered in enumerate(self._offered, 1):
            self._console.print(Text(f"  {number}  {offered.question}", style="cyan"))


async def _typed() -> AsyncIterator[str]:
    """Lines from the keyboard, with a history that outlives the conversation; from a pipe, its lines."""
    if not sys.stdin.isatty():
        while line := await asyncio.to_thread(sys.stdin.readline):
            yield line.strip()
        return
    session: PromptSession[str] = PromptSession(history=FileHistory(str(_history())))
    while True:
        try:
            yield (await session.prompt_async("» ")).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _history() -> Path:
    """Where questions are remembered; only this user may read it."""
    file = user_state_path("sleeptime", ensure_exists=True) / "chat-history"
    file.touch(mode=0o600)
    return file


def _new_thread() -> str:
    return uuid.uuid4().hex


def _uncancel() -> None:
    """The interrupt was meant for the answer, not for the conversation (asyncio.run cancels the main task)."""
    if task := asyncio.current_task():
        task.uncancel()
