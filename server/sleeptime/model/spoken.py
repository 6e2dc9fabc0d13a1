"""Tokens as they come, into text: whole characters only, and nothing of a stop string."""

from collections.abc import Callable, Sequence

from sleeptime.core.ports import OnText

_BROKEN = "\ufffd"
_LONGEST_CHARACTER_TOKENS = 8
"""Tokens that may spell one character byte by byte (four, with a joiner as many again)."""


class Spoken:
    """The text of one answer. `decode` turns token ids into text."""

    def __init__(self, decode: Callable[[Sequence[int]], str], stops: tuple[str, ...], on_text: OnText) -> None:
        self.stopped = False
        self._decode = decode
        self._stops = stops
        self._on_text = on_text
        self._pieces: list[str] = []
        self._held = ""
        self._ids: list[int] = []
        self._context = self._read = 0

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._pieces)

    @property
    def tokens(self) -> int:
        """How many tokens were added."""
        return len(self._ids)

    def add(self, token: int) -> None:
        """Say what this token adds; `stopped` once a stop string is complete."""
        self._ids.append(token)
        self._held += self._new_text()
        ends = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if ends:
            self.stopped = True
            self._say(self._held[: min(ends)])
            self._held = ""
        else:
            self._say(self._held[: len(self._held) - self._suspended()])

    def flush(self) -> None:
        """Say what was held back for a stop string that did not come."""
        self._say(self._held)

    def _new_text(self) -> str:
        """A token's text depends on the ones before it (spaces, bytes of a character), so those are decoded with it."""
        before = self._decode(self._ids[self._context : self._read])
        now = self._decode(self._ids[self._context :])
        if now.endswith(_BROKEN) and len(self._ids) - self._read < _LONGEST_CHARACTER_TOKENS:
            return ""
        self._context, self._read = self._read, len(self._ids)
        return now[len(before) :].replace(_BROKEN, "")

    def _suspended(self) -> int:
        """Characters at the end that a stop string may begin with."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for size in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-size:]) for stop in self._stops):
                return size
        return 0

    def _say(self, piece: str) -> None:
        self._held = self._held[len(piece) :]
        if piece:
            self._pieces.append(piece)
            self._on_text(piece)
