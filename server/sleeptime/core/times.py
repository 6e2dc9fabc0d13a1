"""Times as people name them: "2 days ago", "friday", "yesterday", "2026-11-20". Local time; nothing is guessed."""

import re
from datetime import datetime, timedelta

_AGO = re.compile(r"(?:the )?(?:last |past )?(\d+|an?|one)? ?(minute|hour|day|week|month|year)s?(?: ago)?")
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STARTS = {"today": 0, "this morning": 0, "yesterday": 1}


def time_named(text: str, now: float) -> float | None:
    """The time (seconds since the epoch) that words name at `now`; of a day its first moment, of a weekday the last
    such day before today. None if they name no time.
    """
    words = " ".join(text.lower().split())
    midnight = datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    if words in _STARTS:
        return _days_before(midnight, _STARTS[words])
    weekday = words.removeprefix("last ").removeprefix("on ")
    if weekday in _WEEKDAYS:
        return _days_before(midnight, (midnight.weekday() - _WEEKDAYS.index(weekday) - 1) % 7 + 1)
    if words and (match := _AGO.fullmatch(words)):
        count = int(match[1]) if (match[1] or "").isdecimal() else 1
        return now - count * _DAYS[match[2]] * 86_400
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _days_before(midnight: datetime, days: int) -> float:
    """By the calendar: a day may have 23 or 25 hours."""
    return (midnight.replace(tzinfo=None) - timedelta(days=days)).astimezone().timestamp()
