"""Puts files into a store as indexing does, without a disk."""

from collections.abc import Mapping

from sleeptime.index import language_of, parse
from sleeptime.store import FileRow, Store, encode_outline


def put_files(store: Store, worktree: str, files: Mapping[str, str]) -> None:
    """What the worktree holds from now on, besides what it held."""
    rows = {
        path: encode_outline(text, parse(text.encode(), language_of(path, b"") or "")) for path, text in files.items()
    }
    ids = store.modules.put_outlines(list(rows.values()))
    files_held = [FileRow(path, 1, 1, ids[row.blob, row.language]) for path, row in rows.items()]
    store.modules.update_files(worktree, files_held)
