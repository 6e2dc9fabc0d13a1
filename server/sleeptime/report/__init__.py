"""What sleep made of a repository as a whole: the notes as pages, what they cost, and what they were good for."""

from sleeptime.report.arms import Library, Mind, closed_book, raw_retrieval, retrieval
from sleeptime.report.compare import Arm, Plan, Row, Sheet, Try, compare
from sleeptime.report.comparison import About, Comparison, compared, write_json
from sleeptime.report.contexts import context_arms
from sleeptime.report.ledger import LedgerReport, ledger_report
from sleeptime.report.predictability import STAND_IN, explained_shares
from sleeptime.report.questions import Question, read_questions, sampled
from sleeptime.report.reading import Noted, Reading, open_reading
from sleeptime.report.scores import Judge, Produced, shown_files
from sleeptime.report.tables import markdown

__all__ = [
    "STAND_IN",
    "About",
    "Arm",
    "Comparison",
    "Judge",
    "LedgerReport",
    "Library",
    "Mind",
    "Noted",
    "Plan",
    "Produced",
    "Question",
    "Reading",
    "Row",
    "Sheet",
    "Try",
    "closed_book",
    "compare",
    "compared",
    "context_arms",
    "explained_shares",
    "ledger_report",
    "markdown",
    "open_reading",
    "raw_retrieval",
    "read_questions",
    "retrieval",
    "sampled",
    "shown_files",
    "write_json",
]
