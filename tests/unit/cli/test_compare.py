"""The whole command on a small shop, with the echo model."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from fakes.shop import FILES
from sleeptime.cli.app import complete_app
from sleeptime.cli.compare import EVERY_ARM


@pytest.fixture
def shop_folder(tmp_path):
    root = tmp_path / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def write(path, *questions):
    path.write_text("".join(json.dumps(question) + "\n" for question in questions))
    return str(path)


def run(*arguments):
    return CliRunner().invoke(complete_app(), ["compare", *map(str, arguments)])


def test_every_arm_answers_about_a_repository_and_the_second_run_measures_nothing(tmp_path, shop_folder):
    questions = write(
        tmp_path / "shop.jsonl",
        {"question": "Who calls `price_of`?", "evidence_files": ["shop/cart.py"], "identifiers": ["total"]},
        {"question": "What is a cart for?", "evidence_files": ["shop/cart.py"], "identifiers": ["lines"]},
    )
    given = [questions, "--repo", shop_folder, "--model", "echo", "--sleep-minutes", "0.05", "--out", tmp_path / "out"]
    result = run(*given)
    assert result.exit_code == 0, result.output
    rows = (tmp_path / "out" / "rows.jsonl").read_text()
    assert {json.loads(line)["arm"] for line in rows.splitlines()} == set(EVERY_ARM)
    assert "shop 2 of 2" in result.output
    assert (tmp_path / "out" / "comparison.html").read_text().count("<svg") >= 4
    again = run(*given, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout, parse_constant=pytest.fail)["about"]["questions"] == {"shop": [2, 2]}
    assert (tmp_path / "out" / "rows.jsonl").read_text() == rows


def test_questions_with_a_context_need_no_repository(tmp_path):
    questions = write(tmp_path / "gsm.jsonl", {"question": "How many?", "context": "Ann has 12.", "answer": "#### 12"})
    result = run(
        questions, "--model", "echo", "--verbosity", 0, "--verbosity", 4, "--samples", 2, "--out", tmp_path / "o"
    )
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "o" / "comparison.json").read_text())
    assert {(row["arm"], row["verbosity"]) for row in found["figures"]} == {
        (arm, verbosity) for arm in ("closed book", "raw context", "sleep", "sleep + raw") for verbosity in (0, 4)
    }
    assert {row["k"] for row in found["pass_at_k"]} == {1, 2}


def test_an_arm_that_does_not_exist_is_named(tmp_path):
    result = run(write(tmp_path / "q.jsonl", {"question": "?"}), "--arm", "magic")
    assert "no arm 'magic'" in str(result.exception)
