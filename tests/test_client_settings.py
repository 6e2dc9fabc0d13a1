"""The settings in the VS Code client's package.json are the server's, and of safe scopes."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CLIENT = Path(__file__).resolve().parents[1] / "client-vscode"
EXECUTABLE = {
    "sleeptime.server.command",
    "sleeptime.server.interpreter",
    "sleeptime.server.wheels",
    "sleeptime.model.name",
    "sleeptime.model.endpoint",
}


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
