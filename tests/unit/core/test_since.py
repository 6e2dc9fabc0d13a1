import pytest

from sleeptime.core.since import changes_asked


@pytest.mark.parametrize(
    ("question", "since"),
    [
        ("What changed?", ""),
        ("what has changed since I was here?", ""),
        ("What's new since last time?", ""),
        ("What did I miss?", ""),
        ("What happened while I was away", ""),
        ("What changed since Friday?", "Friday"),
        ("What changed in this repository since 2 days ago?", "2 days ago"),
        ("What changed here since v2.0?", "v2.0"),
    ],
)
def test_a_question_about_all_that_changed(question: str, since: str) -> None:
    asked = changes_asked(question)
    assert asked is not None
    assert (asked.since, asked.is_whole) == (since, True)


def test_a_question_about_one_thing_keeps_its_name() -> None:
    asked = changes_asked("What changed in `Cart.add` since yesterday?")
    assert asked is not None
    assert (asked.question, asked.since, asked.is_whole) == ("What changed in `Cart.add`", "yesterday", False)


@pytest.mark.parametrize(
    "question",
    ["Who changed `Cart`?", "What changes the session?", "How has the cart changed?", "What is `Cart` for?", ""],
)
def test_other_questions_are_none_of_these(question: str) -> None:
    assert changes_asked(question) is None
