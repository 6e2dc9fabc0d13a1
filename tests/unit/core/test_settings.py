from pathlib import Path

import pytest

from sleeptime.core.errors import SettingsError
from sleeptime.core.settings import Settings, merged, parse_settings, read_user_settings, settings_file, settings_schema


def test_nothing_given_means_the_defaults() -> None:
    assert parse_settings({}) == (Settings(), ())


def test_editors_spell_settings_in_camel_case() -> None:
    settings, problems = parse_settings({"index": {"maxFileKb": 7}, "sleep": {"quiet_seconds": 5}})
    assert (settings.index.max_file_kb, settings.sleep.quiet_seconds, problems) == (7, 5, ())


def test_a_bad_value_is_named_and_only_it_is_defaulted() -> None:
    settings, (problem,) = parse_settings({"answer": {"verbosity": 9, "budgetTokens": 500}})
    assert (settings.answer.verbosity, settings.answer.budget_tokens) == (1, 500)
    assert "sleeptime.answer.verbosity is 9" in problem


def test_an_unknown_setting_or_section_is_named() -> None:
    _, problems = parse_settings({"index": {"speed": 1}, "colour": {}, "hover": 3})
    assert [name for name in ("index.speed", "colour", "hover") if any(name in p for p in problems)] == [
        "index.speed",
        "colour",
        "hover",
    ]


def test_later_layers_win_value_by_value() -> None:
    assert merged({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}, "b": 1}) == {"a": {"x": 1, "y": 3}, "b": 1}


def test_the_users_file_is_read_and_a_broken_one_is_named() -> None:
    assert read_user_settings() == {}
    path: Path = settings_file()
    path.parent.mkdir(parents=True)
    path.write_text("[hover]\nenabled = false\n")
    assert read_user_settings() == {"hover": {"enabled": False}}
    path.write_text("[hover\n")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        read_user_settings()


def test_every_setting_says_in_the_schema_what_it_means() -> None:
    sections = settings_schema()["$defs"]
    for name, section in sections.items():
        if name != "Settings":
            assert all(field.get("description") for field in section["properties"].values()), name
