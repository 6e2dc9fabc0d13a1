import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.answer.described import account_for, describing_words, namesakes, readings
from sleeptime.core.types import Target
from sleeptime.index.words import ABBREVIATION

FILES = {
    "shop/sessions.py": "class Session:\n    def open(self): ...\n\ndef open_session(): ...\n",
    "shop/auth.py": "class Basic: ...\n",
    "tests/test_sessions.py": "class Session: ...\n",
}
CANDIDATES = [
    Target("symbol", "shop/sessions.py", "open_session"),
    Target("class", "tests/test_sessions.py", "Session"),
    Target("class", "shop/sessions.py", "Session"),
    Target("class", "shop/auth.py", "Basic"),
]


def described(*words: str) -> list[str]:
    found = readings(frozenset(words), CANDIDATES, OutlinesInMemory(FILES))
    return [str(one.target) for one in found if one.score >= ABBREVIATION**2]


def test_a_class_is_described_by_the_words_of_its_name_before_its_file_and_never_a_test() -> None:
    assert described("session") == ["shop/sessions.py::Session", "shop/sessions.py"]


def test_all_words_of_a_name_describe_it() -> None:
    assert described("open", "session")[0] == "shop/sessions.py::open_session"


def test_a_file_is_described_by_what_its_name_abbreviates() -> None:
    assert described("authentication")[0] == "shop/auth.py"


@pytest.mark.parametrize(
    ("word", "name"),
    [("sessions", "session"), ("routing", "route"), ("authentication", "auth"), ("application", "app")],
)
def test_words_are_alike_inflected_or_abbreviated(word: str, name: str) -> None:
    assert account_for(word, [name])


@pytest.mark.parametrize(("word", "name"), [("request", "response"), ("cart", "carpet"), ("configuration", "con")])
def test_other_words_are_not(word: str, name: str) -> None:
    assert not account_for(word, [name])


def test_words_that_go_with_any_subject_describe_none() -> None:
    assert describing_words(["session", "management", "system"]) == {"session"}


def test_a_class_and_its_file_are_namesakes() -> None:
    assert namesakes(Target("class", "shop/sessions.py", "Session"), Target("module", "shop/sessions.py"))
    assert not namesakes(Target("class", "shop/sessions.py", "Session"), Target("module", "shop/auth.py"))
