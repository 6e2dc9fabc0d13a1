"""A measurement asks twice about one text, and is remembered by model, threads and machine."""

import platform

from msgspec.structs import replace

from sleeptime.model import EchoModel, Speed, measure, measured_speed, remember
from sleeptime.model.bench import speeds_file

SPEED = Speed("m", 1000, 50.0, 10.0, 900.0, 90.0, 990, 10**9, threads=2, measured_at=1.0)


def test_the_second_question_reuses_the_text():
    speed = measure(EchoModel(seconds_per_token=0.001), prompt_tokens=200, threads=3)
    assert speed.model == "echo"
    assert speed.prompt_tokens > 200
    assert speed.reused_tokens > 200
    assert speed.decode_tokens_per_second > 0
    assert speed.memory_bytes > 0
    assert speed.threads == 3


def test_what_was_measured_is_remembered_by_model_threads_and_machine(monkeypatch):
    assert measured_speed("m", 2) is None
    remember(SPEED)
    remember(replace(SPEED, model="n"))
    remember(replace(SPEED, decode_tokens_per_second=12.0))
    assert measured_speed("m", 2) == replace(SPEED, decode_tokens_per_second=12.0)
    assert measured_speed("m", 1) is None
    monkeypatch.setattr(platform, "node", lambda: "another machine")
    assert measured_speed("m", 2) is None


def test_a_damaged_memory_is_no_memory_and_is_replaced():
    remember(SPEED)
    speeds_file().write_bytes(b"{")
    assert measured_speed("m", 2) is None
    remember(SPEED)
    assert measured_speed("m", 2) == SPEED


def test_it_says_how_long_reading_and_writing_take():
    assert SPEED.seconds(100, 20) == 4.0
    assert replace(SPEED, prefill_tokens_per_second=0.0).seconds(100, 20) == 2.0
