"""The transformers engine without weights: one BOS, templates without system text, memory that does not suffice."""

import pytest
import torch
from jinja2 import TemplateError

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.ports import Message
from sleeptime.model.transformers import is_out_of_memory, prompt_tokens
from sleeptime.model.weights import _bitsandbytes, _how, load

BOS = 1
TURNS = (Message("system", "s"), Message("user", "u"))


class Tokenizer:
    """Writes the BOS `bos_count` times; `adds_bos` is what calling it does."""

    bos_token_id = BOS

    def __init__(self, bos_count: int, *, adds_bos: bool, knows_system: bool = True) -> None:
        self._bos_count, self._adds_bos, self._knows_system = bos_count, adds_bos, knows_system

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [BOS] * self._adds_bos + [ord(letter) for letter in text]}

    def apply_chat_template(self, turns, **_options) -> list[int]:
        if not self._knows_system and turns[0]["role"] == "system":
            raise TemplateError
        return [BOS] * self._bos_count + [ord(letter) for turn in turns for letter in turn["content"]]


@pytest.mark.parametrize(("bos_count", "adds_bos"), [(0, True), (1, False), (1, True), (2, True)])
def test_a_prompt_has_exactly_one_bos(bos_count, adds_bos):
    assert prompt_tokens(Tokenizer(bos_count, adds_bos=adds_bos), TURNS) == [BOS, ord("s"), ord("u")]


def test_a_model_without_bos_gets_none():
    assert prompt_tokens(Tokenizer(0, adds_bos=False), TURNS) == [ord("s"), ord("u")]


def test_a_template_without_system_text_gets_it_in_the_first_turn():
    tokens = prompt_tokens(Tokenizer(1, adds_bos=False, knows_system=False), TURNS)
    assert "".join(map(chr, tokens[1:])) == "s\n\nu"


def test_small_weights_need_a_gpu_and_the_sentence_says_so():
    with pytest.raises(ModelError, match="4bit weights need a CUDA GPU"):
        _bitsandbytes("cpu", "4bit", None)


@pytest.mark.parametrize(
    ("device", "gpu_has_bf16", "precision", "dtype"),
    [
        ("cpu", False, "fp32", torch.float32),
        ("mps", False, "fp16", torch.float16),
        ("cuda", True, "bf16", torch.bfloat16),
        ("cuda", False, "fp16", torch.float16),
    ],
)
def test_the_precision_is_the_devices_best(monkeypatch, device, gpu_has_bf16, precision, dtype):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: gpu_has_bf16)
    assert _how(device, "none") == (precision, {"dtype": dtype})


def test_several_gpus_share_the_layers(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert _how("cuda", "none")[1]["device_map"] == "auto"
    assert "device_map" not in _how("mps", "none")[1]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ModelMissingError, match="There is no model at"):
        load(tmp_path / "nowhere")


def test_out_of_memory_is_known_by_type_or_words():
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
