"""Waiting for an engine's turn in a way that a cancellation ends."""

import contextlib
import threading
from collections.abc import Iterator

_BUSY_POLL_SECONDS = 0.02
"""How often a waiting request looks whether it was cancelled: a lock and an Event cannot be waited for together."""


@contextlib.contextmanager
def its_turn(free: "threading.Lock | threading.Semaphore", cancel: threading.Event) -> Iterator[bool]:
    """Hold `free` for the block; False, without it, once cancelled while another request had it."""
    while not free.acquire(timeout=_BUSY_POLL_SECONDS):
        if cancel.is_set():
            yield False
            return
    try:
        yield not cancel.is_set()
    finally:
        free.release()
