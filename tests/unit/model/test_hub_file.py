"""Files of the hub resume where they broke off, come through a proxy, and are refused before the first wrong byte."""

import hashlib
import threading
from pathlib import Path

import msgspec
import pytest

from fakes.hub import HOST, Hub, Proxy
from sleeptime.core.errors import DownloadError
from sleeptime.model import ModelFile, find, pull, require, spec_named
from sleeptime.model.catalog import DEFAULT, HubRepo

MIB = 1024**2
CONTENT = bytes(range(256)) * (16 * 1024)
TOY = msgspec.structs.replace(
    spec_named(DEFAULT),
    name="toy",
    files=(ModelFile("toy.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()),),
    sources=(HubRepo("toys/toy", "a" * 40),),
)


def quiet(_done: int, _total: int, _text: str) -> None:
    """A progress that nobody watches."""


@pytest.fixture
def hub(monkeypatch, tmp_path):
    proxies = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")
    for name in (*proxies, "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "SLEEPTIME_MODELS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    hub = Hub(CONTENT)
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield hub
    hub.close()


def test_a_connection_that_broke_off_is_taken_up_where_it_was(hub):
    hub.breaks_after = 3 * MIB
    assert pull(TOY, quiet, threading.Event())
    assert require(TOY).read_bytes() == CONTENT
    assert hub.ranges == ["", f"bytes={3 * MIB}-"]


def test_a_cancelled_pull_goes_on_from_what_arrived(hub):
    hub.stalls_after = 3 * MIB
    cancel = threading.Event()

    def watch(done: int, _total: int, _text: str) -> None:
        if done >= 2 * MIB:
            cancel.set()

    assert not pull(TOY, watch, cancel)
    assert find(TOY) is None
    assert pull(TOY, quiet, threading.Event())
    assert require(TOY).read_bytes() == CONTENT
    assert hub.ranges[1] in {f"bytes={arrived * MIB}-" for arrived in (2, 3)}


def test_behind_a_proxy_with_its_own_authority_it_works_once_that_is_trusted(hub, monkeypatch, tmp_path):
    certificate: Path = hub.with_certificate(tmp_path)
    proxy = Proxy(hub.server_address[1])
    proxy.start()
    monkeypatch.setenv("HF_ENDPOINT", f"https://{HOST}")
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    with pytest.raises(DownloadError, match=r"its certificate is not trusted.*SSL_CERT_FILE"):
        pull(TOY, quiet, threading.Event())
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert pull(TOY, quiet, threading.Event())
    assert require(TOY).read_bytes() == CONTENT
    assert set(proxy.asked) == {f"CONNECT {HOST}:443"}
    proxy.close()


def test_what_the_hub_has_replaced_is_refused_before_a_byte_is_fetched(hub):
    hub.content = CONTENT[::-1]
    with pytest.raises(DownloadError, match=r"the hub has another toy\.gguf now"):
        pull(TOY, quiet, threading.Event())
    assert hub.ranges == []


def test_a_model_whose_terms_nobody_accepted_says_what_to_do(hub):
    hub.gated = True
    with pytest.raises(DownloadError, match="wants its terms accepted on the model's page, and `hf auth login`"):
        pull(TOY, quiet, threading.Event())
