import tomllib

import pytest

from sleeptime.core.errors import SettingsError
from sleeptime.core.settings import _with_value, read_user_settings, settings_file, write_user_setting


def test_a_value_is_written_where_there_was_no_file() -> None:
    write_user_setting("sleep", "consent", "yes")
    assert read_user_settings() == {"sleep": {"consent": "yes"}}
    assert [path.name for path in settings_file().parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "before",
    [
        "# mine\n[model]\nname = 'echo' # keep\n",
        "[sleep]\nconsent = 'ask'\nthreads = 2\n[model]\nname = 'echo'\n",
        "[sleep]\n# nothing yet\n[model]\nname = 'echo'",
        "[model]\nname = 'echo'\n\n  [sleep]\n  threads = 2",
    ],
)
def test_all_else_in_the_file_stays_as_it_was(before: str) -> None:
    after = _with_value(before, "sleep", "consent", '"no"')
    wanted = tomllib.loads(before)
    wanted.setdefault("sleep", {})["consent"] = "no"
    assert tomllib.loads(after) == wanted
    kept = [line for line in before.splitlines() if "consent" not in line]
    assert [line for line in after.splitlines() if line in kept and line] == [line for line in kept if line]


@pytest.mark.parametrize("value", ["yes", 'a "quoted" \\ path', 7, -1, True])
def test_any_value_arrives(value: str | int | bool) -> None:
    write_user_setting("a", "b", value)
    assert read_user_settings() == {"a": {"b": value}}


@pytest.mark.parametrize("broken", ["[sleep\n", "sleep = { consent = 'ask' }\n"])
def test_a_file_that_cannot_be_edited_is_left_alone_and_said(broken: str) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(broken)
    with pytest.raises(SettingsError, match=r'consent = "yes" into its section \[sleep\] yourself'):
        write_user_setting("sleep", "consent", "yes")
    assert settings_file().read_text() == broken
