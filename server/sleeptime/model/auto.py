"""Which models `auto` considers, best first, and what speaks against each on this machine."""

from msgspec import Struct

from sleeptime.core.settings import ModelSettings
from sleeptime.model.catalog import DEFAULT, REFERENCE, REFERENCE_FULL, SMALLEST, ModelSpec, spec_named
from sleeptime.model.machine import Machine

_GB = 1e9

REFERENCE_FREE_BYTES = 12 * 10**9
"""Free memory from which on Mistral runs on processors. It takes 9 GB; the rest is for what a person starts next."""

LEAST_TOKENS_PER_SECOND = 4.0
"""Slower, an answer of 60 tokens takes more than 15 seconds: a smaller model serves a person better."""


class Candidate(Struct, frozen=True):
    """A model on this machine. `engine` runs it; `lacks` says what stands against it, "" if nothing does; `is_here`:
    its files are on the disk.
    """

    spec: ModelSpec
    engine: str
    lacks: str
    is_here: bool

    @property
    def verdict(self) -> str:
        """One phrase for a person who wonders why it was chosen or not."""
        if self.lacks:
            return self.lacks
        if self.is_here:
            return "fits, and is here"
        fetch = f"`sleeptime model pull {self.spec.name}` ({self.spec.size_bytes / _GB:.1f} GB)"
        return f"fits, and is fetched with {fetch}"


def candidates(settings: ModelSettings, machine: Machine) -> tuple[Candidate, ...]:
    """Mistral on a GPU, Mistral on processors, and two smaller models, of which the last always remains."""
    context = settings.context_tokens
    considered = []
    if settings.engine != "llama.cpp":
        full = spec_named(REFERENCE_FULL)
        considered.append((full, "transformers", _lacks_gpu(full.memory_bytes(context), machine)))
    for name, least_bytes in ((REFERENCE, REFERENCE_FREE_BYTES), (DEFAULT, 0), (SMALLEST, 0)):
        spec = spec_named(name)
        lacks = _lacks(spec, max(least_bytes, spec.memory_bytes(context)), machine) if name != SMALLEST else ""
        considered.append((spec, "llama.cpp", lacks))
    return tuple(Candidate(spec, engine, lacks, spec.name in machine.pulled) for spec, engine, lacks in considered)


def best(settings: ModelSettings, machine: Machine) -> tuple[ModelSpec, str]:
    """The model to think with now, and why. Mistral only where somebody pulled it: nobody asked for its gigabytes."""
    considered = candidates(settings, machine)
    at = next(at for at, one in enumerate(considered) if not one.lacks and (one.is_here or _is_small(one.spec)))
    chosen, better = considered[at], considered[:at]
    has = f"{machine.cores} cores and {machine.free_bytes / _GB:.1f} GB of free memory"
    if chosen.spec.name == REFERENCE_FULL:
        has = f"{machine.gpu_free_bytes / _GB:.0f} GB of free GPU memory"
    rate = machine.rates.get(chosen.spec.key)
    speed = f" ({rate:.1f} tokens/s, measured)" if rate else ""
    reason = f"{chosen.spec.name} by {chosen.engine}, the best for {has}{speed}"
    if better:
        fetchable = next((one for one in better if not one.lacks), better[-1])
        reason += f"; {fetchable.spec.name} {fetchable.verdict}"
    return chosen.spec, f"{reason}."


def best_carried(settings: ModelSettings, machine: Machine) -> ModelSpec:
    """What `best` would be if everything were here: what to fetch."""
    return next(one.spec for one in candidates(settings, machine) if not one.lacks)


def _is_small(spec: ModelSpec) -> bool:
    return spec.name in {DEFAULT, SMALLEST}


def _lacks_gpu(needed_bytes: int, machine: Machine) -> str:
    if machine.gpu_free_bytes >= needed_bytes:
        return ""
    has = f"{machine.gpu_free_bytes / _GB:.0f} GB are" if machine.gpu_free_bytes else "there is no CUDA GPU"
    return f"needs {needed_bytes / _GB:.0f} GB of free GPU memory ({has}{' free' if machine.gpu_free_bytes else ''})"


def _lacks(spec: ModelSpec, needed_bytes: int, machine: Machine) -> str:
    """A measured speed says more than a number of cores."""
    rate = machine.rates.get(spec.key)
    if rate is not None and rate < LEAST_TOKENS_PER_SECOND:
        return f"wrote only {rate:.1f} tokens/s here; it is of use from {LEAST_TOKENS_PER_SECOND:.0f} on"
    missing = []
    if rate is None and machine.cores < spec.needs_cores:
        missing.append(f"{spec.needs_cores} cores")
    if machine.free_bytes < needed_bytes:
        missing.append(f"{needed_bytes / _GB:.1f} GB of free memory")
    return f"needs {' and '.join(missing)}" if missing else ""
