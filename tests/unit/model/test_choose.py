"""The choice of a model follows the machine and the settings, and always has a reason."""

import pytest

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.model import EchoModel, Machine, choose_model, open_model, this_machine

GB = 10**9


def settings(name: str = "auto") -> Settings:
    return Settings(model=ModelSettings(name=name))


@pytest.mark.parametrize(
    ("machine", "chosen", "because"),
    [
        (Machine(24 * GB, 2), "qwen2.5-coder-1.5b", "the best for 2 cores and 24.0 GB"),
        (Machine(2 * GB, 8), "qwen2.5-coder-0.5b", "the smallest, for 8 cores and 2.0 GB"),
        (Machine(24 * GB, 8), "qwen2.5-coder-1.5b", "sleeptime model pull mistral-7b-instruct-v0.3"),
        (Machine(24 * GB, 8, frozenset({"mistral-7b-instruct-v0.3"})), "mistral-7b-instruct-v0.3", "8 cores"),
        (Machine(24 * GB, 4, frozenset({"mistral-7b-instruct-v0.3"})), "qwen2.5-coder-1.5b", "needs 6 cores and 13 GB"),
    ],
)
def test_auto_takes_the_best_that_the_machine_carries(machine, chosen, because):
    spec, reason = choose_model(settings(), machine)
    assert spec.name == chosen
    assert reason.startswith(chosen)
    assert because in reason


def test_a_name_in_the_settings_wins_on_any_machine():
    spec, reason = choose_model(settings("qwen2.5-coder-0.5b"), Machine(64 * GB, 64))
    assert spec.name == "qwen2.5-coder-0.5b"
    assert "model.name" in reason


def test_an_embedder_cannot_be_chosen_to_answer():
    with pytest.raises(ModelError, match="cannot answer"):
        choose_model(settings("all-minilm-l6-v2"))


def test_files_of_one_name_and_other_content_never_share_answers(tmp_path):
    names = []
    for content in (b"GGUF one", b"GGUF two"):
        path = tmp_path / content.decode().split()[1] / "model.gguf"
        path.parent.mkdir()
        path.write_bytes(content)
        names.append(choose_model(settings(str(path))).spec.key)
    assert names[0].startswith("model@")
    assert names[0] != names[1]


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ModelMissingError, match=r"nowhere\.gguf cannot be read"):
        choose_model(settings(str(tmp_path / "nowhere.gguf")))


def test_a_model_that_is_not_here_names_the_command_that_brings_it(monkeypatch):
    monkeypatch.delenv("SLEEPTIME_MODELS", raising=False)
    with pytest.raises(ModelMissingError) as raised:
        open_model(settings("qwen2.5-coder-0.5b"))
    assert raised.value.message == "The model qwen2.5-coder-0.5b (491 MB) is not on this machine."
    assert raised.value.hint == "Run `sleeptime model pull qwen2.5-coder-0.5b`."


def test_echo_opens_without_weights_with_the_context_of_the_settings():
    opened = open_model(Settings(model=ModelSettings(name="echo", context_tokens=2048)))
    assert isinstance(opened.model, EchoModel)
    assert opened.model.context_tokens == 2048
    assert opened.reason.startswith("echo, as the setting")


def test_this_machine_has_memory_and_cores():
    machine = this_machine()
    assert machine.free_bytes > 0
    assert machine.cores >= 1
