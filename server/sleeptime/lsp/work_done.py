"""Progress shown by the editor while the worker indexes or sleeps, where the editor can show it."""

import asyncio
import uuid
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from sleeptime.core.messages import AnyWorkerMessage, Progress

if TYPE_CHECKING:
    from sleeptime.lsp.server import SleeptimeServer

CREATE_SECONDS = 5.0
"""An editor that does not answer by then gets no progress."""


class WorkDone:
    """One progress from begin to end, as an async context manager. It never fails the work that it shows."""

    def __init__(self, server: "SleeptimeServer", title: str) -> None:
        self._server = server
        self._title = title
        self._token = ""

    async def __aenter__(self) -> Self:
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return self
        token = str(uuid.uuid4())
        try:
            params = lsp.WorkDoneProgressCreateParams(token)
            await asyncio.wait_for(self._server.window_work_done_progress_create_async(params), CREATE_SECONDS)
        except (TimeoutError, JsonRpcException):
            return self
        self._token = token
        self._send(lsp.WorkDoneProgressBegin(title=self._title, percentage=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._send(lsp.WorkDoneProgressEnd())
        self._token = ""

    def report(self, done: int, total: int, text: str) -> None:
        """Show how far it is; total 0 means unknown."""
        percentage = min(100, done * 100 // total) if total else None
        message = f"{done} of {total} · {text}" if total else text
        self._send(lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    def on_reply(self, message: AnyWorkerMessage) -> None:
        """Show a progress message of the worker."""
        if isinstance(message, Progress):
            self.report(message.done, message.total, message.text)

    def _send(self, value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd) -> None:
        if self._token:
            self._server.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(self._token, value))
