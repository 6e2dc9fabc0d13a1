"""What this machine has for a model: memory, cores, GPUs, the files that are here, and the speeds measured on it."""

import os
import shutil
import subprocess
from collections.abc import Mapping

import psutil
from msgspec import Struct

from sleeptime.core.settings import Settings
from sleeptime.model.bench import measured_speed
from sleeptime.model.catalog import CATALOG
from sleeptime.model.download import find

_MIB = 1024**2


class Machine(Struct, frozen=True):
    """What the choice of a model depends on. `pulled` names the models whose files are here; `gpu_free_bytes` is that
    of all CUDA GPUs together; `rates` are the tokens a second that were measured, by `Model.name`.
    """

    free_bytes: int
    cores: int
    pulled: frozenset[str] = frozenset()
    gpu_free_bytes: int = 0
    rates: Mapping[str, float] = {}


def this_machine(settings: Settings | None = None) -> Machine:
    """Measured now: memory that an engine could get, and cores that this process may use. What this process and its
    children hold counts as free: that is mostly the engine which the choice is about, and loading a model must not
    change which one is the best.
    """
    threads = engine_threads(settings or Settings())
    speeds = {spec.key: measured_speed(spec.key, threads) for spec in CATALOG if spec.kind == "chat"}
    return Machine(
        free_bytes=_free_bytes(),
        cores=usable_cores(),
        pulled=frozenset(spec.name for spec in CATALOG if find(spec)),
        gpu_free_bytes=_gpu_free_bytes(),
        rates={name: speed.decode_tokens_per_second for name, speed in speeds.items() if speed},
    )


def usable_cores() -> int:
    """Cores that this process may run on, which in a container may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine_threads(settings: Settings) -> int:
    """Threads that an engine on this machine uses: the setting sleep.threads, or half the usable cores."""
    return settings.sleep.threads or max(1, usable_cores() // 2)


def _free_bytes() -> int:
    memory = psutil.virtual_memory()
    ours = sum(process.memory_info().rss for process in _family() if process.is_running())
    return int(min(memory.available + ours, memory.total))


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _gpu_free_bytes() -> int:
    """As the driver's own tool says: asking torch would load it, which takes seconds."""
    ours = {process.pid for process in _family()}
    free = sum(int(mib) for (mib,) in _nvidia("--query-gpu=memory.free"))
    held = sum(int(mib) for pid, mib in _nvidia("--query-compute-apps=pid,used_gpu_memory") if int(pid) in ours)
    return (free + held) * _MIB


def _nvidia(query: str) -> list[list[str]]:
    """Rows of numbers; [] without such a GPU. Some drivers answer "[N/A]": such a row is left out."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, query, "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in said.splitlines()]
    return [row for row in rows if all(cell.isdigit() for cell in row)]
