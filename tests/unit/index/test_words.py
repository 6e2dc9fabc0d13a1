import pytest

from sleeptime.index.words import alike, root


@pytest.mark.parametrize(("word", "other"), [("routing", "route"), ("authentication", "auth"), ("sessions", "session")])
def test_words_are_alike_inflected_or_abbreviated(word: str, other: str) -> None:
    assert alike(word, other)
    assert alike(other, word)


@pytest.mark.parametrize(("word", "other"), [("context", "content"), ("configuration", "con"), ("request", "response")])
def test_other_words_are_not(word: str, other: str) -> None:
    assert not alike(word, other)


def test_an_inflection_is_the_same_thing_and_who_does_it_another() -> None:
    assert root("routing") == root("route") == root("routed")
    assert root("router") != root("route")
    assert root("ring") == "ring"
