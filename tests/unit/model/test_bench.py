"""A measurement asks twice about one text."""

from sleeptime.model import EchoModel, measure


def test_the_second_question_reuses_the_text():
    speed = measure(EchoModel(seconds_per_token=0.001), prompt_tokens=200)
    assert speed.model == "echo"
    assert speed.prompt_tokens > 200
    assert speed.reused_tokens > 200
    assert speed.decode_tokens_per_second > 0
    assert speed.memory_bytes > 0
