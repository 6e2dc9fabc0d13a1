from pathlib import Path

import pytest

from sleeptime.worker import machine
from sleeptime.worker.machine import WATTS_A_CORE, Machine


def test_what_this_machine_tells_is_in_range() -> None:
    told = Machine().read()
    assert 0 <= told.others_percent <= 100
    assert 0 <= told.minute_of_day < 1440


def test_own_work_is_not_that_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Machine()
    busy = here._before[1] + 3.0
    monkeypatch.setattr(machine, "_busy_seconds", lambda: busy)
    monkeypatch.setattr(here, "_own_seconds", lambda: here_own + 3.0)
    here_own = here._before[2]
    here._before = (here._before[0] - 10, *here._before[1:])
    assert here.read().others_percent == 0.0


def test_energy_is_estimated_from_processor_seconds_where_no_counter_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "RAPL", tmp_path)
    used = Machine().used()
    assert used.joules == pytest.approx(used.cpu_seconds * WATTS_A_CORE)


def test_a_counter_that_may_be_read_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for zone, value in (("intel-rapl:0", 2_000_000), ("intel-rapl:1", 1_000_000), ("intel-rapl:0:0", 9_000_000)):
        (tmp_path / zone).mkdir()
        (tmp_path / zone / "energy_uj").write_text(str(value))
    monkeypatch.setattr(machine, "RAPL", tmp_path)
    assert Machine().used().joules == 3.0
