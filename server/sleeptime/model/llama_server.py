"""The parent's side of `llama_process.py`: start it, talk HTTP to it, freeze it, end it."""

import contextlib
import http.client
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
import psutil

from sleeptime.core.errors import EngineDiedError, ModelError
from sleeptime.model.llama_process import EngineOptions, Ready

_POLL_SECONDS = 0.01
"""How often a running request looks whether it was cancelled: an Event cannot be waited for together with a socket."""

_CAN_FREEZE = hasattr(os, "fork")
"""Without fork (Windows) there is no guardian to end a frozen engine whose parent was killed, so nothing is frozen:
the closed connection stops the work after at most two batches of 32 tokens."""

_LOG_PREFIX = re.compile(r"^[\d.]+ [A-Z] \w+\s+\w+: ")
"""What llama.cpp puts before a sentence in its log: time, level, part and function."""


class LlamaServer:
    """One running engine. Its socket lives in a private folder (loopback TCP where there are no Unix sockets)."""

    def __init__(self, options: EngineOptions) -> None:
        """Start the engine and wait until its model is loaded: `options.host` and `.api_key` are chosen here.

        Raises:
            ModelError: the engine cannot load the model.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="sleeptime-engine-"))
        self._api_key = secrets.token_hex(16)
        host = str(self._folder / "engine.sock") if hasattr(socket, "AF_UNIX") else "127.0.0.1"
        options = msgspec.structs.replace(options, host=host, api_key=self._api_key)
        with (self._folder / "engine.log").open("wb") as log:
            self._process = _spawn(log)
        self._control = psutil.Process(self._process.pid)
        self._frozen = False
        self._requests = 0
        self._pausing = threading.Lock()
        self.address = self._handshake(options)

    @property
    def pid(self) -> int:
        """The engine's process, for measurements."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the engine still runs (frozen counts)."""
        return self._process.poll() is None

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Plain data for plain data.

        Raises:
            EngineDiedError: the engine is gone.
            ModelError: the engine refused the request.
        """
        with self._connected() as connection:
            try:
                return _decoded(self._send(connection, path, body))
            except (OSError, http.client.HTTPException) as error:
                raise self.died() from error

    def stream(self, path: str, body: dict[str, Any], cancel: threading.Event) -> Generator[dict[str, Any], None, None]:
        """The events of a streamed answer; close it when done. Once `cancel` is set they just end, and the engine is
        frozen.

        The frozen engine uses no CPU from that moment on. The next request thaws it; it then meets the closed
        connection after at most two batches and drops the request, and keeps what it had prefilled.

        Raises:
            EngineDiedError: the engine is gone.
            ModelError: the engine refused the request.
        """
        with self._connected() as connection, self._watch(cancel, connection.sock):
            try:
                # This waits until the engine begins, which is after what it still does for a dropped request.
                response = self._send(connection, path, {**body, "stream": True})
                if response.status != http.HTTPStatus.OK:
                    _decoded(response)
                for line in response:
                    if line.startswith(b"data: ") and not line.startswith(b"data: [DONE]"):
                        event = msgspec.json.decode(line[6:])
                        _raise_refusal(event)
                        yield event
            except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
                if not cancel.is_set():
                    raise self.died() from error

    @contextlib.contextmanager
    def _watch(self, cancel: threading.Event, connected: socket.socket) -> Iterator[None]:
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_POLL_SECONDS):
                if cancel.is_set():
                    self._freeze()
                    with contextlib.suppress(OSError):
                        connected.shutdown(socket.SHUT_RDWR)
                    return

        watcher = threading.Thread(target=watch, name="llama-cancel", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            if cancel.is_set():  # the caller noticed it between two events, before the watcher looked
                self._freeze()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        with self._awake(), contextlib.closing(_Connection(self.address)) as connection:
            try:
                connection.connect()
            except OSError as error:
                raise self.died() from error
            yield connection

    def _send(
        self, connection: http.client.HTTPConnection, path: str, body: dict[str, Any]
    ) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._api_key}"}
        connection.request("POST", path, msgspec.json.encode(body), headers)
        return connection.getresponse()

    def _freeze(self) -> None:
        """Stop the engine where it stands (0.5 ms), in the middle of a batch if need be; its memory stays. Not while
        another thread counts tokens, which would wait for ever: then the closed connection alone stops the work.
        """
        with self._pausing, contextlib.suppress(psutil.Error):
            if _CAN_FREEZE and self._requests == 1:
                self._frozen = True
                self._control.suspend()

    @contextlib.contextmanager
    def _awake(self) -> Iterator[None]:
        """The engine runs while a request is under way, and is not frozen by another's cancellation."""
        with self._pausing, contextlib.suppress(psutil.Error):
            self._requests += 1
            if self._frozen:
                self._frozen = False
                self._control.resume()
        try:
            yield
        finally:
            with self._pausing:
                self._requests -= 1

    def close(self) -> None:
        """End the engine at once; it holds nothing worth saving."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _handshake(self, options: EngineOptions) -> str:
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(msgspec.json.encode(options) + b"\n")
            self._process.stdin.flush()
            ready = msgspec.json.decode(self._process.stdout.readline(), type=Ready)
        except (OSError, msgspec.DecodeError):
            ready = Ready(error="it ended while starting")
        if ready.error:
            said = self._last_words()
            self.close()
            raise ModelError(
                f"llama.cpp could not load {options.model}: {said or ready.error}",
                "Check the file with `sleeptime model verify`.",
            )
        return ready.address.removeprefix("unix://").removeprefix("http://")

    def died(self) -> EngineDiedError:
        """The error to raise once an answer broke off; the engine is surely ended."""
        # A broken connection may come before the process has quite ended: make `alive` agree with what was seen.
        self._process.kill()
        self._process.wait()
        said = self._last_words()
        return EngineDiedError(f"The llama.cpp engine stopped in the middle{': ' + said if said else ''}.")

    def _last_words(self) -> str:
        try:
            lines = (self._folder / "engine.log").read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return _LOG_PREFIX.sub("", lines[-1])[:300] if lines else ""


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket's path, or over host:port."""

    def __init__(self, address: str) -> None:
        self._path = address if address.endswith(".sock") else ""
        super().__init__("localhost" if self._path else address)

    def connect(self) -> None:
        if not self._path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _spawn(log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Its own process group keeps a terminal's Ctrl-C away from it. `-P` keeps the working folder, which may be a
    stranger's repository, out of Python's path.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sleeptime.model.llama_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
        **_own_group(),
    )


def _decoded(response: http.client.HTTPResponse) -> Any:
    data = msgspec.json.decode(response.read())
    _raise_refusal(data)
    return data


def _raise_refusal(data: Any) -> None:
    if isinstance(data, dict) and "error" in data:
        error = data["error"]
        raise ModelError(f"llama.cpp refused the request: {error.get('message', error)}.")
