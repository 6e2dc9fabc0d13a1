"""Content hashes. An answer is served only while everything in its key is unchanged."""

import hashlib
from collections.abc import Iterable

EXTRACTOR_VERSION = 4
"""Raised whenever `index/` would produce another outline for the same bytes."""


def text_hash(text: bytes) -> str:
    """128-bit BLAKE2b of exact bytes, in hex."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def blob_hash(content: bytes) -> str:
    """Git's own name for a file's content, so that git's index tells it without reading the file."""
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def combined_hash(parts: Iterable[str]) -> str:
    """One hash of several texts; each is preceded by its length, so ("ab", "c") is not ("a", "bc")."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def answer_key(code: str, dependencies: Iterable[str], question: str, prompt: str, model: str) -> str:
    """All that an answer depends on: the code's hash, its dependencies' hashes (order does not matter),
    the question, the prompt's name and version, the model, and the extractor's version.
    """
    return combined_hash([code, *sorted(dependencies), "|", question, prompt, model, str(EXTRACTOR_VERSION)])
