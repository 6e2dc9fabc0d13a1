"""What the VS Code client and the server both write down agrees: settings, states, sources, languages."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

from sleeptime.core.messages import Source, Status

CLIENT = Path(__file__).resolve().parents[1] / "client-vscode"
PROTOCOL = (CLIENT / "src" / "protocol.ts").read_text("utf-8")
EXECUTABLE = {"sleeptime.server.command", "sleeptime.server.interpreter", "sleeptime.model.name"}


@pytest.fixture
def package() -> dict[str, Any]:
    return json.loads((CLIENT / "package.json").read_text("utf-8"))


@pytest.fixture
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("client_settings", CLIENT / "scripts" / "settings.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def properties(package: dict[str, Any]) -> dict[str, Any]:
    sections = package["contributes"]["configuration"]
    return {name: field for section in sections for name, field in section.get("properties", {}).items()}


def literals_of(name: str) -> set[str]:
    declared = re.search(rf"export type {name} =([^;]+);", PROTOCOL)
    return set(re.findall(r"'(\w+)'", declared[1]))


def test_package_json_holds_the_settings_of_the_servers_schema(package, generator):
    assert generator.updated(package) == package, "run client-vscode/scripts/settings.py"


def test_a_setting_is_the_persons_own_unless_it_is_listed_as_harmless(package, generator):
    open_to_workspaces = {name for name, field in properties(package).items() if field["scope"] != "machine"}
    assert open_to_workspaces == generator.WORKSPACE_MAY_SET | {"sleeptime.trace.server"}


def test_what_names_a_program_or_a_model_is_restricted_in_an_untrusted_folder(package):
    assert set(package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]) == EXECUTABLE
    assert {properties(package)[name]["scope"] for name in EXECUTABLE} == {"machine"}


def test_every_setting_has_a_default_and_a_description(package):
    for name, field in properties(package).items():
        assert "default" in field, name
        assert field["markdownDescription"], name


def test_the_client_knows_the_servers_states_and_sources():
    assert literals_of("State") == set(get_args(get_type_hints(Status)["state"]))
    assert literals_of("Source") == set(get_args(Source))


def test_the_extension_starts_for_the_languages_that_the_client_hands_to_the_server(package):
    listed = re.search(r"LANGUAGES = \[([^\]]+)\]", PROTOCOL)
    assert package["activationEvents"] == [f"onLanguage:{language}" for language in re.findall(r"'(\w+)'", listed[1])]


def test_the_palettes_commands_are_not_the_servers_own(package):
    palette = {command["command"] for command in package["contributes"]["commands"]}
    server = set(re.findall(r"'(sleeptime\.\w+)'", re.search(r"ServerCommand = \{([^}]+)\}", PROTOCOL)[1]))
    assert server == {"sleeptime.ask", "sleeptime.explainModule"}
    assert not palette & server
