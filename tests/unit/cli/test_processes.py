"""The commands as a person types them, against the real worker with the echo model."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sleeptime
from fakes.home import Home, own_home

FAKE_WORKER = Path(__file__).parents[2] / "fakes" / "worker_process.py"
SLEEPTIME = [sys.executable, "-P", "-m", "sleeptime"]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with own_home(monkeypatch) as home:
        home.write_settings('[model]\nname = "echo"\n')
        yield home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(
        'def greet(name):\n    """Say hello."""\n    return name\n\n\ndef main():\n    greet("x")\n'
    )
    return root


def run(home: Home, *words: str, code: int = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*SLEEPTIME, *words], env=home.env, cwd=cwd, text=True, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def plain(home: Home, *words: str, cwd: Path | None = None) -> dict:
    return json.loads(run(home, *words, "--json", cwd=cwd).stdout)


def test_index_sleep_ask_hover_and_status_work_one_after_the_other(home: Home, project: Path) -> None:
    indexed = plain(home, "index", str(project))
    assert (indexed["files"], indexed["symbols"], indexed["parsed"]) == (1, 2, 1)
    assert plain(home, "index", cwd=project)["parsed"] == 0
    slept = plain(home, "sleep", "--minutes", "1", cwd=project)
    assert slept["jobs_left"] == 0
    answer = plain(home, "ask", "Where is `greet` defined?", cwd=project)
    assert (answer["source"], answer["evidence"][0]["path"]) == ("facts", "a.py")
    hover = plain(home, "hover", f"{project}/a.py:7:5", cwd=project)
    assert "greet(name)" in hover["markdown"]
    status = plain(home, "status", "--files", cwd=project)
    assert status["worker"]["state"] == "awake"
    assert status["store"]["paths"] == ["a.py"]


def test_results_outside_a_terminal_are_plain_lines(home: Home, project: Path) -> None:
    for words in (
        ["index"],
        ["ask", "Where is `greet` defined?"],
        ["hover", "a.py:1:5"],
        ["status"],
        ["model", "list"],
    ):
        said = run(home, *words, cwd=project)
        assert said.stdout.strip()
        assert "\x1b" not in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["index", "/nowhere/at/all"], "There is no folder /nowhere/at/all."),
        (["sleep", "/nowhere/at/all"], "There is no folder /nowhere/at/all."),
        (["ask", "what?", "--repo", "/nowhere/at/all"], "There is no folder /nowhere/at/all."),
        (["status", "/nowhere/at/all"], "There is no folder /nowhere/at/all."),
        (["hover", "vanished.py:1:1"], "There is no file vanished.py."),
        (["hover", "a.py:4:1"], "Nothing is known about what stands at a.py:4:1."),
        (["hover", "a.py:99:1"], "a.py has only 8 lines."),
        (["ask", "how would it end?", "--fresh", "--model", "qwen2.5-coder-0.5b"], "is not on this machine"),
        (["sleep", "--model", "qwen2.5-coder-0.5b"], "Run `sleeptime model pull qwen2.5-coder-0.5b`."),
        (["sleep", "--model", "gpt-99"], 'There is no model named "gpt-99".'),
        (["model", "pull", "mistral-7b-instruct-v0.3"], "(4.4 GB), and nobody is here to agree. Say --yes"),
        (["model", "verify", "gpt-99"], 'There is no model named "gpt-99".'),
        (["model", "verify", "qwen2.5-coder-0.5b"], "is not on this machine"),
    ],
)
def test_what_goes_wrong_is_one_clear_sentence_and_exit_code_1(
    home: Home, project: Path, words: list[str], sentence: str
) -> None:
    said = run(home, *words, code=1, cwd=project)
    assert sentence in said.stderr
    assert said.stdout == ""
    assert len(said.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words", [["ask"], ["hover", "a.py"], ["sleep", "--minutes", "x"], ["dance"], ["model", "sing"]]
)
def test_wrong_usage_is_exit_code_2(home: Home, project: Path, words: list[str]) -> None:
    run(home, *words, code=2, cwd=project)


@pytest.mark.parametrize(
    "words",
    [
        ["index"],
        ["sleep"],
        ["ask"],
        ["hover"],
        ["status"],
        ["doctor"],
        ["serve"],
        *(["model", w] for w in ("list", "show", "pull", "verify", "remove")),
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_an_example(home: Home, words: list[str]) -> None:
    assert "sleeptime " + " ".join(words) in run(home, *words, "--help").stdout


def test_a_damaged_store_is_said_set_aside_and_made_anew(home: Home, project: Path) -> None:
    run(home, "index", cwd=project)
    home.stop_everything()
    (store,) = (home.path / "cache" / "sleeptime" / "stores").glob("*.db")
    for log in store.parent.glob("*.db-*"):
        log.unlink()
    store.write_bytes(b"no database at all " * 1000)
    said = run(home, "index", code=1, cwd=project).stderr
    assert "set aside" in said
    assert plain(home, "index", cwd=project)["parsed"] == 1
    assert len(list(store.parent.glob("*corrupt*"))) == 1


def test_bad_settings_are_named_and_the_command_goes_on(home: Home, project: Path) -> None:
    home.write_settings('[model]\nname = "echo"\n[sleep]\nconsent = "maybe"\n')
    said = run(home, "index", cwd=project)
    assert "sleeptime.sleep.consent is 'maybe'" in said.stderr


def test_a_broken_settings_file_is_one_sentence(home: Home, project: Path) -> None:
    home.write_settings("[model\n")
    assert "settings.toml cannot be read" in run(home, "index", code=1, cwd=project).stderr
    checks = {
        check["name"]: check["ok"]
        for check in json.loads(run(home, "doctor", "--json", code=1, cwd=project).stdout)["checks"]
    }
    assert not checks["settings"]
    assert checks["SQLite"]


def test_plan_gives_a_reason_for_each_thought_and_only_counts_what_needs_no_model(home: Home, project: Path) -> None:
    (project / "greetings.py").write_text("class Greeting: ...\n\n\ndef greeting_of(name): ...\n")
    plain(home, "index", str(project))
    planned = plain(home, "plan", cwd=project)
    assert planned["next"]
    assert all("s saved" in row["reason"] and row["intent"] != "where" for row in planned["next"])
    assert planned["without_model"] == planned["jobs"] - len(planned["next"]) > 0


def test_doctor_finds_all_well(home: Home, project: Path) -> None:
    assert all(check["ok"] for check in plain(home, "doctor", cwd=project)["checks"])


def test_status_starts_nothing(home: Home, project: Path) -> None:
    assert plain(home, "status", cwd=project)["worker"]["state"] == "stopped"
    assert home.processes() == []


def test_an_interrupt_ends_a_command_with_130_and_what_it_asked_for(home: Home, tmp_path: Path) -> None:
    (tmp_path / "endless").mkdir()
    subprocess.Popen([sys.executable, FAKE_WORKER, sleeptime.__version__], env=home.env)
    wait_for(home, lambda state: state == "awake")  # or the command starts a worker of its own
    sleeping = subprocess.Popen(
        [*SLEEPTIME, "sleep", tmp_path / "endless"],
        env=home.env,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,  # noqa: PLW1509  # it takes no lock that a thread might hold
    )
    wait_for(home, lambda state: state == "asleep")
    os.kill(sleeping.pid, signal.SIGINT)
    _, said = sleeping.communicate(timeout=20)
    assert sleeping.returncode == 130
    assert b"Traceback" not in said
    wait_for(home, lambda state: state == "awake")


def heed_interrupts() -> None:
    """As in a terminal: what a shell starts in the background ignores interrupts, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(home: Home, holds: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + 40
    while not holds(plain(home, "status", str(home.run))["worker"]["state"]):
        assert time.monotonic() < deadline


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_the_server_ends_when_its_input_ends(home: Home, stdin: int) -> None:
    done = subprocess.Popen([*SLEEPTIME, "serve"], env=home.env, stdin=stdin, stdout=subprocess.DEVNULL)
    if done.stdin:
        done.stdin.close()
    assert done.wait(60) == 1


def test_a_conversation_from_a_pipe_goes_on_from_the_last_answer(home: Home, project: Path) -> None:
    done = subprocess.run(
        [*SLEEPTIME, "chat", str(project)],
        env=home.env,
        input="Where is `greet` defined?\n\nand who calls it?\n/new\n/quit\nnever asked\n",
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split("`greet` is called from")
    assert "a.py:1" in first
    assert "`main`" in second
    assert "never asked" not in done.stdout


def test_ask_plain_prints_the_text_as_it_is(home: Home, project: Path) -> None:
    said = run(home, "ask", "--plain", "Where is `greet` defined?", cwd=project).stdout
    assert "`greet`" in said
    assert "a.py:1-1" in said
