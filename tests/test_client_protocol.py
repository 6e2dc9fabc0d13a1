"""client-vscode/src/protocol.ts says what server/sleeptime/lsp/protocol.py says."""

import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

import attrs
import pytest

from sleeptime.core.messages import Source, Status
from sleeptime.lsp import protocol

CLIENT = Path(__file__).resolve().parents[1] / "client-vscode"
TYPESCRIPT = (CLIENT / "src" / "protocol.ts").read_text("utf-8")


@pytest.fixture(scope="module")
def package():
    return json.loads((CLIENT / "package.json").read_text("utf-8"))


def interface(name: str) -> list[str]:
    declared = re.search(rf"export interface {name} \{{([^}}]+)\}}", TYPESCRIPT)
    assert declared, f"protocol.ts has no interface {name}"
    return re.findall(r"readonly (\w+)\??:", declared[1])


def literals(name: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", re.search(rf"export type {name} =([^;]+);", TYPESCRIPT)[1]))


@pytest.mark.parametrize("kind", protocol.WIRE_TYPES, ids=lambda kind: kind.__name__)
def test_both_sides_name_the_same_fields_in_the_same_order(kind):
    assert interface(kind.__name__) == [protocol.camel(field.name) for field in attrs.fields(kind)]


def test_both_sides_know_the_same_states_and_sources():
    assert literals("State") == set(get_args(get_type_hints(Status)["state"]))
    assert literals("Source") == set(get_args(Source))


def test_both_sides_name_commands_and_notifications_alike():
    names = {*protocol.COMMANDS, *protocol.REQUESTS, *protocol.NOTIFICATIONS, protocol.FOCUS_NOTIFICATION}
    assert set(re.findall(r"'(sleeptime[./]\w+)'", TYPESCRIPT)) == names


def test_both_sides_know_the_same_states_of_modules_and_actions():
    assert literals("Readiness") == set(get_args(get_type_hints(protocol.ModuleState)["state"]))
    assert literals("ControlAction") == set(get_args(get_type_hints(protocol.ControlArguments)["action"]))


def test_the_palettes_commands_are_not_the_servers_own(package):
    palette = {command["command"] for command in package["contributes"]["commands"]}
    assert not palette & set(protocol.COMMANDS)


def test_the_extension_starts_for_the_languages_that_it_hands_to_the_server(package):
    listed = re.search(r"LANGUAGES = \[([^\]]+)\]", (CLIENT / "src" / "languages.ts").read_text("utf-8"))
    assert package["activationEvents"] == [f"onLanguage:{language}" for language in re.findall(r"'(\w+)'", listed[1])]
