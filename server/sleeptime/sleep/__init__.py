"""While the person is away: what to think about, in which order, and whether it may be kept."""

from sleeptime.sleep.attention import ATTENTION, Attention, attention_from
from sleeptime.sleep.dream import Sleeper, Tools
from sleeptime.sleep.idle import Spent
from sleeptime.sleep.plan import plan
from sleeptime.sleep.predict import Question, likely_questions
from sleeptime.sleep.write import Writer, Written

__all__ = [
    "ATTENTION",
    "Attention",
    "Question",
    "Sleeper",
    "Spent",
    "Tools",
    "Writer",
    "Written",
    "attention_from",
    "likely_questions",
    "plan",
]
