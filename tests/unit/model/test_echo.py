"""The stand-in behaves like an engine: deterministic, bounded, interruptible, honest about its tokens."""

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.errors import ContextOverflowError
from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model import EchoModel


def ask(text: str, **options) -> ChatRequest:
    return ChatRequest(messages=(Message("system", "Be brief."), Message("user", text)), **options)


def never() -> threading.Event:
    return threading.Event()


def test_the_same_question_gets_the_same_answer():
    first, second = (EchoModel().chat(ask("What does wsgi_app do?"), never()) for _ in range(2))
    assert first.text == second.text == "Echo: What does wsgi_app do?"
    assert first.finish == "stop"


def test_streamed_pieces_are_the_text():
    pieces: list[str] = []
    result = EchoModel().chat(ask("naïve 🎉 question"), never(), pieces.append)
    assert "".join(pieces) == result.text
    assert len(pieces) == result.generated_tokens


def test_it_stops_at_max_tokens():
    result = EchoModel().chat(ask("one two three", max_tokens=3), never())
    assert (result.finish, result.generated_tokens) == ("length", 3)


def test_it_stops_before_a_stop_string():
    result = EchoModel().chat(ask("one two three", stop=("two", "three")), never())
    assert result.text == "Echo: one "
    assert result.finish == "stop"


def test_a_cancelled_answer_is_a_result_with_what_was_said():
    cancel = threading.Event()
    result = EchoModel().chat(ask("one two three"), cancel, lambda _: cancel.set())
    assert (result.text, result.finish) == ("Echo", "cancelled")


def test_a_shared_prefix_counts_as_cached():
    model = EchoModel()
    first = model.chat(ask("a long context, question one"), never())
    second = model.chat(ask("a long context, question two"), never())
    assert first.cached_tokens == 0
    assert second.cached_tokens == second.prompt_tokens - 1


def test_a_prompt_that_does_not_fit_is_refused():
    with pytest.raises(ContextOverflowError, match="echo has room for 10"):
        EchoModel(context_tokens=10).chat(ask("one two three"), never())


def test_a_schema_gets_the_least_json_that_fits_it():
    schema = {
        "$defs": {"Kind": {"enum": ["pure", "impure"]}},
        "type": "object",
        "properties": {
            "purpose": {"type": "string", "maxLength": 9},
            "kind": {"$ref": "#/$defs/Kind"},
            "lines": {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "sure": {"type": "boolean"},
            "optional": {"type": "string"},
        },
        "required": ["purpose", "kind", "lines", "note", "sure"],
    }
    result = EchoModel().chat(ask("Why?", json_schema=json.dumps(schema)), never())
    assert json.loads(result.text) == {
        "purpose": "Echo: Why",
        "kind": "pure",
        "lines": [1, 1],
        "note": None,
        "sure": False,
    }


def test_a_test_may_say_what_it_replies():
    model = EchoModel(lambda request: request.messages[0].content.upper())
    assert model.chat(ask("?"), never()).text == "BE BRIEF."


@given(st.text())
def test_the_tokens_of_any_text_join_to_it_again(text):
    pieces: list[str] = []
    EchoModel(lambda _: text, context_tokens=10**6).chat(ask("?", max_tokens=10**5), never(), pieces.append)
    assert "".join(pieces) == text
    assert EchoModel().count_tokens(text) == len(pieces)
