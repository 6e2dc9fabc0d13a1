import threading

import pytest

from fakes.clock import FixedClock
from fakes.shop import ADD, CLASS, MODULE, shop
from sleeptime.core.errors import ContextOverflowError
from sleeptime.core.ports import ChatRequest
from sleeptime.core.types import Target
from sleeptime.index import still_holds
from sleeptime.model import EchoModel
from sleeptime.sleep.write import Writer, Written

SOUND = "`Cart.add` puts `count` of `sku` into `lines`. It raises `ValueError`."


class Script:
    """Replies in turn, and remembers what was asked."""

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)
        self.requests: list[ChatRequest] = []

    def __call__(self, request: ChatRequest) -> str:
        self.requests.append(request)
        return self.replies.pop(0)


def write(script: Script, target: Target = ADD, intent: str = "purpose", **model: int) -> Written:
    return Writer(shop(), EchoModel(script, **model), FixedClock()).write(target, intent, threading.Event())


def test_a_sound_text_is_kept_with_its_question_evidence_and_price() -> None:
    answer = write(Script(SOUND)).answer
    assert answer is not None
    assert (answer.text, answer.question, answer.gates.names) == (SOUND, "What is `Cart.add` for?", 1.0)
    assert answer.code_hash == shop().code_hash(ADD)
    assert answer.generated_tokens > 0
    assert all(still_holds(evidence, shop().lines(evidence.path)) for evidence in answer.evidence)


def test_names_that_do_not_exist_are_shown_to_the_model_once() -> None:
    script = Script("`Cart.add` calls `reserve_stock`.", SOUND)
    answer = write(script).answer
    assert answer is not None
    assert answer.text == SOUND
    assert "`reserve_stock`" in script.requests[1].messages[-1].content


def test_after_the_retry_only_sound_sentences_are_kept() -> None:
    answer = write(Script("It calls `reserve_stock`.", f"{SOUND} It calls `reserve_stock`.")).answer
    assert answer is not None
    assert answer.text == SOUND


def test_a_text_without_one_sound_sentence_is_not_kept_and_the_reason_is_given() -> None:
    written = write(Script("It calls `reserve_stock`.", "It calls `reserve_stock`."))
    assert (written.answer, written.reason) == (None, "no sentence passed the gates (names 1)")
    assert written.cost.generated_tokens > 0


def test_prompts_about_one_module_begin_alike_so_that_the_engine_computes_that_once() -> None:
    script = Script(SOUND, SOUND, SOUND)
    for target in (ADD, CLASS, MODULE):
        write_with = Writer(shop(), EchoModel(script), FixedClock())
        write_with.write(target, "purpose", threading.Event())
    systems = {request.messages[0].content for request in script.requests}
    users = [request.messages[1].content for request in script.requests]
    assert len(systems) == 1
    shared = users[0][: users[0].index("```")]
    assert "shop/cart.py" in shared
    assert all(user.startswith(shared) for user in users)


def test_a_thought_that_is_cancelled_keeps_nothing() -> None:
    cancel = threading.Event()
    cancel.set()
    written = Writer(shop(), EchoModel(Script(SOUND)), FixedClock()).write(ADD, "purpose", cancel)
    assert (written.answer, written.cancelled) == (None, True)


def test_code_that_changed_since_it_was_indexed_is_not_written_about() -> None:
    sources = shop()
    sources.outlines.files["shop/cart.py"] = b"# gone\n"  # type: ignore[attr-defined]
    written = Writer(sources, EchoModel(Script(SOUND)), FixedClock()).write(ADD, "purpose", threading.Event())
    assert (written.answer, written.reason) == (None, "the code changed meanwhile")


def test_a_prompt_that_does_not_fit_is_a_typed_error() -> None:
    with pytest.raises(ContextOverflowError):
        write(Script(SOUND), context_tokens=50)


def test_a_retry_that_is_worse_than_the_first_answer_is_not_kept() -> None:
    answer = write(Script(f"{SOUND} It calls `reserve_stock`.", "It calls `reserve_stock`.")).answer
    assert answer is not None
    assert answer.text == SOUND
