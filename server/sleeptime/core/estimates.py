"""An estimate of what sleep would take, for a person to read: the same words in every client."""

from sleeptime.core.messages import Estimated


def in_words(estimated: Estimated) -> str:
    """Two sentences: what it takes, and whether anything leaves the machine."""
    leaves = f"Code is sent to {estimated.host}" if estimated.host else "Nothing leaves this machine"
    if not estimated.thoughts:
        return f"Everything is thought about. {leaves}."
    hours, minutes = estimated.minutes / 60, max(1, round(estimated.minutes))
    takes = f"{hours:.1f} hours" if hours >= 2 else "1 minute" if minutes == 1 else f"{minutes} minutes"
    basis = "measured here" if estimated.measured else "typical of it on two cores"
    disk = max(1, round(estimated.disk_bytes / 1e6))
    modules = "1 module" if estimated.modules == 1 else f"{estimated.modules:,} modules"
    return (
        f"{estimated.thoughts:,} thoughts about {modules} take about {takes} with {estimated.model} ({basis}) "
        f"and {disk:,} MB of disk. {leaves}."
    )
