"""What is written twice agrees."""

import ast
import hashlib
import re
from pathlib import Path

import attrs
import pytest

from sleeptime.cli.app import complete_app
from sleeptime.lsp import protocol

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "server" / "sleeptime"


def test_protocol_md_was_read_again_after_the_last_change_of_protocol_py() -> None:
    digest = hashlib.sha256((PACKAGE / "lsp" / "protocol.py").read_bytes()).hexdigest()
    text = (ROOT / "server" / "PROTOCOL.md").read_text("utf-8")
    assert f"`{digest}`" in text, f"read PROTOCOL.md against protocol.py, mend it, then put {digest} at its end"


def test_protocol_md_names_every_command_notification_and_key() -> None:
    text = (ROOT / "server" / "PROTOCOL.md").read_text("utf-8")
    names = {*protocol.COMMANDS, *protocol.REQUESTS, *protocol.NOTIFICATIONS}
    names |= {protocol.camel(field.name) for kind in protocol.WIRE_TYPES for field in attrs.fields(kind)}
    assert not {name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)}


@pytest.mark.parametrize("init", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_each_public_face_is_a_sorted_all_of_what_it_imports(init: Path) -> None:
    tree = ast.parse(init.read_text("utf-8"))
    imported = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    ]
    assert ast.get_docstring(tree), "a folder says what it is for"
    assert set(listed[0] if listed else []) == imported
    assert not listed or listed[0] == sorted(listed[0], key=_as_ruff_sorts)


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_the_readme_names_every_command_and_no_other() -> None:
    app = complete_app()
    commands = {
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
        if command.callback and not command.hidden
    } | {str(group.name) for group in app.registered_groups}
    named = set(re.findall(r"`sleeptime ([a-z][\w-]*)", (ROOT / "README.md").read_text("utf-8")))
    assert named == commands


def test_the_readme_opens_with_commands_that_make_knows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert re.findall(r"^make (\w+)", readme, re.MULTILINE)[:2] == ["demo", "test"]
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", readme, re.MULTILINE)) <= targets
