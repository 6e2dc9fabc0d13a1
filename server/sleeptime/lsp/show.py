"""Answers shown as one Markdown document: opened by the editor where it can, returned to it in any case."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from platformdirs import user_cache_path

from sleeptime.answer import age
from sleeptime.core import messages as say
from sleeptime.core.errors import RepositoryError
from sleeptime.core.intents import BY_NAME, SUMMARY_INTENT, question_for
from sleeptime.core.keys import text_hash
from sleeptime.core.types import Span, Target
from sleeptime.lsp.aside import Reading
from sleeptime.lsp.convert import uri_of
from sleeptime.lsp.folders import Folder
from sleeptime.lsp.protocol import AnswerResult, EvidenceLink, QuestionsArguments, ShowArguments, ShowResult
from sleeptime.lsp.results import answer_result

if TYPE_CHECKING:
    from sleeptime.lsp.session import Session

KEPT_DOCUMENTS = 50
"""Shown documents that stay on the disk; the oldest goes first."""


class Show:
    """Shows what is answered about a symbol or a file."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def show(self, arguments: ShowArguments) -> ShowResult:
        """All that is answered about a target, or the answer to one kind of question, written now if need be.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, _ = await self._session.cursor(arguments.uri, None)
        target = await folder.aside.read(lambda reading: reading.target(path, arguments.symbol))
        if target is None:
            raise RepositoryError(f"{arguments.symbol or path} is not in the index.", "Save the file and try again.")
        if arguments.intent and arguments.intent not in BY_NAME:
            raise RepositoryError(f"There is no kind of question called {arguments.intent}.")
        answers = [] if arguments.fresh else await self._ready(folder, target, arguments.intent)
        if not answers and arguments.intent:
            answers = [await self._asked(folder, target, arguments)]
        markdown = document(arguments.symbol or path, answers, self._session.now())
        return ShowResult(markdown, answers, await self._opened(target, markdown))

    async def forget(self, arguments: QuestionsArguments) -> None:
        """Delete what was written about a symbol or a file and all in it.

        Raises:
            SleeptimeError: with a sentence for the person.
        """
        folder, path, _ = await self._session.cursor(arguments.uri, None)
        target = await folder.aside.read(lambda reading: reading.target(path, arguments.symbol))
        if target is not None:
            await self._session.worker.request(say.Control(action="forget", root=folder.root, target=target))

    async def _ready(self, folder: Folder, target: Target, intent: str) -> list[AnswerResult]:
        def look(reading: Reading) -> list[say.Answered]:
            found = reading.ready.about(target, intent)
            keys = [one.key for one in found if one.fresh and (intent or one.model)]
            return [answered for key in keys if (answered := reading.ready.open(key))]

        return [answer_result(folder, answered) for answered in await folder.aside.read(look) or []]

    async def _asked(self, folder: Folder, target: Target, arguments: ShowArguments) -> AnswerResult:
        if arguments.intent == SUMMARY_INTENT:
            message: say.Ask | say.Think = say.Think(root=folder.root, target=target, fresh=arguments.fresh)
        else:
            where = await folder.aside.read(lambda reading: reading.name_span(target)) or Span(0, 0, 0, 0)
            message = say.Ask(
                root=folder.root,
                question=question_for(arguments.intent, target.symbol or target.path),
                path=target.path,
                line=where.start_line,
                column=where.start_column,
                verbosity=self._session.settings.answer.verbosity,
                fresh=arguments.fresh,
            )
        answered = await self._session.worker.request(message)
        assert isinstance(answered, say.Answered)
        return answer_result(folder, answered)

    async def _opened(self, target: Target, markdown: str) -> str | None:
        """The document's URI, if the editor opened it."""
        window = self._session.capabilities.window
        can = window is not None and window.show_document is not None and window.show_document.support
        if not can or shows_answers(self._session.capabilities):
            return None
        uri = uri_of(await asyncio.to_thread(_written, target, markdown))
        shown = await self._session.show_document(lsp.ShowDocumentParams(uri, take_focus=True))
        return uri if shown else None


def shows_answers(capabilities: lsp.ClientCapabilities) -> bool:
    """Whether the editor has a place of its own for answers, and wants no document."""
    experimental = capabilities.experimental
    ours = experimental.get("sleeptime") if isinstance(experimental, Mapping) else None
    return isinstance(ours, Mapping) and bool(ours.get("showsAnswers"))


def document(name: str, answers: Sequence[AnswerResult], now: float) -> str:
    """Answers as one Markdown text, with where each comes from and what bears it out."""
    if not answers:
        return f"# `{name}`\n\nNothing is written about this yet.\n"
    return "\n".join([f"# `{name}`", "", *(line for answer in answers for line in _section(answer, now))])


def _section(answer: AnswerResult, now: float) -> list[str]:
    lines = [f"## {answer.question}", ""]
    if warning := out_of_date(answer):
        lines += [f"*{warning}*", ""]
    lines += [answer.markdown, ""]
    lines += [f"- {_link(cited)}" for cited in answer.evidence] + [""] * bool(answer.evidence)
    return [*lines, f"*{answer.footer or _footer(answer, now)}*", ""]


def out_of_date(answer: AnswerResult) -> str:
    """What a reader must know before trusting an answer, or ""."""
    if not answer.fresh:
        return "Out of date: the code changed after this was written."
    if answer.changed_lines:
        return f"Evidence changed: {answer.changed_lines} of the cited lines are no longer what they were."
    return ""


def _footer(answer: AnswerResult, now: float) -> str:
    if not answer.model:
        return "from the index"
    return f"{answer.model} · {age(now - answer.created_at)}"


def _link(cited: EvidenceLink) -> str:
    first, last = cited.range.start.line + 1, max(cited.range.start.line + 1, cited.range.end.line)
    return f"[`{cited.path}:{first}-{last}`]({cited.uri}#L{first})"


def _written(target: Target, markdown: str) -> Path:
    """The document in the user's cache, outside any working tree; one file for each target."""
    folder = user_cache_path("sleeptime") / "shown"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.md"), key=lambda file: file.stat().st_mtime)[: -KEPT_DOCUMENTS or None]:
        old.unlink(missing_ok=True)
    name = "".join(letter if letter.isalnum() else "-" for letter in target.symbol or Path(target.path).name)[:60]
    path = folder / f"{name}-{text_hash(str(target).encode('utf-8', 'surrogateescape'))[:8]}.md"
    path.write_text(markdown, "utf-8")
    return path
