"""Any server that speaks OpenAI's protocol (vLLM, Ollama, llama-server, TGI, Mistral's API), by its official client."""

import asyncio
import contextlib
import http
import ipaddress
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from sleeptime.core.errors import ContextOverflowError, EngineDiedError, ModelError
from sleeptime.core.ports import ChatRequest, ChatResult, Finish, OnText, discard
from sleeptime.model.asked import defused, schema_of
from sleeptime.model.turns import its_turn

KEY_VARIABLE = "SLEEPTIME_API_KEY"
KEYRING_SERVICE = "sleeptime"
_POLL_SECONDS = 0.01
_CHARACTERS_PER_TOKEN = 3
"""Of code, on the safe side; used where the server cannot count tokens."""

Screen = Callable[[str], str | None]
"""What is secret in a text, by name, or None. This folder cannot know; whoever opens the model hands it over."""


class Endpoint(Struct, frozen=True):
    """A server. `api_key` comes from `find_key`, never from a settings file. `ca_file`: a PEM file of further
    authorities; `proxy`: an address, or "" for what the environment says.
    """

    base_url: str
    model: str
    api_key: str = ""
    context_tokens: int = 8192
    timeout_seconds: float = 120.0
    retries: int = 3
    concurrency: int = 1
    proxy: str = ""
    ca_file: str = ""

    @property
    def name(self) -> str:
        """Part of every answer's key: one model's name at two servers may be two models."""
        return f"{self.model}@{urlsplit(self.base_url).netloc.rpartition('@')[2]}"


def is_local(base_url: str) -> bool:
    """Whether the address is this machine's own. A name other than localhost is not: who resolves it may change."""
    host = urlsplit(base_url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def find_key(base_url: str) -> str:
    """The key for that server: from the environment, else from the system's keyring (service "sleeptime", account the
    server's host and port), else "".
    """
    if key := os.environ.get(KEY_VARIABLE):
        return key
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, urlsplit(base_url).netloc) or ""
    except KeyringError:  # no keyring on this machine, or it is locked
        return ""


