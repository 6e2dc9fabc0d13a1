"""Tells the editor that answers changed, so that it asks again for what it shows; not with every single one."""

import asyncio
from typing import TYPE_CHECKING

from sleeptime.core.messages import Changed
from sleeptime.lsp.protocol import CHANGED_NOTIFICATION, ChangedParams

if TYPE_CHECKING:
    from sleeptime.lsp.server import SleeptimeServer

GATHER_SECONDS = 1.0
"""Changes within a second are told together."""


class News:
    """Gathers changes by repository."""

    def __init__(self, server: "SleeptimeServer") -> None:
        self._server = server
        self._changed: dict[str, set[str]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def take(self, changed: Changed) -> None:
        """Something changed: told within a second."""
        known = self._changed.setdefault(changed.root, set(changed.paths))
        if known and changed.paths:
            known.update(changed.paths)
        else:
            known.clear()  # anything may have changed
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell)

    def close(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, {}
        for root, paths in changed.items():
            self._server.protocol.notify(CHANGED_NOTIFICATION, ChangedParams(root, sorted(paths)))
        workspace = self._server.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self._server.workspace_code_lens_refresh(None)
