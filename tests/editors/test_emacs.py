"""Emacs with Eglot, as Debian ships them, with the file that the README speaks of. It speaks utf-16 positions."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.editor, pytest.mark.timeout(240)]

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "server" / "editors" / "emacs"


@pytest.mark.skipif(
    not shutil.which("emacs"), reason="Emacs is there where apt has it: apt-get install emacs-nox elpa-eglot"
)
def test_hover_and_ask_work_in_emacs(sample, environment, server_command, artefacts):
    settings = Path(environment["XDG_CONFIG_HOME"]) / "sleeptime" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('[model]\nname = "echo"\n\n[sleep]\nconsent = "no"\n')
    variables = {
        "SLEEPTIME_CONFIG": str(CONFIG),
        "SLEEPTIME_SAMPLE": str(sample),
        "SLEEPTIME_SERVER": "\n".join(server_command),
    }
    done = subprocess.run(
        ["emacs", "-q", "--batch", "-l", HERE / "emacs" / "suite.el"],
        env=environment | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=200,
    )
    said = done.stdout + done.stderr
    (artefacts / "emacs.log").write_text(said, "utf-8")
    assert done.returncode == 0, said
