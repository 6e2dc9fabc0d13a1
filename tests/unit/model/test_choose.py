"""The choice of a model follows the machine and the settings, and always has a reason."""

import pytest

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.model import EchoModel, Machine, choose_model, open_model
from sleeptime.model.choose import engine_for

GB = 10**9
MISTRAL = frozenset({"mistral-7b-instruct-v0.3"})
MISTRAL_KEY, DEFAULT_KEY = "mistral-7b-instruct-v0.3-q4_k_m", "qwen2.5-coder-1.5b-q4_k_m"


def settings(name: str = "auto") -> Settings:
    return Settings(model=ModelSettings(name=name))


@pytest.mark.parametrize(
    ("machine", "chosen", "because"),
    [
        (Machine(24 * GB, 2), "qwen2.5-coder-1.5b", "the best for 2 cores and 24.0 GB"),
        (Machine(2 * GB, 8), "qwen2.5-coder-0.5b", "the best for 8 cores and 2.0 GB"),
        (Machine(24 * GB, 8), "qwen2.5-coder-1.5b", "`sleeptime model pull mistral-7b-instruct-v0.3` (4.4 GB)"),
        (Machine(24 * GB, 8, MISTRAL), "mistral-7b-instruct-v0.3", "8 cores"),
        (Machine(24 * GB, 4, MISTRAL), "qwen2.5-coder-1.5b", "mistral-7b-instruct-v0.3 needs 6 cores."),
        (Machine(10 * GB, 8, MISTRAL), "qwen2.5-coder-1.5b", "needs 12.0 GB of free memory"),
        (Machine(24 * GB, 8, MISTRAL, 0, {MISTRAL_KEY: 2.5}), "qwen2.5-coder-1.5b", "wrote only 2.5 tokens/s here"),
        (Machine(24 * GB, 4, MISTRAL, 0, {MISTRAL_KEY: 9.0}), "mistral-7b-instruct-v0.3", "(9.0 tokens/s, measured)"),
        (Machine(24 * GB, 2, frozenset(), 0, {DEFAULT_KEY: 1.5}), "qwen2.5-coder-0.5b", "wrote only 1.5 tokens/s"),
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


def endpoint(url: str, *, allow_remote: bool = False, model: str = "m") -> Settings:
    return Settings(model=ModelSettings(endpoint=url, endpoint_model=model, allow_remote=allow_remote))


def test_auto_takes_the_configured_endpoint_first():
    opened = open_model(endpoint("http://127.0.0.1:8000/v1"))
    assert opened.model.name == "m@127.0.0.1:8000"
    assert "on this machine" in opened.reason
    opened.model.close()


def test_an_endpoint_on_another_machine_needs_the_users_leave_and_a_screen_and_the_reason_says_so():
    url = "https://api.example.com/v1"
    with pytest.raises(ModelError, match="code would be sent to it"):
        open_model(endpoint(url), screen=lambda _text: None)
    with pytest.raises(ModelError, match="Nothing screens"):
        open_model(endpoint(url, allow_remote=True))
    opened = open_model(endpoint(url, allow_remote=True), screen=lambda _text: None)
    assert "ANOTHER MACHINE" in opened.reason
    opened.model.close()


def test_an_endpoint_without_a_model_is_one_sentence():
    with pytest.raises(ModelError, match="no model there"):
        open_model(endpoint("http://127.0.0.1:1/v1", model=""))


def test_on_a_gpu_auto_takes_mistral_by_transformers_if_it_is_here_and_llama_cpp_was_not_asked_for():
    here = frozenset({"mistral-7b-instruct-v0.3-full"})
    spec, reason = choose_model(settings(), Machine(24 * GB, 8, here, gpu_free_bytes=24 * GB))
    assert spec.name == "mistral-7b-instruct-v0.3-full"
    assert "by transformers, the best for 24 GB of free GPU memory" in reason
    small_gpu = choose_model(settings(), Machine(24 * GB, 8, here, gpu_free_bytes=8 * GB))
    assert small_gpu.spec.name == "qwen2.5-coder-1.5b"
    unasked = choose_model(settings(), Machine(24 * GB, 8, gpu_free_bytes=24 * GB))
    assert unasked.spec.name == "qwen2.5-coder-1.5b"
    assert "`sleeptime model pull mistral-7b-instruct-v0.3-full` (14.5 GB)" in unasked.reason
    asked = Settings(model=ModelSettings(engine="llama.cpp"))
    assert choose_model(asked, Machine(24 * GB, 8, here, gpu_free_bytes=24 * GB)).spec.name == "qwen2.5-coder-1.5b"


def test_what_is_not_in_the_hubs_cache_names_the_command_that_brings_it():
    with pytest.raises(ModelMissingError, match=r"hf download nobody/nothing model\.gguf"):
        choose_model(settings("hub:nobody/nothing/model.gguf"))
    with pytest.raises(ModelError, match="names no model"):
        choose_model(settings("hub:nobody"))


def test_folders_and_files_choose_their_engine(tmp_path):
    auto = settings()
    assert engine_for(tmp_path / "x.gguf", auto) == "llama.cpp"
    assert engine_for(tmp_path, auto) == "transformers"
    asked = Settings(model=ModelSettings(engine="transformers"))
    assert engine_for(tmp_path / "x.gguf", asked) == "transformers"
    with pytest.raises(ModelError, match=r"llama\.cpp runs \.gguf files"):
        engine_for(tmp_path, Settings(model=ModelSettings(engine="llama.cpp")))


def test_an_embedder_cannot_be_chosen_to_answer():
    with pytest.raises(ModelError, match="cannot answer"):
        choose_model(settings("all-minilm-l6-v2"))


def test_folders_of_one_name_and_other_weights_never_share_answers(tmp_path):
    names = []
    for weights in (b"one", b"two"):
        folder = tmp_path / weights.decode() / "model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(weights)
        names.append(choose_model(settings(str(folder))).spec.key)
    assert names[0] != names[1]


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
