"""What is told of the machine: measured now, and the same before and after an engine was loaded."""

import os
import subprocess
import sys

import pytest

from sleeptime.core.settings import Settings, SleepSettings
from sleeptime.model import Speed, this_machine
from sleeptime.model.bench import remember
from sleeptime.model.machine import engine_threads

MIB = 1024**2


def test_it_has_memory_and_cores_and_knows_what_was_measured_with_these_threads():
    settings = Settings(sleep=SleepSettings(threads=3))
    remember(Speed("qwen2.5-coder-1.5b-q4_k_m", 1000, 50.0, 12.5, 900.0, 90.0, 990, 10**9, threads=3))
    machine = this_machine(settings)
    assert machine.free_bytes > 0
    assert machine.cores >= 1
    assert machine.rates == {"qwen2.5-coder-1.5b-q4_k_m": 12.5}
    assert this_machine().rates == {}
    assert engine_threads(settings) == 3


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_memory_of_all_gpus_counts_and_so_does_what_our_own_engine_holds(tmp_path, monkeypatch):
    engine = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    tool = tmp_path / "nvidia-smi"
    tool.write_text(
        "#!/bin/sh\n"
        f'case "$1" in *compute*) echo "{engine.pid}, 700"; echo "1, 900"; echo "{engine.pid}, [N/A]";;'
        " *) echo 1000; echo 24000;; esac\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert this_machine().gpu_free_bytes == 25700 * MIB
    engine.communicate(b"\n")
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert this_machine().gpu_free_bytes == 0
