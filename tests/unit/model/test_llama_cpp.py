"""What can be said of the llama.cpp engine without weights: what it is sent, and what it makes of the events."""

import json

import pytest

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.ports import ChatRequest, Message, discard
from sleeptime.model.llama_cpp import LlamaCppModel, _completion, _Transcript


def test_a_schema_is_sent_as_an_object_and_nonsense_is_refused():
    schema = {"type": "object"}
    request = ChatRequest(messages=(Message("user", "?"),), json_schema=json.dumps(schema), stop=("x",))
    body = _completion(request, [1, 2])
    assert body["json_schema"] == schema
    assert body["stop"] == ["x"]
    with pytest.raises(ModelError, match="not a JSON object"):
        _completion(ChatRequest(messages=(), json_schema='"nonsense"'), [])


def test_events_become_a_result_with_its_price():
    transcript = _Transcript(100, discard)
    transcript.add({"tokens_predicted": 0, "content": "", "stop": False, "prompt_progress": {"cache": 90}})
    transcript.add({"tokens_predicted": 1, "content": "Hel", "stop": False})
    transcript.add({"tokens_predicted": 2, "content": "lo", "stop": False})
    stopped = transcript.result("cancelled")
    assert (stopped.text, stopped.finish, stopped.cached_tokens, stopped.generated_tokens) == (
        "Hello",
        "cancelled",
        90,
        2,
    )
    timings = {"cache_n": 92}
    transcript.add({"tokens_predicted": 3, "content": "", "stop": True, "stop_type": "limit", "timings": timings})
    assert transcript.finish == "length"
    result = transcript.result("length")
    assert (result.prompt_tokens, result.cached_tokens, result.generated_tokens) == (100, 92, 3)


def test_a_file_that_is_no_gguf_is_refused_before_an_engine_starts(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"MZ something else")
    with pytest.raises(ModelError, match="is not a GGUF file"):
        LlamaCppModel(path, name="x", context_tokens=1024, threads=1)
    with pytest.raises(ModelMissingError, match="cannot be read"):
        LlamaCppModel(tmp_path / "nowhere.gguf", name="x", context_tokens=1024, threads=1)
