"""What every engine does alike, written once. A new engine joins by a line in `conftest.engine`."""

import json
import threading
import time

import pytest

from sleeptime.core.errors import ContextOverflowError, EngineDiedError
from sleeptime.core.ports import ChatRequest, ChatResult, Message, discard

YIELD_SECONDS = 0.25  # issue 4: a person who comes back waits no longer, even in a long prefill
CONTEXT = "".join(f"def handler_{number}(request):\n    return request.args[{number}]\n\n" for number in range(40))


def ask(text: str, system: str = "You answer briefly.", **options) -> ChatRequest:
    options.setdefault("max_tokens", 24)
    return ChatRequest(messages=(Message("system", system), Message("user", text)), **options)


def chat(engine, request: ChatRequest, on_text=discard) -> ChatResult:
    return engine.model.chat(request, threading.Event(), on_text)


@pytest.mark.essential
def test_it_answers_and_says_what_that_cost(engine):
    result = chat(engine, ask("What does a Python decorator do?", max_tokens=8))
    assert result.text.strip()
    assert result.finish == "length"
    assert result.generated_tokens == 8
    assert result.prompt_tokens > engine.model.count_tokens("What does a Python decorator do?")
    assert result.decode_ms > 0


def test_the_system_text_is_part_of_the_prompt(engine):
    short = chat(engine, ask("Hello", system="Be brief.", max_tokens=2))
    long = chat(engine, ask("Hello", system="Be brief. Name every function that you use.", max_tokens=2))
    assert long.prompt_tokens > short.prompt_tokens


@pytest.mark.essential
def test_streamed_pieces_are_the_text(engine):
    pieces: list[str] = []
    result = chat(engine, ask("Name three colours of the rainbow."), pieces.append)
    assert len(pieces) > 1
    assert "".join(pieces) == result.text


@pytest.mark.essential
def test_cancelled_while_decoding_it_ends_within_one_token(engine):
    cancel, pieces = threading.Event(), []

    def hear(piece: str) -> None:
        pieces.append(piece)
        if len(pieces) == 3:
            cancel.set()

    result = engine.model.chat(ask("Tell a long story about a sleeping fox.", max_tokens=200), cancel, hear)
    assert result.finish == "cancelled"
    assert len(pieces) <= 4
    assert result.text == "".join(pieces)


def test_cancelled_in_a_long_prefill_it_yields_at_once_and_keeps_what_it_computed(engine):
    request = ask(f"{CONTEXT}\nSummarise this module, first try.", max_tokens=200)
    cancel, set_at = threading.Event(), []

    def come_back() -> None:
        set_at.append(time.monotonic())
        cancel.set()

    timer = threading.Timer(1.5, come_back)
    timer.start()
    result = engine.model.chat(request, cancel)
    yielded_after = time.monotonic() - set_at[0] if set_at else 0.0
    timer.cancel()
    again = chat(engine, request)
    if set_at:
        assert result.finish == "cancelled"
        assert yielded_after < YIELD_SECONDS
    assert again.cached_tokens > 32


def test_cancelled_while_the_engine_still_drops_another_request_it_yields_at_once(engine):
    for number in range(3):
        cancel, set_at = threading.Event(), []

        def come_back(cancel=cancel, set_at=set_at) -> None:
            set_at.append(time.monotonic())
            cancel.set()

        threading.Timer(0.4 if number == 0 else 0.1, come_back).start()
        engine.model.chat(ask(f"{number} {CONTEXT}\nSummarise this module.", max_tokens=200), cancel)
        assert not set_at or time.monotonic() - set_at[0] < YIELD_SECONDS


def test_cancelled_before_it_begins_it_says_nothing(engine):
    cancel = threading.Event()
    cancel.set()
    assert engine.model.chat(ask("Hello"), cancel).text == ""


@pytest.mark.parametrize("text", ["hello", "def f(x): return x + 1", "naïve café 你好 🎉 done", "a\n\n\tb  c"])
def test_token_counts_are_those_of_the_prompt(engine, text):
    one = chat(engine, ask("a", max_tokens=1)).prompt_tokens - engine.model.count_tokens("a")
    assert chat(engine, ask(text, max_tokens=1)).prompt_tokens - engine.model.count_tokens(text) == one


