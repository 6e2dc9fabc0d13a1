import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.index import sentences
from sleeptime.sleep.plain import whole_sentences


def test_a_last_sentence_that_the_limit_cut_off_is_left_out() -> None:
    assert whole_sentences("It loads. It then call", cut_off=True) == "It loads."
    assert whole_sentences("It loads. It then call", cut_off=False) == "It loads. It then call."
    assert whole_sentences("It then call `lo", cut_off=True) == ""
    assert whole_sentences("It loads. It sets `request.", cut_off=True) == "It loads."
    assert whole_sentences('It loads. (It says "so.")', cut_off=True) == 'It loads. (It says "so.")'


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (
            "It handles these:\n1. **Basic**: A name and a password.\n2. **Digest**: A challenge.\n3.",
            "It handles these: Basic: A name and a password. Digest: A challenge.",
        ),
        (
            "It works so:\n\n1. **get_auth**: It reads `.netrc`.\n   It caches.\n2. **App.run**: It serves.",
            "It works so: `get_auth`: It reads `.netrc`. It caches. `App.run`: It serves.",
        ),
        ("It has:\n- `a`: parses\n  a text\n- `b`\n\nAnd more", "It has: `a`: parses a text; `b`. And more."),
        (
            "The reasons are: 1. **Ease**: It is easy. 2. It is fast. 3.",
            "The reasons are: Ease: It is easy. It is fast.",
        ),
        ("## How\nIt runs.\n\n**Why**\nIt must.", "How: It runs. Why: It must."),
        ("It runs.\n\n```python\nrun()\n```\nIt ends.", "It runs. It ends."),
        ("The default is: 5. It is small.", "The default is: 5. It is small."),
    ],
)
def test_prose_is_kept_of_lists_and_titles(said: str, plain: str) -> None:
    assert whole_sentences(said, cut_off=False) == plain


def test_an_announcement_is_left_out_if_nothing_follows_it() -> None:
    assert whole_sentences("It runs. The reasons include:\n\n1. **Simp", cut_off=True) == "It runs."
    assert whole_sentences("It runs. The reasons include:", cut_off=False) == "It runs."
    assert whole_sentences("It runs. They are:\n1. **Ease**:\n2.", cut_off=False) == "It runs."


def test_stars_in_code_and_before_a_name_are_no_print() -> None:
    text = "`f` takes `*args`, `**kwargs` or `**options`, and **more."
    assert whole_sentences(text, cut_off=False) == text


PIECES = st.sampled_from(
    ["1. ", "2. ", "10) ", "(3) ", "- ", "* ", "• ", "a) ", "# ", "### ", "\n", "\n\n", "   ", " ", "**", "**Label**: ",
     "**get_it**", "`code`", "`**kwargs`", "```\n", "It runs", "it returns 5", "so", ".", ". ", ": ", ":", "; ", "! ", "2"]
)  # fmt: skip
SAID = st.lists(PIECES, max_size=25).map("".join)
MARK = re.compile(r"(?:[-*+•]|\(?\d{1,2}[.)]|[a-z]\))(?:\s|$)|#+\s|```")


@given(SAID, st.booleans())
def test_no_mark_is_left_at_a_sentence_and_no_announcement_at_the_end(said: str, cut_off: bool) -> None:
    plain = whole_sentences(said, cut_off=cut_off)
    assert "\n" not in plain
    assert not plain.endswith(":")
    assert not any(MARK.match(sentence) for sentence in sentences(plain))


@given(SAID, st.booleans())
def test_what_is_plain_stays_as_it_is(said: str, cut_off: bool) -> None:
    plain = whole_sentences(said, cut_off=cut_off)
    assert whole_sentences(plain, cut_off=False) == plain
