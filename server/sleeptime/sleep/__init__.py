"""While the person is away: what to think about, in which order, and whether it may be kept."""

from sleeptime.sleep.dream import Sleeper, Tools
from sleeptime.sleep.idle import Spent
from sleeptime.sleep.plan import plan
from sleeptime.sleep.predict import Question, likely_questions
from sleeptime.sleep.write import Writer, Written

__all__ = ["Question", "Sleeper", "Spent", "Tools", "Writer", "Written", "likely_questions", "plan"]
