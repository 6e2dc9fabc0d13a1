"""When to sleep: a pure judgement over readings, so that every rule can be tested on paper.

awake     the person is here
drowsy    it has been quiet for half the time that it takes
asleep    sleep may go on
paused    it is quiet, but the machine or the person's own limits say no; the reason says which
"""

from typing import Literal

from msgspec import Struct

from sleeptime.core.settings import SleepSettings

Phase = Literal["awake", "drowsy", "asleep", "paused"]

LOOK_AGAIN_SECONDS = 30.0
"""How soon a reason to pause is looked at again: a plug that was put in need not be noticed sooner."""

ASLEEP_BUSY_MARGIN = 25.0
"""Percent that other programs may use beyond the limit before a sleep that has begun ends: the engine runs at the
lowest priority anyway, and starting and stopping with every short compilation would throw prefilled prompts away."""

HOT_SHARE = 0.9
"""A sensor this close to its own limit means that fans are loud already."""

MINUTES_A_DAY = 24 * 60


class Spent(Struct, frozen=True):
    """What sleep has cost today."""

    minutes: float = 0.0
    tokens: int = 0
    watt_hours: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.minutes + other.minutes, self.tokens + other.tokens, self.watt_hours + other.watt_hours)


class Used(Struct, frozen=True):
    """What this process and its children have used since they began."""

    cpu_seconds: float = 0.0
    joules: float = 0.0

    def since(self, before: "Used") -> "Used":
        """What was used after `before`; never negative, for a child that ended takes its share along."""
        return Used(max(0.0, self.cpu_seconds - before.cpu_seconds), max(0.0, self.joules - before.joules))


class MachineState(Struct, frozen=True):
    """What the machine tells. None: it cannot be read here, and then it stops nothing.

    `others_percent` is the share of all processors that programs other than Sleeptime use; `heat` the hottest
    sensor's temperature against its own limit; `minute_of_day` is local time.
    """

    others_percent: float = 0.0
    on_mains: bool | None = None
    battery_percent: float | None = None
    heat: float | None = None
    minute_of_day: int = 12 * 60


class Verdict(Struct, frozen=True):
    """Whether to sleep now, why, and in how many seconds to look again (None: when something happens)."""

    phase: Phase
    reason: str
    look_again_seconds: float | None = None


def judge(
    settings: SleepSettings, quiet_for_seconds: float, machine: MachineState, spent: Spent, *, asleep: bool = False
) -> Verdict:
    """Whether sleep may begin, or with `asleep` go on. The person comes first, then the machine, then the budget."""
    if settings.consent != "yes":
        said = "switched off" if settings.consent == "no" else "nobody has agreed to it yet"
        return Verdict("awake", said)
    missing = settings.quiet_seconds - quiet_for_seconds
    if missing > 0:
        phase: Phase = "drowsy" if quiet_for_seconds >= settings.quiet_seconds / 2 else "awake"
        return Verdict(phase, "somebody is here", missing)
    if reason := _against(settings, machine, asleep=asleep) or _exhausted(settings, spent):
        return Verdict("paused", reason, LOOK_AGAIN_SECONDS)
    return Verdict("asleep", "it is quiet")


def _against(settings: SleepSettings, machine: MachineState, *, asleep: bool) -> str:
    if not within_hours(settings.hours, machine.minute_of_day):
        return f"sleeps only between {settings.hours.replace('-', ' and ')}"
    if machine.on_mains is False:
        if settings.only_on_mains:
            return "on battery"
        if machine.battery_percent is not None and machine.battery_percent < settings.min_battery_percent:
            return f"the battery is at {machine.battery_percent:.0f} %"
    if machine.heat is not None and machine.heat >= HOT_SHARE:
        return "the machine is hot"
    if machine.others_percent > settings.busy_percent + (ASLEEP_BUSY_MARGIN if asleep else 0.0):
        return f"other programs use {machine.others_percent:.0f} % of the processors"
    return ""


def _exhausted(settings: SleepSettings, spent: Spent) -> str:
    if 0 < settings.budget_minutes <= spent.minutes:
        return f"today's {settings.budget_minutes} minutes are used up"
    if 0 < settings.budget_tokens <= spent.tokens:
        return f"today's {settings.budget_tokens} tokens are used up"
    if 0 < settings.budget_watt_hours <= spent.watt_hours:
        return f"today's {settings.budget_watt_hours:g} watt-hours are used up"
    return ""


def within_hours(hours: str, minute_of_day: int) -> bool:
    """Whether a local time lies in hours such as "22:00-07:00", the end excluded; "" is always, equal ends too."""
    if not hours:
        return True
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in hours.split("-"))
    length = (end - start) % MINUTES_A_DAY or MINUTES_A_DAY
    return (minute_of_day - start) % MINUTES_A_DAY < length
