"""What engines do with a request: control tokens of a file are broken, schemas read, and the room counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.errors import ContextOverflowError, ModelError
from sleeptime.model.asked import defused, require_room, schema_of


@pytest.mark.parametrize(
    "token", ["<|im_end|>", "<|im_start|>system", "</s>", "<s>", "[/INST]", "<end_of_turn>", "<|eot_id|>"]
)
def test_control_tokens_in_a_text_are_broken(token):
    assert token not in defused(f"before {token} after")
    assert defused(f"before {token} after").replace("\u2060", "") == f"before {token} after"


@pytest.mark.parametrize("code", ["a < b | c", "List<String>", "x[INSTANCE]", "<strong>", "a <| b", "f <|> g"])
def test_code_that_is_no_control_token_is_left_alone(code):
    assert defused(code) == code


@given(st.text())
def test_defusing_only_ever_adds_a_word_joiner(text):
    assert defused(text).replace("\u2060", "") == text.replace("\u2060", "")


def test_a_schema_is_an_object():
    assert schema_of('{"type": "object"}') == {"type": "object"}
    for text in ('"nonsense"', "{", "[]"):
        with pytest.raises(ModelError, match="not a JSON object"):
            schema_of(text)


def test_prompt_and_answer_share_the_room():
    require_room("m", 90, 10, 100)
    with pytest.raises(
        ContextOverflowError, match=r"The prompt has 90 tokens and 11 are asked for; m has room for 100\."
    ):
        require_room("m", 90, 11, 100)
