import threading

from sleeptime.core.ports import ChatRequest
from sleeptime.model import EchoModel
from sleeptime.report.arms import Mind
from sleeptime.report.compare import Try
from sleeptime.report.contexts import context_arms
from sleeptime.report.questions import Question

CONTEXT = "Ann has 3 bags of 4 apples."
QUESTION = Question("How many apples?", context=CONTEXT, answer=12)


def arms(drafts=1):
    prompts: list[ChatRequest] = []

    def reply(request: ChatRequest) -> str:
        prompts.append(request)
        return "3 x 4 = 12 apples" if "Think ahead" in request.messages[-1].content else "12"

    model = EchoModel(reply)
    mind = Mind(lambda: model, "echo", threading.Event())
    return {arm.name: arm for arm in context_arms(mind, drafts)}, prompts


def test_asleep_the_context_is_thought_about_once_and_awake_only_the_notes_are_read():
    by_name, prompts = arms()
    for verbosity in (0, 4):
        assert by_name["sleep"].answer(QUESTION, Try(verbosity)).text == "12"
    asked = [request.messages[-1].content for request in prompts]
    assert len(asked) == 3
    assert "Think ahead" in asked[0]
    assert all(CONTEXT not in prompt and "3 x 4 = 12" in prompt for prompt in asked[1:])


def test_what_sleep_cost_stands_beside_each_answer():
    one, three = (arms(drafts)[0]["sleep"].answer(QUESTION, Try()).sleep_tokens for drafts in (1, 3))
    assert 0 < one < three


def test_the_closed_book_sees_nothing_and_the_raw_arm_the_context():
    by_name, prompts = arms()
    by_name["closed book"].answer(QUESTION, Try())
    by_name["raw context"].answer(QUESTION, Try(sample=2))
    assert CONTEXT not in prompts[0].messages[-1].content
    assert CONTEXT in prompts[1].messages[-1].content
    assert prompts[1].temperature > 0 == prompts[0].temperature
