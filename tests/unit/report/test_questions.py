import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.errors import EvaluationError
from sleeptime.report.questions import Question, last_number, read_questions, sampled


def test_a_file_is_a_set_and_fields_that_nobody_knows_are_passed_over(tmp_path):
    file = tmp_path / "shop.short.jsonl"
    file.write_text(
        '{"question": "What is a cart?", "identifiers": ["Cart"], "mood": 1}\n\n{"question": "Why?", "id": "b"}\n'
    )
    first, second = read_questions(file)
    assert (first.set, first.id, second.id) == ("shop.short", "shop.short-1", "b")


@pytest.mark.parametrize("text", ["", "{}\n", "[1]\n", "not json\n", '{"question": 3}\n'])
def test_what_is_no_question_is_named_in_one_sentence(tmp_path, text):
    file = tmp_path / "q.jsonl"
    file.write_text(text)
    with pytest.raises(EvaluationError, match=r"q\.jsonl"):
        read_questions(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationError, match=r"none\.jsonl cannot be read: No such file or directory\.$"):
        read_questions(tmp_path / "none.jsonl")


def test_names_that_the_question_already_holds_are_not_asked_for():
    question = Question("How does `Cart.add` count?", identifiers=("Cart", "ValueError", "add", "ad"))
    assert question.wanted_names == ("ValueError", "ad")


@pytest.mark.parametrize(
    ("answer", "number"),
    [("72", 72), (" $1,200.50. ", 1200.5), ("so\n#### 18", 18), (7, 7), ("Flask 3 is here", None), ("", None)],
)
def test_a_reference_is_a_number_only_if_it_is_nothing_else(answer, number):
    assert Question("?", answer=answer).number == number


def test_an_answer_ends_on_its_result():
    assert last_number("3 apples and 4 make 7, so $1,207.") == 1207
    assert last_number("none") is None


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_a_smaller_sample_is_part_of_a_larger_one_and_sets_are_drawn_apart(few, more, seed):
    few, more = sorted((few or 60, more or 60))
    questions = [Question("?", id=f"{name}{n}", set=name) for name in "ab" for n in range(20)]
    small, large = sampled(questions, few, seed), sampled(questions, more, seed)
    assert {json.dumps(q.id) for q in small} <= {json.dumps(q.id) for q in large}
    assert sum(q.set == "a" for q in small) == min(few, 20)
    assert small == sorted(small, key=questions.index)
    of_a = [q for q in sampled(questions, more, seed, {"b": few}) if q.set == "a"]
    assert of_a == [q for q in large if q.set == "a"]
    assert [q for q in sampled(questions, more, seed, {"b": few}) if q.set == "b"] == [q for q in small if q.set == "b"]
