"""What can be said of endpoints without a server: whose machine it is, whose key, and what is never sent."""

import threading

import pytest

from sleeptime.core.errors import ContextOverflowError, EngineDiedError, ModelError
from sleeptime.core.ports import ChatRequest, Message
from sleeptime.model.openai_api import Endpoint, OpenAiModel, find_key, is_local

NOWHERE = "http://127.0.0.1:9/v1"  # the discard port, where nothing listens


def ask(text: str, **options) -> ChatRequest:
    return ChatRequest((Message("user", text),), **options)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "http://[::1]:1/v1", "http://localhost:11434/v1"])
def test_loopback_is_this_machine(url):
    assert is_local(url)


@pytest.mark.parametrize(
    "url", ["https://api.mistral.ai/v1", "http://10.0.0.2/v1", "http://localhost.example.com", "http://127.0.0.1@evil/"]
)
def test_everything_else_is_another_machine(url):
    assert not is_local(url)


def test_another_machine_is_not_opened_without_a_screen():
    with pytest.raises(ModelError, match="Nothing screens what would be sent"):
        OpenAiModel(Endpoint("https://api.example.com/v1", "m"))


def test_a_prompt_with_a_secret_never_leaves():
    model = OpenAiModel(
        Endpoint("https://api.example.com/v1", "m"), screen=lambda text: "a key" if "k3y" in text else None
    )
    with pytest.raises(ModelError, match="holds a secret"):
        model.chat(ask("k3y"), threading.Event())
    model.close()


def test_a_server_that_is_not_there_is_one_sentence():
    model = OpenAiModel(Endpoint(NOWHERE, "m", retries=0))
    with pytest.raises(EngineDiedError, match=r"m@127\.0\.0\.1:9 cannot be reached"):
        model.chat(ask("hello"), threading.Event())
    model.close()
    model.close()
    with pytest.raises(ModelError, match="was closed"):
        model.count_tokens("x")


def test_what_does_not_fit_is_not_sent(monkeypatch):
    model = OpenAiModel(Endpoint(NOWHERE, "m", context_tokens=100))
    monkeypatch.setattr(model, "_can_count", False)
    with pytest.raises(ContextOverflowError, match="has room for 100"):
        model.chat(ask("abc" * 90, max_tokens=50), threading.Event())
    model.close()


def test_no_web_address_and_a_bad_ca_file_are_refused(tmp_path):
    with pytest.raises(ModelError, match="is no web address"):
        OpenAiModel(Endpoint("ftp://x", "m"))
    with pytest.raises(ModelError, match="CA file"):
        OpenAiModel(Endpoint(NOWHERE, "m", ca_file=str(tmp_path / "none.pem")))


def test_the_key_comes_from_the_environment_then_the_keyring(monkeypatch):
    import keyring

    monkeypatch.setattr(keyring, "get_password", lambda service, account: f"{service} {account}")
    assert find_key("https://api.example.com:444/v1") == "sleeptime api.example.com:444"
    monkeypatch.setenv("SLEEPTIME_API_KEY", "from the environment")
    assert find_key("https://api.example.com/v1") == "from the environment"
    monkeypatch.delenv("SLEEPTIME_API_KEY")

    def locked(*_args):
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "get_password", locked)
    assert find_key("https://api.example.com/v1") == ""


def test_one_model_at_two_servers_never_shares_answers():
    names = {Endpoint(f"http://127.0.0.1:{port}/v1", model).name for port in (1, 2) for model in ("a", "b")}
    assert len(names) == 4
