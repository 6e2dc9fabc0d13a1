"""While the person is away: what to think about, in which order, and whether it may be kept."""

from sleeptime.sleep.attention import ATTENTION, Attention, attention_from
from sleeptime.sleep.briefing import Briefings
from sleeptime.sleep.dream import Sleeper, Subject, Tools, foresee
from sleeptime.sleep.estimate import estimate, estimate_of
from sleeptime.sleep.idle import Spent
from sleeptime.sleep.notes import Notes
from sleeptime.sleep.plan import Planned, plan
from sleeptime.sleep.predict import Question, likely_questions, needs_no_model
from sleeptime.sleep.value import Counts, learned_prior
from sleeptime.sleep.write import Writer, Written

__all__ = [
    "ATTENTION",
    "Attention",
    "Briefings",
    "Counts",
    "Notes",
    "Planned",
    "Question",
    "Sleeper",
    "Spent",
    "Subject",
    "Tools",
    "Writer",
    "Written",
    "attention_from",
    "estimate",
    "estimate_of",
    "foresee",
    "learned_prior",
    "likely_questions",
    "needs_no_model",
    "plan",
]
