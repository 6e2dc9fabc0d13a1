import pytest

from sleeptime.index.words import ABBREVIATION, abbreviations, likeness, root


@pytest.mark.parametrize(("word", "other"), [("routing", "route"), ("sessions", "session"), ("session", "session")])
def test_an_inflected_word_is_the_same(word: str, other: str) -> None:
    assert likeness(word, other) == likeness(other, word) == 1.0


@pytest.mark.parametrize(("word", "other"), [("authentication", "auth"), ("application", "app")])
def test_an_abbreviation_is_nearly_the_same(word: str, other: str) -> None:
    assert likeness(word, other) == likeness(other, word) == ABBREVIATION < 1.0
    assert other in abbreviations(word)


@pytest.mark.parametrize(("word", "other"), [("context", "content"), ("configuration", "con"), ("request", "response")])
def test_other_words_are_not(word: str, other: str) -> None:
    assert likeness(word, other) == 0.0


def test_an_inflection_is_the_same_thing_and_who_does_it_another() -> None:
    assert root("routing") == root("route") == root("routed")
    assert root("router") != root("route")
    assert root("ring") == "ring"
