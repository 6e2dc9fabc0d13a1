"""Files and folders that a person said never to think about; the index still knows them."""

from collections.abc import Iterable

import msgspec

EXCLUDED = "excluded"
"""Their name among what a store remembers."""


def excluded_from(text: str) -> frozenset[str]:
    """The paths that `excluded_to` wrote; none for what cannot be read."""
    try:
        return msgspec.json.decode(text, type=frozenset[str]) if text else frozenset()
    except msgspec.DecodeError:
        return frozenset()


def excluded_to(paths: Iterable[str]) -> str:
    """Paths for the store."""
    return msgspec.json.encode(sorted(paths)).decode()


def is_excluded(path: str, excluded: frozenset[str]) -> bool:
    """Whether a path, or a folder that it lies in, is excluded."""
    return path in excluded or any(path.startswith(folder + "/") for folder in excluded)
