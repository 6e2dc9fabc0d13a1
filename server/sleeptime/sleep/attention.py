"""Where the person's attention is: what was edited, opened, or came with a branch, and how long ago."""

import math
from collections.abc import Callable, Sequence

import msgspec

ATTENTION = "attention"
"""Its name among what a store remembers."""

HALF_LIFE_SECONDS = 1800.0
"""After half an hour elsewhere, a file counts half as much."""

STRENGTH = {"wanted": 60.0, "save": 6.0, "change": 6.0, "disk": 4.0, "open": 3.0, "focus": 1.0, "request": 2.0}
"""How much likelier a question about a file is just after: a person wanted it thought about next, edited it, changed it
on the disk (a checkout, say), opened it.
"""

DEPENDANT_SHARE = 0.3
"""What imports an edited file may be broken by the edit, so it is looked at next."""

MOST_PATHS = 200
"""Paths remembered; a checkout of more than this is no sign of attention to any of them."""

EDITS = {"save", "change", "disk"}


class Attention:
    """Times by path. Plain data that survives the worker as JSON."""

    def __init__(self, seen: dict[str, tuple[str, float]] | None = None) -> None:
        self._seen = seen or {}

    def note(self, path: str, kind: str, at: float) -> None:
        """Something happened in a file at a time (seconds since the epoch); an edit outlasts a look."""
        before = self._seen.pop(path, None)
        stronger = before is not None and _weight(*before, at) > STRENGTH.get(kind, 0.0)
        self._seen[path] = before if before is not None and stronger else (kind, at)
        while len(self._seen) > MOST_PATHS:
            del self._seen[next(iter(self._seen))]

    def weight(self, path: str, now: float) -> float:
        """0 for what nobody looked at, up to 6 for what was just edited."""
        return _weight(*self._seen[path], now) if path in self._seen else 0.0

    def is_edited(self, path: str, now: float) -> bool:
        """Whether it was changed within a half-life, and so may well be changed again."""
        kind, at = self._seen.get(path, ("", 0.0))
        return kind in EDITS and now - at < HALF_LIFE_SECONDS

    def edited(self, now: float) -> frozenset[str]:
        """The files in work."""
        return frozenset(path for path in self._seen if self.is_edited(path, now))

    def weights(self, now: float, dependents: Callable[[str], Sequence[str]]) -> dict[str, tuple[float, str]]:
        """(weight, reason) of each path that matters now; what depends on an edited file matters too."""
        found = {path: (self.weight(path, now), _REASON[kind]) for path, (kind, _) in self._seen.items()}
        for path, (kind, _) in self._seen.items():
            if kind in EDITS:
                share = DEPENDANT_SHARE * self.weight(path, now)
                for dependent in dependents(path):
                    if share > found.get(dependent, (0.0, ""))[0]:
                        found[dependent] = (share, f"depends on {path}, just changed")
        return found

    def to_json(self) -> str:
        """For the store."""
        return msgspec.json.encode(self._seen).decode()


_REASON = {
    "wanted": "wanted next",
    "save": "just edited",
    "change": "just edited",
    "disk": "changed on the disk",
    "open": "opened",
    "focus": "looked at",
    "request": "asked about",
}


def attention_from(text: str) -> Attention:
    """What `to_json` wrote; nothing for what cannot be read."""
    try:
        return Attention(msgspec.json.decode(text, type=dict[str, tuple[str, float]]) if text else None)
    except msgspec.DecodeError:
        return Attention()


def _weight(kind: str, at: float, now: float) -> float:
    half_lives = max(0.0, now - at) / HALF_LIFE_SECONDS
    return STRENGTH.get(kind, 0.0) * math.pow(0.5, half_lives)
