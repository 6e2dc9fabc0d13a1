"""The options of `make bench-answers` that save hours, on a small shop with the echo model."""

from pathlib import Path

import pytest

from bench.bench_answers import copy_store, options, slept_store, wanted_of
from fakes.git import write
from fakes.shop import FILES
from sleeptime.cli.compare import EVERY_ARM, run_comparison
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.report import Comparison, Question
from sleeptime.store import open_reader, open_writer

ECHO = Settings(model=ModelSettings(name="echo"))
QUESTION = Question("What is a cart for?", "1", evidence_files=("shop/cart.py",), identifiers=("lines",), set="shop")


def compared(root: Path, *arguments: str) -> Comparison:
    """What the benchmark measures, once the repository is there."""
    write(root, FILES)
    given = options(["eval", "--sleep-minutes", "0.05", *arguments])
    if given.slept_store:
        copy_store(given.slept_store, slept_store(root, ECHO, given.sleep_minutes))
    return run_comparison([QUESTION], root, ECHO, wanted_of(given, ECHO, root.with_suffix(".rows.jsonl")))


def jobs(root: Path) -> int:
    store = open_reader(slept_store(root, ECHO, 0.05))
    assert store is not None
    with store:
        return store.ledger.totals()["job", "sleep"].count


def test_an_arm_that_is_left_out_is_neither_asked_nor_slept_for(tmp_path: Path) -> None:
    comparison = compared(tmp_path / "shop", "--without", "blind", "--without", "closed book")
    assert {figure.arm for figure in comparison.figures} == set(EVERY_ARM) - {"blind", "closed book"}
    assert set(comparison.about.slept) == {"sleep"}
    assert not slept_store(tmp_path / "shop", ECHO, 0.05).with_name("blind-echo.db").exists()


def test_minutes_that_a_store_has_had_elsewhere_are_not_slept_again(tmp_path: Path) -> None:
    compared(tmp_path / "one" / "shop", "--without", "blind")
    slept = slept_store(tmp_path / "one" / "shop", ECHO, 0.05)
    begun_with = ("--repository", "flask", "--slept-store", str(slept), "--without", "blind")
    comparison = compared(tmp_path / "two" / "shop", *begun_with)
    assert jobs(tmp_path / "two" / "shop") == jobs(tmp_path / "one" / "shop") > 0
    assert "answers kept" in comparison.about.slept["sleep"]
    assert any(figure.arm == "sleep" and figure.sleep_tokens > 0 for figure in comparison.figures)


def test_a_copy_holds_what_is_still_in_the_stores_log(tmp_path: Path) -> None:
    with open_writer(tmp_path / "old.db") as store:
        store.set_meta("slept", "long")
        copy_store(tmp_path / "old.db", tmp_path / "far" / "new.db")
    copy = open_reader(tmp_path / "far" / "new.db")
    assert copy is not None
    with copy:
        assert copy.meta("slept") == "long"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--repository", "flask"],
        ["--repository", "flask", "--repository", "requests"],
        ["--repository", "flask", "--sleep-minutes", "0"],
    ],
    ids=["no such file", "two repositories", "no sleep"],
)
def test_a_store_that_cannot_be_begun_with_is_refused_before_anything_is_fetched(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "slept.db"
    if len(arguments) > 2:
        store.touch()
    with pytest.raises(SystemExit):
        options(["eval", "--slept-store", str(store), *arguments])
    assert "--slept-store needs a file" in capsys.readouterr().err
