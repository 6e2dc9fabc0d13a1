"""Fetches one file of the Hugging Face hub, as a program of its own: `python -m sleeptime.model.hub_file REPOSITORY
FILE REVISION SHA256 TARGET`; `fetch.py` starts it.

The hub's own downloader throws away what it has of a file when it is stopped (huggingface_hub 2 writes to a new
temporary file each time), so five gigabytes would start again from nothing. This one appends to `TARGET.partial` and
asks for the rest. Endpoint, token, proxies and certificates are those of the hub's client, whose session it uses.
"""

import http
import sys
import time
from pathlib import Path

_TRIES = 5
"""In a row without a byte. A line that drops for a minute is no reason to give up a night's download."""

_CHUNK_BYTES = 1024 * 1024


def main() -> None:
    """Leave the file at the target; on failure one line on standard error, and what arrived stays for the next try."""
    repository, name, revision, sha256, target = sys.argv[1:]
    try:
        fetch_file(repository, name, revision, sha256, Path(target))
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent tells it in a sentence
        lines = str(error).strip().splitlines() or [""]
        sys.exit(f"ERROR: {type(error).__name__}: {lines[0]}")


def fetch_file(repository: str, name: str, revision: str, sha256: str, target: Path) -> None:
    """Fetch, resuming what an earlier try left. A large file of another hash is refused before a byte of it is
    fetched; the content itself is not hashed here.

    Raises:
        LookupError: the hub has other bytes under that name.
        Exception: what the hub's client raised last.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(repository, name, revision=revision)
    known = get_hf_file_metadata(url)
    if known.etag and len(known.etag) == len(sha256) and known.etag != sha256:  # small files have a git hash instead
        raise LookupError(f"the hub has another {name} now")
    partial = target.with_name(target.name + ".partial")
    partial.touch()
    failures = 0
    while known.size is None or partial.stat().st_size < known.size:
        before = partial.stat().st_size
        try:
            _append(url, partial)
            if known.size is None:
                break
        except Exception:
            failures = 0 if partial.stat().st_size > before else failures + 1
            if failures == _TRIES:
                raise
            time.sleep(2**failures / 2)
    partial.replace(target)


def _append(url: str, partial: Path) -> None:
    """Append what is missing, as far as it comes."""
    from huggingface_hub import get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

    have = partial.stat().st_size
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with get_session().stream("GET", url, headers=headers, follow_redirects=True) as response:
        hf_raise_for_status(response)
        resumes = response.status_code == http.HTTPStatus.PARTIAL_CONTENT
        with partial.open("ab" if resumes else "wb") as file:
            for chunk in response.iter_bytes(_CHUNK_BYTES):
                file.write(chunk)


if __name__ == "__main__":
    main()
