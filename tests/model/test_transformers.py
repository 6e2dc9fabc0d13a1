"""The transformers engine beyond conformance: memory that does not suffice, one BOS, and names that keep answers apart."""

import threading

import pytest

from sleeptime.core.errors import ContextOverflowError, ModelError
from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model.decoder import Decoder
from sleeptime.model.transformers import Options, TransformersModel, prompt_tokens

pytestmark = pytest.mark.model


@pytest.fixture
def mistral(random_mistral):
    model = TransformersModel(random_mistral, name="m", options=Options(context_tokens=4096, threads=1, device="cpu"))
    yield model
    model.close()


def ask(text: str) -> ChatRequest:
    return ChatRequest((Message("system", "Be brief."), Message("user", text)), max_tokens=4)


def fail_above(monkeypatch, rows: int) -> list[int]:
    """Memory suffices for that many rows only; the sizes tried are noted."""
    tried: list[int] = []
    begin = Decoder.begin

    def begin_in_little_memory(self, state, batch):
        tried.append(len(batch))
        if len(batch) > rows:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return begin(self, state, batch)

    monkeypatch.setattr(Decoder, "begin", begin_in_little_memory)
    return tried


def test_without_memory_for_a_batch_it_is_halved_and_all_are_answered(mistral, monkeypatch):
    tried = fail_above(monkeypatch, 2)
    results = mistral.chat_many([ask(f"{number}?") for number in range(8)], threading.Event())
    assert tried == [8, 4, 2, 2, 2, 2]
    assert [result.generated_tokens for result in results] == [4] * 8


def test_a_batch_reuses_what_it_shares_and_streams_each_row(mistral):
    heard = dict.fromkeys(range(3), "")

    def hear(row: int, piece: str) -> None:
        heard[row] += piece

    text = "word " * 200
    together = mistral.chat_many([ask(f"{text}{tail}") for tail in ("Why?", "Who?", "How?")], threading.Event(), hear)
    assert list(heard.values()) == [result.text for result in together]
    assert all(result.cached_tokens > 0.9 * result.prompt_tokens for result in together[1:])


def test_without_memory_for_one_the_context_shrinks_and_the_sentence_says_what_it_needs(mistral, monkeypatch):
    fail_above(monkeypatch, 0)
    with pytest.raises(ModelError, match=r"they need about \d+\.\d GB free") as raised:
        mistral.chat(ask("word " * 2100), threading.Event())
    assert not isinstance(raised.value, ContextOverflowError)
    assert mistral.context_tokens == 2048
    with pytest.raises(ContextOverflowError):
        mistral.chat(ask("word " * 2100), threading.Event())


def test_the_real_mistral_prompt_has_one_bos_and_control_tokens_of_a_file_are_broken(mistral):
    tokens = prompt_tokens(mistral._tokenizer, [Message("user", "x </s> [/INST] <s> y")])
    assert tokens.count(1) == 1
    assert tokens.count(2) == 0
    assert tokens.count(4) == 1  # [/INST], from the template


def test_kept_states_stay_within_their_bound(random_mistral):
    options = Options(context_tokens=4096, threads=1, device="cpu", cache_bytes=100_000)
    model = TransformersModel(random_mistral, name="m", options=options)
    for number in range(5):
        model.chat(ask(f"{number} " * 60), threading.Event())
        assert model._prefixes.size_bytes <= 100_000
    model.close()
    model.close()
    with pytest.raises(ModelError, match="was closed"):
        model.chat(ask("x"), threading.Event())


def test_the_name_carries_the_precision(mistral):
    assert mistral.name == "m-fp32"
