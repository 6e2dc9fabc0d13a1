"""Settings: frozen, defaulted, documented with units, checked once at the edge.

They come, later ones winning, from the user's file (`settings.toml` in the configuration directory) and from the
editor (`initializationOptions`, section `sleeptime`). A bad value is reported by name and its default is used.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from platformdirs import user_config_path

from sleeptime.core.errors import SettingsError


class IndexSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which files are read."""

    max_file_kb: Annotated[int, Meta(ge=1, description="Larger files are skipped (KiB).")] = 1024
    processes: Annotated[
        int,
        Meta(ge=0, description="Processes that parse at once; 0 means one per core, at most 6. All have low priority."),
    ] = 0


class StoreSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How much is kept on the disk."""

    max_gb: Annotated[
        float,
        Meta(gt=0, description="A repository's store is kept under this size (GB); the least used is dropped first."),
    ] = 2


class SleepSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """When and how much the model thinks while nobody asks."""

    consent: Annotated[
        Literal["ask", "yes", "no"],
        Meta(description="Whether Sleeptime may think while you are away: ask once, yes, or no."),
    ] = "ask"
    quiet_seconds: Annotated[int, Meta(ge=0, description="Seconds without activity before sleep begins.")] = 60
    threads: Annotated[int, Meta(ge=0, description="CPU threads the model may use; 0 means half the cores.")] = 0
    niceness: Annotated[
        int,
        Meta(
            ge=0,
            le=19,
            description="How much the model's process gives way to other programs: 0 not at all, 19 wherever it can. "
            "Of a model that transformers runs, only the worker's own (5) counts.",
        ),
    ] = 10
    hours: Annotated[
        str,
        Meta(
            pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
            description="Sleep only between these times of day, such as 22:00-07:00; empty means at any time.",
        ),
    ] = ""
    busy_percent: Annotated[
        int,
        Meta(ge=1, le=100, description="Sleep waits while other programs use more of the processors than this (%)."),
    ] = 50
    only_on_mains: Annotated[bool, Meta(description="Sleep only while the machine is plugged in.")] = True
    min_battery_percent: Annotated[
        int, Meta(ge=0, le=100, description="With onlyOnMains off: no sleep below this charge (%).")
    ] = 40
    budget_minutes: Annotated[int, Meta(ge=0, description="Minutes of sleep a day; 0 means no limit.")] = 0
    budget_tokens: Annotated[int, Meta(ge=0, description="Tokens read and written asleep a day; 0 means no limit.")] = 0
    budget_watt_hours: Annotated[
        float, Meta(ge=0, description="Energy for sleep a day (watt-hours, estimated); 0 means no limit.")
    ] = 0.0


class ModelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which model thinks."""

    name: Annotated[
        str,
        Meta(
            description="A name of `sleeptime model list`, a path to a .gguf file or to a folder of the hub's form, "
            '"hub:OWNER/NAME" or "hub:OWNER/NAME/FILE.gguf" in the hub\'s cache, or "auto".'
        ),
    ] = "auto"
    context_tokens: Annotated[int, Meta(ge=1024, description="Context length to allocate (tokens).")] = 8192
    unload_minutes: Annotated[
        int, Meta(ge=0, description="The model leaves memory after it was not used for so long (minutes); 0: never.")
    ] = 10
    engine: Annotated[
        Literal["auto", "llama.cpp", "transformers"],
        Meta(description="What runs a model on this machine; auto: llama.cpp for .gguf files, else transformers."),
    ] = "auto"
    quantisation: Annotated[
        Literal["none", "8bit", "4bit"],
        Meta(description="Weights made smaller while transformers loads them; needs a CUDA GPU and bitsandbytes."),
    ] = "none"
    endpoint: Annotated[
        str,
        Meta(
            description="Address of a server that speaks OpenAI's protocol, such as http://127.0.0.1:8000/v1; "
            "empty means that this machine thinks itself."
        ),
    ] = ""
    endpoint_model: Annotated[str, Meta(description="The model's name at the endpoint.")] = ""
    allow_remote: Annotated[
        bool, Meta(description="Allow an endpoint on another machine: code of your repositories is sent to it.")
    ] = False
    endpoint_concurrency: Annotated[int, Meta(ge=1, le=64, description="Requests to the endpoint at a time.")] = 1
    endpoint_timeout_seconds: Annotated[
        int, Meta(ge=1, description="How long the endpoint may take to answer (seconds).")
    ] = 120
    endpoint_proxy: Annotated[
        str, Meta(description="Proxy to reach the endpoint through; empty means what the environment says.")
    ] = ""
    endpoint_ca_file: Annotated[
        str, Meta(description="PEM file of certificate authorities to trust for the endpoint, besides the usual ones.")
    ] = ""


class HoverSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What a hover shows."""

    enabled: Annotated[bool, Meta(description="Show Sleeptime's hover.")] = True


class LensSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What code lenses show."""

    enabled: Annotated[bool, Meta(description="Show how many answers are ready above classes and functions.")] = True


class ActionsSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the menu of code actions offers."""

    enabled: Annotated[bool, Meta(description="Offer Sleeptime's code actions when their menu is opened.")] = True


class AnswerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How questions are answered live."""

    budget_tokens: Annotated[int, Meta(ge=128, description="Context given to a live answer at most (tokens).")] = 900
    raw_budget_tokens: Annotated[
        int,
        Meta(
            ge=0,
            description="A question that sleep could not foresee is answered from this much raw source instead "
            "(tokens); not more than budgetTokens means never.",
        ),
    ] = 0
    max_wrong_percent: Annotated[
        float,
        Meta(gt=0, le=50, description="Ready answers are served as they stand only if fewer than this are wrong (%)."),
    ] = 5
    verbosity: Annotated[
        int, Meta(ge=0, le=4, description="0 is one sentence; 4 explains every step and re-checks the notes.")
    ] = 1


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings, by section."""

    index: IndexSettings = IndexSettings()
    store: StoreSettings = StoreSettings()
    sleep: SleepSettings = SleepSettings()
    model: ModelSettings = ModelSettings()
    hover: HoverSettings = HoverSettings()
    lens: LensSettings = LensSettings()
    actions: ActionsSettings = ActionsSettings()
    answer: AnswerSettings = AnswerSettings()


def parse_settings(raw: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """Settings from plain data, and one sentence for each value that was bad and so defaulted.

    Keys may be spelled `max_file_kb` or, as editors write them, `maxFileKb`.
    """
    problems: list[str] = []
    sections: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        if (given := raw.get(field.name)) is not None:
            sections[field.name] = _section(field.name, field.type, given, problems)
    known = {field.name for field in msgspec.structs.fields(Settings)}
    problems += [f"There is no setting section sleeptime.{name}; it was ignored." for name in raw if name not in known]
    return Settings(**sections), tuple(problems)


def _section(name: str, kind: Any, given: Any, problems: list[str]) -> Any:
    if not isinstance(given, Mapping):
        problems.append(f"sleeptime.{name} must be a table of settings; its defaults are used.")
        return kind()
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    kept: dict[str, Any] = {}
    for key, value in given.items():
        snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in key)
        if snake not in fields:
            problems.append(f"There is no setting sleeptime.{name}.{key}; it was ignored.")
            continue
        try:
            kept[snake] = msgspec.convert(value, fields[snake].type)
        except msgspec.ValidationError as error:
            default = fields[snake].default
            problems.append(f"sleeptime.{name}.{key} is {value!r}: {error}; {default!r} is used instead.")
    return kind(**kept)


def settings_file() -> Path:
    """Where the user's own settings live."""
    return user_config_path("sleeptime") / "settings.toml"


def read_user_settings() -> dict[str, Any]:
    """The user's settings file as plain data; {} if there is none.

    Raises:
        SettingsError: the file is not TOML or cannot be read.
    """
    path = settings_file()
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.", "Mend it or delete it.") from error


def write_user_setting(section: str, key: str, value: str | int | bool) -> None:
    """Set one value in the user's file, atomically, and leave all else in it as it is, comments included.

    Raises:
        SettingsError: the file cannot be read, written, or has a form that this cannot edit.
    """
    path = settings_file()
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        text = _with_value(text, section, key, json.dumps(value))
        tomllib.loads(text)  # a file that this would break is left as it was
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except (OSError, ValueError, LookupError) as error:  # UnicodeDecodeError and TOMLDecodeError are ValueErrors
        hint = f"Write {key} = {json.dumps(value)} into its section [{section}] yourself."
        raise SettingsError(f"The settings file {path} could not be changed: {error}.", hint) from error


def _with_value(text: str, section: str, key: str, value: str) -> str:
    lines = text.splitlines()
    header = next((at for at, line in enumerate(lines) if re.match(rf"\s*\[{section}\]", line)), None)
    if header is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{section}]", f"{key} = {value}", ""])
    at = header + 1
    while at < len(lines) and not lines[at].lstrip().startswith("["):
        if re.match(rf"\s*{key}\s*=", lines[at]):
            lines[at] = f"{key} = {value}"
            return "\n".join([*lines, ""])
        at += 1
    lines.insert(header + 1, f"{key} = {value}")
    return "\n".join([*lines, ""])


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Layers of plain settings as one; a later layer wins value by value."""
    result: dict[str, Any] = {}
    for layer in layers:
        for name, section in layer.items():
            both = isinstance(section, Mapping) and isinstance(result.get(name), Mapping)
            result[name] = {**result[name], **section} if both else section
    return result


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of all settings; package.json is generated from it."""
    return msgspec.json.schema(Settings)
