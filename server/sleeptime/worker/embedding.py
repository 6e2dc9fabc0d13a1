"""The embedder in the worker: loaded on first need, freed after quiet minutes, and never missed loudly.

Search by meaning is a help, not a need: where its weights or torch are missing, words alone are searched, and the
reason is there for whoever asks (`sleeptime doctor`).
"""

import logging
import threading
from collections.abc import Callable

from sleeptime.answer import Vector
from sleeptime.core.errors import SleeptimeError
from sleeptime.core.ports import Clock, Embedder

QUIET_SECONDS = 600.0
"""As for the model: memory that nobody used for ten minutes belongs to the person."""

log = logging.getLogger(__name__)


class EmbedderKeeper:
    """Lends the one embedder to any thread; one at a time uses it."""

    def __init__(self, open_embedder: Callable[[], Embedder], clock: Clock) -> None:
        self._open = open_embedder
        self._clock = clock
        self._lock = threading.RLock()
        self._embedder: Embedder | None = None
        self._used_at = 0.0
        self.problem = ""
        """Why there is none, in one sentence; "" if there is, or none was wanted yet."""

    def lend(self) -> Embedder | None:
        """The embedder; None if this machine cannot have one. What is missing is looked for again each time."""
        with self._lock:
            self._used_at = self._clock.monotonic()
            if self._embedder is None:
                try:
                    self._embedder, self.problem = self._open(), ""
                except (SleeptimeError, ImportError) as error:
                    if not self.problem:
                        log.info("Search by meaning is off: %s", error)
                    self.problem = str(error)
            return self._embedder

    def embed(self, question: str) -> Vector | None:
        """The embedding of a question, for which the embedder is loaded if need be."""
        with self._lock:
            embedder = self.lend()
            return Vector(embedder.name, embedder.embed([question])[0]) if embedder else None

    def release_if_quiet(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        """Free the embedder if nobody used it for that long."""
        with self._lock:
            if self._clock.monotonic() - self._used_at >= quiet_seconds:
                self._embedder = None
