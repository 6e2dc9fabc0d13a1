"""Endpoints: whose machine it is, whose key, what is never sent; retries, time-outs and concurrency on loopback."""

import contextlib
import http.server
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

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


class Server(http.server.ThreadingHTTPServer):
    """Answers with each status of `statuses` in turn, then with `text`; notes when it was asked, by how many at once."""

    daemon_threads = True

    def __init__(self, *statuses: int, text: str = "hi", seconds: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses, self.text, self.seconds = list(statuses), text, seconds
        self.asked: list[float] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def endpoint(self, **options) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.server_address[1]}/v1", "m", **options)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        server = self.server
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/tokenize"):
            self.send_error(404)
            return
        with server.lock:
            server.asked.append(time.monotonic())
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            status = server.statuses.pop(0) if server.statuses else 200
        time.sleep(server.seconds)
        with server.lock:
            server.at_once -= 1
        if status != 200:
            self.send_error(status)
            return
        choice = {"index": 0, "delta": {"content": server.text}, "finish_reason": "stop"}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        with contextlib.suppress(OSError):  # whoever asked has gone
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

    def log_message(self, *_args: object) -> None:
        """Silent."""


@contextlib.contextmanager
def opened(server: Server, **options):
    model = OpenAiModel(server.endpoint(**options))
    yield model
    model.close()
    server.shutdown()
    server.server_close()


def test_what_may_pass_is_tried_again_after_a_pause():
    server = Server(503, 429)
    with opened(server) as model:
        assert model.chat(ask("hello"), threading.Event()).text == "hi"
    first, second, third = server.asked
    assert min(second - first, third - second) > 0.2


def test_a_server_that_stays_busy_is_one_sentence_and_a_refused_key_is_not_tried_again():
    with opened(Server(503, 503, 503), retries=1) as model, pytest.raises(ModelError, match="refused the request"):
        model.chat(ask("hello"), threading.Event())
    server = Server(401)
    with opened(server) as model, pytest.raises(ModelError, match="refused the key"):
        model.chat(ask("hello"), threading.Event())
    assert len(server.asked) == 1


def test_a_server_that_does_not_answer_in_time_is_one_sentence():
    server = Server(seconds=5)
    with (
        opened(server, timeout_seconds=0.5, retries=0) as model,
        pytest.raises(EngineDiedError, match="did not answer within"),
    ):
        model.chat(ask("hello"), threading.Event())


def test_no_more_requests_are_under_way_than_allowed():
    server = Server(seconds=0.2)
    with opened(server, concurrency=2) as model, ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: model.chat(ask("hello"), threading.Event()), range(5)))
    assert server.most_at_once == 2


def test_a_server_that_ignores_the_json_schema_is_told_from_one_that_follows_it():
    asked = ask("hello", json_schema='{"type": "object"}')
    with opened(Server(text='{"a": 1}')) as model:
        assert model.chat(asked, threading.Event()).text == '{"a": 1}'
    with opened(Server(text="Sure!")) as model, pytest.raises(ModelError, match="does not follow JSON schemas"):
        model.chat(asked, threading.Event())


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
