"""The system's time, as the collaborator that `ports.Clock` describes."""

import time


class SystemClock:
    """Wall-clock and monotonic seconds of this machine."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()
