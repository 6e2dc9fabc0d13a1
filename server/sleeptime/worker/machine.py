"""What the machine tells of itself: who uses the processors, where the power comes from, how hot it is, and what our
own processes have cost. What cannot be read here is None, and stops nothing.
"""

import time
from contextlib import suppress
from pathlib import Path

import psutil

from sleeptime.sleep.idle import MachineState, Used

WATTS_A_CORE = 7.0
"""What a busy core of a laptop draws beyond an idle one, about; used where no energy counter is readable."""

SHORTEST_SECONDS = 0.5
"""A share of the processors over less time than this is noise: the share before is told again."""

RAPL = Path("/sys/class/powercap")


class Machine:
    """Reads the machine. The methods block for some milliseconds: not for an event loop."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._cores = psutil.cpu_count() or 1
        self._before = (time.monotonic(), _busy_seconds(), self._own_seconds())
        self._others_percent = 0.0

    def read(self) -> MachineState:
        """Everything that decides about sleep."""
        mains, charge = _power()
        now = time.localtime()
        return MachineState(
            others_percent=self._others(),
            on_mains=mains,
            battery_percent=charge,
            heat=_heat(),
            minute_of_day=now.tm_hour * 60 + now.tm_min,
        )

    def used(self) -> Used:
        """Processor seconds of this process and its children; energy by the machine's counter if it is readable,
        which counts everything that runs, else estimated from those seconds.
        """
        seconds = self._own_seconds()
        counted = _rapl_joules()
        return Used(seconds, seconds * WATTS_A_CORE if counted is None else counted)

    def _others(self) -> float:
        then, busy, own = self._before
        now = time.monotonic()
        if now - then >= SHORTEST_SECONDS:
            busy_now, own_now = _busy_seconds(), self._own_seconds()
            theirs = max(0.0, (busy_now - busy) - max(0.0, own_now - own))
            self._others_percent = min(100.0, 100.0 * theirs / (self._cores * (now - then)))
            self._before = (now, busy_now, own_now)
        return self._others_percent

    def _own_seconds(self) -> float:
        total = 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


def _power() -> tuple[bool | None, float | None]:
    with suppress(AttributeError, OSError, psutil.Error):
        if battery := psutil.sensors_battery():
            return battery.power_plugged, battery.percent
    return None, None


def _heat() -> float | None:
    with suppress(AttributeError, OSError, psutil.Error):
        shares = [
            sensor.current / sensor.high
            for sensors in psutil.sensors_temperatures().values()
            for sensor in sensors
            if sensor.high
        ]
        return max(shares, default=None)
    return None


def _rapl_joules() -> float | None:
    """The packages' energy counters together; None if there are none or they may not be read."""
    with suppress(OSError, ValueError):
        counters = [
            int((zone / "energy_uj").read_text())
            for zone in RAPL.glob("intel-rapl:[0-9]*")
            if zone.name.count(":") == 1
        ]
        return sum(counters) / 1e6 if counters else None
    return None
