"""What is shown without being asked about one thing: the notes as a whole, and what they cost."""

from sleeptime.report.reading import Noted, Reading, open_reading

__all__ = ["Noted", "Reading", "open_reading"]
