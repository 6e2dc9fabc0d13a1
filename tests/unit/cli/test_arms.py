from sleeptime.cli.arms import produced
from sleeptime.core.messages import Answered


def answered(*, found_nothing: bool) -> Answered:
    return Answered(
        question="?", text="", evidence=(), source="facts", model="", created_at=0.0, found_nothing=found_nothing
    )


def test_a_question_that_nothing_matches_is_compared_as_such_and_not_as_facts() -> None:
    assert produced(answered(found_nothing=True), 1.0, 0.0).outcome == "nothing"
    assert produced(answered(found_nothing=False), 1.0, 0.0).outcome == "facts"
