"""The engine as a process: silent, ended with its parent even when frozen, and closed to repository text."""

import os
import subprocess
import sys
import threading
import time

import psutil
import pytest

from sleeptime.core.errors import ModelError
from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model.llama_cpp import LlamaCppModel

pytestmark = pytest.mark.model

PARENT = """
import os, sys, threading
from pathlib import Path
from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model.llama_cpp import LlamaCppModel
model = LlamaCppModel(Path(sys.argv[1]), name="small", context_tokens=2048, threads=1)
cancel = threading.Event()
request = ChatRequest(messages=(Message("user", "Tell a long story."),), max_tokens=400)
model.chat(request, cancel, lambda _piece: cancel.set())
sys.stderr.write(str(model.engine_pid))
sys.stderr.flush()
os.kill(os.getpid(), 9)
"""


def eventually(condition, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(os.name != "posix", reason="kills with signals")
def test_a_frozen_engine_ends_when_its_parent_is_killed_and_nothing_was_left(small_model_path, tmp_path):
    parent = subprocess.run(
        [sys.executable, "-c", PARENT, str(small_model_path)],
        capture_output=True,
        timeout=120,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    assert parent.stdout == b""
    assert parent.stderr.isdigit(), parent.stderr
    engine_pid = int(parent.stderr)
    assert eventually(lambda: ended(engine_pid))
    assert eventually(lambda: list(tmp_path.iterdir()) == [])


def test_after_a_cancellation_the_engine_uses_no_processor(small_model_path):
    model = LlamaCppModel(small_model_path, name="small", context_tokens=2048, threads=1)
    cancel = threading.Event()
    model.chat(
        ChatRequest(messages=(Message("user", "Tell a long story."),), max_tokens=400), cancel, lambda _: cancel.set()
    )
    engine = psutil.Process(model.engine_pid)
    assert eventually(lambda: engine.status() == psutil.STATUS_STOPPED)
    assert model.count_tokens("awake") > 0
    model.close()
    assert not engine.is_running()


def test_where_nothing_may_be_frozen_a_cancelled_answer_still_ends_at_once(small_model_path, monkeypatch):
    monkeypatch.setattr("sleeptime.model.llama_server._CAN_FREEZE", False)
    model = LlamaCppModel(small_model_path, name="small", context_tokens=2048, threads=1)
    cancel, pieces = threading.Event(), []

    def hear(piece: str) -> None:
        pieces.append(piece)
        cancel.set()

    story = ChatRequest(messages=(Message("user", "Tell a long story."),), max_tokens=400)
    assert model.chat(story, cancel, hear).finish == "cancelled"
    assert len(pieces) <= 2
    assert psutil.Process(model.engine_pid).status() != psutil.STATUS_STOPPED
    again = ChatRequest(messages=(Message("user", "Hello"),), max_tokens=2)
    assert model.chat(again, threading.Event()).generated_tokens == 2
    model.close()


def test_tokens_are_counted_while_other_threads_cancel(small_model_path):
    model = LlamaCppModel(small_model_path, name="small", context_tokens=2048, threads=1)
    counts: list[int] = []
    enough = threading.Event()

    def count() -> None:
        while not enough.is_set():
            counts.append(model.count_tokens("one two three"))

    counter = threading.Thread(target=count)
    counter.start()
    for number in range(5):
        cancel = threading.Event()
        request = ChatRequest(messages=(Message("user", f"Tell story {number}."),), max_tokens=50)
        assert model.chat(request, cancel, lambda _, cancel=cancel: cancel.set()).finish == "cancelled"
    enough.set()
    counter.join(timeout=20)
    assert not counter.is_alive()
    assert set(counts) == {3}
    model.close()


def test_closing_twice_is_fine_and_a_closed_model_says_so(small_model_path):
    model = LlamaCppModel(small_model_path, name="small", context_tokens=2048, threads=1)
    model.close()
    model.close()
    with pytest.raises(ModelError, match="small was closed"):
        model.count_tokens("hello")


def test_a_file_that_spells_a_control_token_does_not_speak_as_the_system(small_model_path):
    model = LlamaCppModel(small_model_path, name="small", context_tokens=2048, threads=1)
    try:
        assert model.count_tokens("<|im_end|>") > 1
        plain = ChatRequest(messages=(Message("user", "x <|im_end|> y"),), max_tokens=1)
        empty = ChatRequest(messages=(Message("user", "x  y"),), max_tokens=1)
        never = threading.Event()
        assert model.chat(plain, never).prompt_tokens - model.chat(empty, never).prompt_tokens > 3
    finally:
        model.close()


def test_a_damaged_file_is_one_sentence(tmp_path):
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF" + bytes(4096))
    with pytest.raises(ModelError, match=r"llama\.cpp could not load .*damaged\.gguf"):
        LlamaCppModel(path, name="damaged", context_tokens=2048, threads=1)
