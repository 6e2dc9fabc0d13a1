import threading

import pytest

from sleeptime.core.errors import EngineDiedError, EvaluationError
from sleeptime.report.compare import Arm, Plan, Sheet, compare, read_rows
from sleeptime.report.questions import Question
from sleeptime.report.scores import Judge, Produced

QUESTIONS = [Question(f"q{n}?", id=f"q{n}", set="s", answer=str(n)) for n in range(4)]


class Asked:
    """An arm that remembers what it was asked, and answers with the question's number."""

    def __init__(self, name="sleep", *, dies=False, model="m", needs_model=True):
        self.log = []
        self._dies = dies
        self.arm = Arm(name, self._answer, model, begin=lambda: self.log.append("begin"), needs_model=needs_model)

    def _answer(self, question, how):
        self.log.append((question.id, how.verbosity, how.sample))
        if self._dies:
            raise EngineDiedError("The engine stopped.")
        return Produced(text=question.id[1:], generated_tokens=3)


def run(asked, tmp_path, plan=None, cancel=None, judge=None):
    plan = plan or Plan(QUESTIONS[:2], QUESTIONS)
    running = cancel or threading.Event(), lambda *_: None
    return compare([one.arm for one in asked], plan, judge or Judge(), Sheet(tmp_path / "rows.jsonl"), running)


def test_every_question_is_asked_at_every_verbosity_and_each_block_begins_afresh(tmp_path):
    asked = Asked()
    rows = run([asked], tmp_path, Plan(QUESTIONS[:2], QUESTIONS, verbosities=(0, 3), samples=2))
    assert len(rows) == 8
    assert asked.log[0] == "begin"
    assert asked.log.count("begin") == 2
    assert {row.scores.correct for row in rows} == {1.0}


def test_an_arm_without_a_model_is_asked_everything_once(tmp_path):
    rows = run([Asked(needs_model=False)], tmp_path, Plan(QUESTIONS[:1], QUESTIONS, verbosities=(0, 1), samples=3))
    assert [row.id for row in rows] == [question.id for question in QUESTIONS]


@pytest.mark.parametrize(("outcome", "recall"), [("searched", 0.0), ("miss", None)])
def test_a_search_that_finds_nothing_scores_0_and_what_was_not_served_has_no_score(tmp_path, outcome, recall):
    question = Question("where?", id="q", set="s", evidence_files=("a.py",))
    arm = Arm("search", lambda _question, _how: Produced(text="", outcome=outcome), "m", needs_model=False)
    plan, running = Plan([], [question]), (threading.Event(), lambda *_: None)
    (row,) = compare([arm], plan, Judge(), Sheet(tmp_path / "rows.jsonl"), running)
    assert row.scores.evidence_recall == recall


def test_what_was_measured_is_not_measured_again(tmp_path):
    run([Asked()], tmp_path)
    again = Asked()
    rows = run([again], tmp_path, Plan(QUESTIONS[:3], QUESTIONS))
    assert again.log == ["begin", ("q2", 1, 0)]
    assert len(rows) == 3


@pytest.mark.parametrize("other", [Asked(model="other"), Asked("blind")])
def test_a_row_of_another_model_or_arm_is_no_substitute(tmp_path, other):
    run([Asked()], tmp_path)
    run([other], tmp_path)
    assert len(other.log) == 3


def test_a_failed_answer_scores_nothing_and_is_tried_again(tmp_path):
    rows = run([Asked(dies=True)], tmp_path)
    assert {row.scores.correct for row in rows} == {0.0}
    assert rows[0].produced.error == "The engine stopped."
    again = Asked()
    assert {row.scores.correct for row in run([again], tmp_path)} == {1.0}


def test_cancelling_keeps_what_is_whole(tmp_path):
    cancel = threading.Event()

    def answer(question, _how):
        if question.id == "q1":
            cancel.set()
        return Produced(text="0")

    rows = compare(
        [Arm("sleep", answer, "m")],
        Plan(QUESTIONS, QUESTIONS),
        Judge(),
        Sheet(tmp_path / "rows.jsonl"),
        (cancel, print),
    )
    assert [row.id for row in rows] == ["q0"]
    assert [row.id for row in read_rows(tmp_path / "rows.jsonl")] == ["q0"]


def test_a_row_cut_short_by_a_power_failure_is_measured_again(tmp_path):
    run([Asked()], tmp_path)
    file = tmp_path / "rows.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    again = Asked()
    assert len(run([again], tmp_path)) == 2
    assert len(again.log) == 2
    assert len(list(read_rows(file))) == 2


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"question": "?"}\n')
    with pytest.raises(EvaluationError, match=r"rows\.jsonl:1"):
        run([Asked()], tmp_path)
