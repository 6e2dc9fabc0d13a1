"""Our values as they travel to the editor."""

from collections.abc import Sequence

from lsprotocol import types as lsp

from sleeptime.answer.ready import Ready
from sleeptime.core import messages as say
from sleeptime.core.types import Span
from sleeptime.lsp.convert import WIDTHS, convert_column
from sleeptime.lsp.folders import Folder
from sleeptime.lsp.protocol import AnswerResult, EvidenceLink, FollowUp, ReadyQuestion, StatusParams


def answer_result(folder: Folder, answered: say.Answered) -> AnswerResult:
    """An answer as it travels to the editor."""
    links = [
        EvidenceLink(
            uri=folder.uri(evidence.path),
            range=lsp.Range(lsp.Position(evidence.start_line - 1, 0), lsp.Position(evidence.end_line, 0)),
            path=evidence.path,
            symbol=evidence.symbol,
        )
        for evidence in answered.evidence
    ]
    return AnswerResult(
        markdown=answered.text,
        evidence=links,
        question=answered.question,
        source=answered.source,
        model=answered.model,
        created_at=answered.created_at,
        fresh=answered.fresh,
        prompt_tokens=answered.prompt_tokens,
        cached_tokens=answered.cached_tokens,
        generated_tokens=answered.generated_tokens,
        removed_citations=answered.removed_citations,
        seconds=answered.seconds,
        cancelled=answered.cancelled,
        id=answered.key,
        thread=answered.thread,
        follow_ups=[FollowUp(follow_up.question, follow_up.key) for follow_up in answered.follow_ups],
        changed_lines=answered.changed_lines,
        commit=folder.commit,
        footer=answered.footer,
    )


def ready_question(folder: Folder, ready: Ready, span: lsp.Range | None) -> ReadyQuestion:
    """A ready question as it travels; `span` is `Ready.span` in the editor's units."""
    return ReadyQuestion(
        question=ready.question,
        id=ready.key,
        uri=folder.uri(ready.target.path),
        range=span,
        path=ready.target.path,
        symbol=ready.target.symbol,
        level=ready.target.level,
        intent=ready.intent,
        created_at=ready.created_at,
        model=ready.model,
        preview=ready.preview,
        fresh=ready.fresh,
    )


def one_line_range(span: Span, lines: Sequence[str], encoding: str) -> lsp.Range:
    """A span within one line of a file (cut at line feeds), such as a name's, in the editor's units."""
    line = lines[span.start_line] if span.start_line < len(lines) else ""
    ends = (
        convert_column(line, column, WIDTHS["utf-8"], WIDTHS[encoding])
        for column in (span.start_column, span.end_column)
    )
    return lsp.Range(*(lsp.Position(span.start_line, column) for column in ends))


def status_params(status: say.Status) -> StatusParams:
    """A status as it travels."""
    return StatusParams(
        state=status.state,
        root=status.root,
        detail=status.detail,
        jobs_done=status.jobs_done,
        jobs_total=status.jobs_total,
        model=status.model,
        model_reason=status.model_reason,
        briefing=status.briefing,
    )
