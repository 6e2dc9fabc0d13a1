import json

from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.ports import ChatResult, Message
from sleeptime.sleep.together import replies, request_for, share_of


@given(st.dictionaries(st.text(min_size=1), st.text().filter(str.strip)))
def test_replies_are_read_as_they_were_said(said: dict[str, str]) -> None:
    assert replies(json.dumps(said)) == {name: text.strip() for name, text in said.items()}


def test_of_what_was_cut_off_the_complete_replies_are_read() -> None:
    assert replies('{"one": "It is \\"first\\".", "two": "It is sec') == {"one": 'It is "first".'}


def test_the_schema_asks_for_a_sentence_about_each() -> None:
    request = request_for(Message("system", "Explain."), "the page", ["Cart", "Cart.add"])
    assert json.loads(request.json_schema)["required"] == ["Cart", "Cart.add"]
    assert request.messages[1].content.startswith("the page\nFor each of `Cart`, `Cart.add`: ")


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 8))
def test_shares_add_up_to_no_more_than_was_computed(computed: int, cached: int, count: int) -> None:
    result = ChatResult("{}", "stop", computed + cached, cached, 80, 1.0, 1.0)
    share = share_of(result, "said", count)
    assert count * (share.prompt_tokens - share.cached_tokens) <= computed
    assert count * share.generated_tokens <= 80


def test_what_was_cancelled_before_it_was_answered_stays_cancelled() -> None:
    result = ChatResult("", "cancelled", 10, 0, 0, 1.0, 1.0)
    assert share_of(result, "", 2).finish == "cancelled"
    assert share_of(result, "said in time", 2).finish == "stop"
