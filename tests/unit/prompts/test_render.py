import pytest

from sleeptime.prompts import VERBOSITY, VERBOSITY_TOKENS, first_sentence, render


def test_a_prompt_is_its_file_with_every_name_filled_in() -> None:
    text = render("retry.v2", problems="`x`")
    assert "`x`" in text
    assert "$" not in text


def test_a_name_that_was_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("retry.v2")


def test_dollar_signs_in_source_are_left_alone() -> None:
    assert "$price ${x}" in render("page.v1", source="$price ${x}", first="1", last="2")


def test_every_verbosity_has_room_for_its_answer() -> None:
    assert len(VERBOSITY) == len(VERBOSITY_TOKENS) == 5
    assert list(VERBOSITY_TOKENS) == sorted(VERBOSITY_TOKENS)


@pytest.mark.parametrize(
    ("docstring", "first"),
    [
        ("Loads a file. Then more.", "Loads a file."),
        ("Loads a\n    file\n\nMore.", "Loads a file"),
        ("", ""),
        ("word " * 60, ("word " * 24)[:119].rsplit(" ", 1)[0] + "…"),
    ],
)
def test_the_first_sentence_of_a_docstring_is_cut_at_a_word(docstring: str, first: str) -> None:
    assert first_sentence(docstring) == first
