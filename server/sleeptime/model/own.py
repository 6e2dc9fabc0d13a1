"""Models that the catalogue does not know: a user's own file or folder, one in the hub's cache, or an endpoint's."""

import hashlib
from pathlib import Path

import msgspec

from sleeptime.core.errors import ModelError, ModelMissingError
from sleeptime.core.settings import ModelSettings
from sleeptime.model.catalog import ModelFile, ModelSpec
from sleeptime.model.openai_api import Endpoint, find_key, is_local

HUB = "hub:"
_FINGERPRINT_BYTES = 1024 * 1024
"""A GGUF file's head holds its metadata, vocabulary and tensor table: that and the size tell files apart."""

NO_FILES = ModelSpec(
    name="echo",
    kind="chat",
    parameters="",
    quantisation="",
    licence="",
    context_tokens=2**31,
    kv_bytes=0,
    chat_format="none",
    files=(),
    sources=(),
)


def spec_of(name: str) -> ModelSpec | None:
    """The spec of a path or of "hub:…", or None if `name` is neither. Its name carries a fingerprint of its content:
    two files called model.gguf write two models' answers.

    Raises:
        ModelMissingError: it is not here.
    """
    if name.startswith(HUB):
        return _spec_of_path(in_hub_cache(name.removeprefix(HUB)))
    path = Path(name).expanduser()
    if name.lower().endswith(".gguf") or (path.name != name and path.is_dir()):
        return _spec_of_path(path)
    return None


def in_hub_cache(name: str) -> Path:
    """Where the hub's own cache has OWNER/NAME (a folder) or OWNER/NAME/FILE.gguf. Fetches nothing.

    Raises:
        ModelError: the name has another form.
        ModelMissingError: it is not in the cache.
    """
    from huggingface_hub import try_to_load_from_cache

    owner, _, rest = name.partition("/")
    repository, _, file = rest.partition("/")
    if not owner or not repository:
        raise ModelError(f'"{HUB}{name}" names no model.', "Write hub:OWNER/NAME or hub:OWNER/NAME/FILE.gguf.")
    found = try_to_load_from_cache(f"{owner}/{repository}", file or "config.json")
    if not isinstance(found, str):
        command = f"hf download {owner}/{repository} {file}".rstrip()
        raise ModelMissingError(f"{name} is not in the hub's cache on this machine.", f"Run `{command}`.")
    return Path(found) if file else Path(found).parent


def endpoint_of(settings: ModelSettings) -> Endpoint:
    """The configured endpoint.

    Raises:
        ModelError: it is another machine's without the user's leave, or no model is named.
    """
    if not settings.endpoint_model:
        raise ModelError("model.endpoint is set, but no model there.", "Set model.endpoint_model to its name.")
    if not is_local(settings.endpoint) and not settings.allow_remote:
        raise ModelError(
            f"{settings.endpoint} is not this machine, and code would be sent to it.",
            "If that is what you want, set model.allow_remote to true in your own settings.",
        )
    return Endpoint(
        base_url=settings.endpoint,
        model=settings.endpoint_model,
        api_key=find_key(settings.endpoint),
        context_tokens=settings.context_tokens,
        timeout_seconds=settings.endpoint_timeout_seconds,
        concurrency=settings.endpoint_concurrency,
        proxy=settings.endpoint_proxy,
        ca_file=settings.endpoint_ca_file,
    )


def endpoint_choice(settings: ModelSettings) -> tuple[ModelSpec, str]:
    """What is shown of the endpoint before it is opened: no key is looked up.

    Raises:
        ModelError: as `endpoint_of`.
    """
    endpoint = Endpoint(base_url=settings.endpoint, model=settings.endpoint_model)
    where = "on this machine"
    if not is_local(settings.endpoint):
        where = "ANOTHER MACHINE: parts of your code are sent there, as model.allow_remote says"
        if not settings.allow_remote:
            where = "another machine, which model.allow_remote does not allow"
    spec = msgspec.structs.replace(NO_FILES, name=endpoint.name)
    return spec, f"{endpoint.model} at {settings.endpoint}, as the setting model.endpoint asks ({where})."


def _spec_of_path(path: Path) -> ModelSpec:
    try:
        marks = _marks_of_folder(path) if path.is_dir() else _marks_of_file(path)
    except OSError as error:
        raise ModelMissingError(f"The model file {path} cannot be read: {error.strerror}.") from error
    fingerprint = hashlib.blake2b(marks, digest_size=4).hexdigest()
    stem = path.name if path.is_dir() else path.stem
    if path.parent.name == "snapshots":  # the hub's cache: models--OWNER--NAME/snapshots/COMMIT
        stem = path.parent.parent.name.rpartition("--")[2]
    size_bytes = 0 if path.is_dir() else path.stat().st_size
    return msgspec.structs.replace(
        NO_FILES, name=f"{stem}@{fingerprint}", files=(ModelFile(str(path.absolute()), size_bytes, ""),)
    )


def _marks_of_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FINGERPRINT_BYTES) + str(path.stat().st_size).encode()


def _marks_of_folder(path: Path) -> bytes:
    """The configuration, and of each weights file its size and head, where safetensors keeps its table of tensors."""
    marks = (path / "config.json").read_bytes()
    return marks + b"".join(_marks_of_file(file) for file in sorted(path.glob("*.safetensors")))