@pytest.mark.essential
def test_a_shared_prefix_is_reused_and_counted(engine):
    chat(engine, ask(f"{CONTEXT}\nWhat is handler_1?", max_tokens=2))
    second = chat(engine, ask(f"{CONTEXT}\nWhat is handler_7?", max_tokens=2))
    assert second.cached_tokens >= 0.95 * second.prompt_tokens


@pytest.mark.essential
def test_json_follows_its_schema(engine):
    schema = {
        "type": "object",
        "properties": {"purpose": {"type": "string", "maxLength": 60}, "pure": {"type": "boolean"}},
        "required": ["purpose", "pure"],
        "additionalProperties": False,
    }
    result = chat(engine, ask("Describe: def f(x): return x + 1", json_schema=json.dumps(schema), max_tokens=120))
    data = json.loads(result.text)
    assert set(data) == {"purpose", "pure"}
    assert isinstance(data["pure"], bool)


@pytest.mark.essential
def test_it_stops_before_a_stop_string(engine):
    result = chat(engine, ask("Repeat exactly: one, two, three, four, five", stop=("three",), max_tokens=40))
    assert "three" not in result.text
    if engine.speaks:
        assert result.finish == "stop"
        assert "two" in result.text


@pytest.mark.essential
def test_a_prompt_that_does_not_fit_is_a_typed_error_and_harms_nothing(engine):
    with pytest.raises(ContextOverflowError, match="has room for 4096"):
        chat(engine, ask(CONTEXT * 8))
    with pytest.raises(ContextOverflowError):
        chat(engine, ask("Hello", max_tokens=4096))
    assert chat(engine, ask("Hello", max_tokens=2)).generated_tokens == 2


@pytest.mark.essential
def test_unicode_survives_in_whole_characters(engine):
    pieces: list[str] = []
    result = chat(engine, ask("Repeat exactly: Grüße 你好 🎉 done", max_tokens=30), pieces.append)
    assert "�" not in result.text
    assert all("�" not in piece for piece in pieces)
    assert not engine.speaks or "你好" in result.text


def test_the_same_request_gets_the_same_answer(engine):
    request = ask("Invent a name for a fox.", temperature=0.9, seed=7)
    chat(engine, request)  # from here on the prompt is cached alike
    assert chat(engine, request).text == chat(engine, request).text


def test_two_threads_take_turns(engine):
    results: list[ChatResult] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(chat(engine, ask(f"Count to {n}", max_tokens=6))))
        for n in (3, 4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.finish for result in results if result.finish == "cancelled"] == []
    assert len(results) == 2


def test_fifty_questions_in_a_row_leak_no_memory(engine):
    for number in range(10):
        chat(engine, ask(f"What is {number} plus one?", max_tokens=1))
    before = engine.resident_bytes()
    for number in range(50):
        chat(engine, ask(f"What is {number} plus two?", max_tokens=1))
    # Kept prompts grow by 12 KB of KV cache a token until their bound: 50 prompts of 35 tokens are 21 MB.
    assert engine.resident_bytes() - before < 48 * 1024**2


def test_an_engine_killed_in_mid_answer_is_a_typed_error_and_the_next_question_works(engine):
    if engine.kill is None:
        pytest.skip("no process that could die")
    heard = threading.Event()

    def kill_once(_piece: str) -> None:
        if not heard.is_set():
            heard.set()
            engine.kill()

    with pytest.raises(EngineDiedError, match="stopped in the middle"):
        chat(engine, ask("Tell a long story about a sleeping fox.", max_tokens=400), kill_once)
    if engine.revive:
        engine.revive()
    assert chat(engine, ask("Hello", max_tokens=2)).generated_tokens == 2


@pytest.mark.essential
def test_questions_about_one_text_together_are_answered_as_alone(engine):
    requests = [ask(f"{CONTEXT[:1000]}\n{tail}", max_tokens=6) for tail in ("Why?", "What is handler_1 for?", "How?")]
    alone = [chat(engine, request).text for request in requests]
    together = engine.model.chat_many(requests, threading.Event())
    assert [result.text for result in together] == alone
    assert engine.model.together >= 1
