"""Writes the server's settings into package.json between the markers; `--check` only compares.

A setting is of scope `machine` unless it stands in WORKSPACE_MAY_SET: a repository that somebody cloned must not choose
a model file, spend more of the machine, or consent to anything.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sleeptime.core.settings import settings_schema

PACKAGE_JSON = Path(__file__).resolve().parents[1] / "package.json"
START, END = "$generated-start", "$generated-end"
WORKSPACE_MAY_SET = {
    "sleeptime.actions.enabled",
    "sleeptime.answer.verbosity",
    "sleeptime.hover.enabled",
    "sleeptime.index.maxFileKb",
    "sleeptime.lens.enabled",
}


def generated_sections() -> list[dict[str, Any]]:
    """The server's settings as VS Code configuration sections, in the order of core/settings.py."""
    schema = settings_schema()
    definitions = schema["$defs"]
    top = definitions[schema["$ref"].rpartition("/")[2]]
    return [_section(name, definitions[_reference(field)]) for name, field in top["properties"].items()]


def updated(package: dict[str, Any]) -> dict[str, Any]:
    """`package` with everything between the markers made anew."""
    configuration = package["contributes"]["configuration"]
    titles = [section.get("title") for section in configuration]
    start, end = titles.index(START), titles.index(END)
    sections = [*configuration[: start + 1], *generated_sections(), *configuration[end:]]
    return {**package, "contributes": {**package["contributes"], "configuration": sections}}


def _section(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    properties = dict(_property(name, key, field) for key, field in definition["properties"].items())
    return {"title": name.capitalize(), "properties": properties}


def _property(section: str, key: str, field: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = f"sleeptime.{section}.{_camel(key)}"
    scope = "window" if name in WORKSPACE_MAY_SET else "machine"
    kind = {"type": "string"} if "enum" in field and "type" not in field else {}
    rest = {word: value for word, value in field.items() if word != "description"}
    return name, {**kind, **rest, "scope": scope, "markdownDescription": field.get("description", "")}


def _reference(field: dict[str, Any]) -> str:
    """The definition that a section points to; beside a default, msgspec wraps `$ref` into `anyOf` or `allOf`."""
    return next(_references(field)).rpartition("/")[2]


def _references(field: Any) -> Iterator[str]:
    if isinstance(field, dict):
        if isinstance(found := field.get("$ref"), str):
            yield found
        for value in field.values():
            yield from _references(value)
    elif isinstance(field, list):
        for value in field:
            yield from _references(value)


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def main() -> int:
    """Exit code 1 if `--check` finds package.json behind the schema."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if package.json is behind")
    check = parser.parse_args().check
    before = PACKAGE_JSON.read_text("utf-8")
    after = json.dumps(updated(json.loads(before)), indent=2, ensure_ascii=False) + "\n"
    if check and after != before:
        print("package.json is behind the server's settings: run client-vscode/scripts/settings.py.", file=sys.stderr)
        return 1
    if not check:
        PACKAGE_JSON.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
