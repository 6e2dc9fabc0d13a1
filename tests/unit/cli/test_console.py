"""Progress where nobody has a terminal."""

import pytest

from sleeptime.cli.console import progress


@pytest.mark.parametrize(("line_seconds", "said"), [(0.0, 0), (3600.0, 1)])
def test_a_log_gets_a_line_now_and_then_if_that_was_asked_for(capsys, line_seconds, said):
    with progress("Comparing", line_seconds=line_seconds) as report:
        for done in range(3):
            report(done, 9, "sleep: What is [this] for?")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Comparing 0 s 0/9 sleep: What is [this] for?"] * said