class OpenAiModel:
    """A model behind an endpoint. The client runs on an event loop of its own, where a cancelled request closes its
    connection at once, at whatever point it is.
    """

    def __init__(self, endpoint: Endpoint, *, screen: Screen | None = None) -> None:
        """Opens no connection.

        Raises:
            ModelError: the address is no web address, or it is another machine's and nothing screens what is sent.
        """
        if urlsplit(endpoint.base_url).scheme not in ("http", "https"):
            raise ModelError(f"{endpoint.base_url} is no web address.", "Set model.endpoint to http(s)://….")
        if screen is None and not is_local(endpoint.base_url):
            raise ModelError(f"Nothing screens what would be sent to {endpoint.base_url}; it was not opened.")
        self._endpoint = endpoint
        self._screen = None if is_local(endpoint.base_url) else screen
        self._client = _client(endpoint)
        self._free = threading.Semaphore(endpoint.concurrency)
        self._can_count = True
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai-api", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The model's name and its server's."""
        return self._endpoint.name

    @property
    def context_tokens(self) -> int:
        """Prompt and answer together may not exceed this."""
        return self._endpoint.context_tokens

    def count_tokens(self, text: str) -> int:
        """By the server if it can (llama-server, vLLM), else estimated on the safe side."""
        if self._can_count:
            count = self._wait(_counted(self._client, self._endpoint, defused(text)))
            if count is not None:
                return int(count)
            self._can_count = False
        return -(-len(text) // _CHARACTERS_PER_TOKEN)

    def chat(self, request: ChatRequest, cancel: threading.Event, on_text: OnText = discard) -> ChatResult:
        """Answer as `Model.chat` says. When cancelled it returns within some 10 ms and the connection is closed.

        Raises:
            ContextOverflowError: prompt and `max_tokens` exceed `context_tokens`.
            EngineDiedError: the server cannot be reached, or broke off in the middle.
            ModelError: it refused the request, the prompt holds a secret, or the server does not follow JSON schemas.
        """
        self._check(request)
        heard = _Heard(on_text)
        with its_turn(self._free, cancel) as mine:
            if mine:
                self._follow(request, cancel, heard)
        result = heard.result(cancelled=not heard.finish)
        if request.json_schema and result.finish == "stop":
            _require_json(self.name, result.text)
        return result

    @property
    def together(self) -> int:
        """As many as the endpoint is asked at a time."""
        return self._endpoint.concurrency

    def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
        """At the same time, as far as the endpoint's concurrency allows."""
        with ThreadPoolExecutor(self.together) as threads:
            return tuple(threads.map(lambda request: self.chat(request, cancel), requests))

    def _follow(self, request: ChatRequest, cancel: threading.Event, heard: "_Heard") -> None:
        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(_stream(self._client, self._endpoint, request, events.put), self._loop)
        try:
            while not cancel.is_set() and not heard.done:
                with contextlib.suppress(queue.Empty):
                    heard.add(events.get(timeout=_POLL_SECONDS))
        finally:
            task.cancel()

    def _check(self, request: ChatRequest) -> None:
        if self._screen:
            for turn in request.messages:
                if rule := self._screen(turn.content):
                    raise ModelError(f"The prompt holds a secret ({rule}); it was not sent to another machine.")
        prompt_tokens = sum(self.count_tokens(turn.content) for turn in request.messages)
        if prompt_tokens + request.max_tokens > self.context_tokens:
            raise _overflow(self._endpoint, prompt_tokens, request.max_tokens)

    def _wait(self, work: Any) -> Any:
        if self._loop.is_closed():
            work.close()
            raise ModelError(f"{self.name} was closed.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(self._endpoint.timeout_seconds)

    def close(self) -> None:
        """Close the connections. Calling it twice is fine."""
        if self._loop.is_closed():
            return
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Piece(NamedTuple):
    """One event of a stream, in plain data."""

    text: str = ""
    finish: Finish | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0


class _End(NamedTuple):
    """The stream is over, well or with an error."""

    error: Exception | None = None


class _Heard:
    """What was streamed so far."""

    def __init__(self, on_text: OnText) -> None:
        self.finish: Finish | None = None
        self.done = False
        self._on_text = on_text
        self._pieces: list[str] = []
        self._usage = _Piece()
        self._start = time.perf_counter()
        self._first: float | None = None

    def add(self, event: _Piece | _End) -> None:
        if isinstance(event, _End):
            self.done = True
            if event.error:
                raise event.error
            return
        self.finish = event.finish or self.finish
        if event.prompt_tokens:
            self._usage = event
        if event.text:
            self._first = self._first or time.perf_counter()
            self._pieces.append(event.text)
            self._on_text(event.text)

    def result(self, *, cancelled: bool) -> ChatResult:
        now = time.perf_counter()
        first = self._first or now
        return ChatResult(
            text="".join(self._pieces),
            finish="cancelled" if cancelled else self.finish or "stop",
            prompt_tokens=self._usage.prompt_tokens,
            cached_tokens=self._usage.cached_tokens,
            generated_tokens=self._usage.generated_tokens or len(self._pieces),  # cancelled: about one a piece
            prefill_ms=(first - self._start) * 1000,
            decode_ms=(now - first) * 1000,
        )


def _client(endpoint: Endpoint) -> Any:
    import ssl

    import openai

    network: dict[str, Any] = {"proxy": endpoint.proxy} if endpoint.proxy else {}
    if is_local(endpoint.base_url):
        network = {"trust_env": False}  # a proxy of the environment has no business with this machine's own ports
    if endpoint.ca_file:
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(endpoint.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ModelError(f"The CA file {endpoint.ca_file} cannot be used: {error}.") from error
        network["verify"] = context
    return openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",  # the client wants one; local servers ignore it
        timeout=endpoint.timeout_seconds,
        max_retries=endpoint.retries,  # with exponential backoff, for what may pass: 408, 409, 429, 5xx, connections
        http_client=openai.DefaultAsyncHttpxClient(**network),
    )


async def _stream(client: Any, endpoint: Endpoint, request: ChatRequest, put: Callable[[Any], None]) -> None:
    try:
        stream = await client.chat.completions.create(**_body(endpoint, request))
        async with stream:
            async for chunk in stream:
                put(_piece(chunk))
        put(_End())
    except Exception as error:  # noqa: BLE001  # every error goes to the thread that asked
        put(_End(_typed(error, endpoint, request)))


def _body(endpoint: Endpoint, request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": turn.role, "content": defused(turn.content)} for turn in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.json_schema:
        schema = {"name": "answer", "strict": True, "schema": schema_of(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _require_json(name: str, text: str) -> None:
    """Some servers (`transformers serve`) leave out what they do not know and answer in prose."""
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ModelError(f"{name} does not follow JSON schemas: its answer is no JSON.") from error


def _piece(chunk: Any) -> _Piece:
    choice = chunk.choices[0] if chunk.choices else None
    text = (choice.delta.content or "") if choice else ""
    ended = choice.finish_reason if choice else None
    finish: Finish | None = None if not ended else "length" if ended == "length" else "stop"
    usage = chunk.usage
    if usage is None:
        return _Piece(text, finish)
    details = usage.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details else 0
    return _Piece(text, finish, usage.prompt_tokens, cached, usage.completion_tokens)


async def _counted(client: Any, endpoint: Endpoint, text: str) -> int | None:
    """llama-server and vLLM count at /tokenize beside /v1, each with its own words; each ignores the other's. None if
    the server knows no such thing.
    """
    import openai

    root = endpoint.base_url.rstrip("/").removesuffix("/v1")
    body = {"content": text, "prompt": text, "model": endpoint.model, "add_special_tokens": False}
    try:
        # Tried again: the connection taken from the pool may be one that a cancelled answer has just closed.
        said = await client.post(f"{root}/tokenize", body=body, cast_to=object, options={"max_retries": 2})
        return len(said["tokens"])
    except openai.APIConnectionError as error:
        raise _typed(error, endpoint, ChatRequest(messages=())) from error
    except (openai.OpenAIError, LookupError, TypeError, ValueError):
        return None


def _typed(error: Exception, endpoint: Endpoint, request: ChatRequest) -> Exception:
    import openai

    match error:
        case ModelError():
            return error
        case openai.APIStatusError():
            return _refusal(error.status_code, str(error.message)[:300], endpoint, request)
        case openai.APITimeoutError():
            return EngineDiedError(f"{endpoint.name} did not answer within {endpoint.timeout_seconds:.0f} s.")
        case openai.APIConnectionError():
            return EngineDiedError(f"{endpoint.name} cannot be reached, or stopped in the middle.")
        case _:
            return EngineDiedError(f"{endpoint.name} stopped in the middle: {type(error).__name__}.")


def _refusal(status: int, said: str, endpoint: Endpoint, request: ChatRequest) -> ModelError:
    if status == http.HTTPStatus.BAD_REQUEST and "context" in said.lower():
        return _overflow(endpoint, 0, request.max_tokens)
    if status in (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN):
        hint = f"Put the key into {KEY_VARIABLE}, or into the keyring (`keyring set {KEYRING_SERVICE} HOST:PORT`)."
        return ModelError(f"{endpoint.name} refused the key.", hint)
    return ModelError(f"{endpoint.name} refused the request: {said}.")


def _overflow(endpoint: Endpoint, prompt_tokens: int, max_tokens: int) -> ContextOverflowError:
    prompt = f"The prompt has about {prompt_tokens} tokens" if prompt_tokens else "The prompt is too long"
    return ContextOverflowError(
        f"{prompt} and {max_tokens} are asked for; {endpoint.name} has room for {endpoint.context_tokens}.",
        "Ask with less context, or raise model.context_tokens if the server has more.",
    )
