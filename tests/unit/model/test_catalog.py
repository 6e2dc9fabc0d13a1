"""The catalogue is whole: names are unique, hashes are hashes, the shipped sources add up."""

import re

import pytest

from sleeptime.core.errors import ModelError
from sleeptime.model import CATALOG, spec_named
from sleeptime.model.catalog import DEFAULT, EMBEDDER, REFERENCE, REFERENCE_FULL, SMALLEST


def test_names_and_answer_keys_are_unique():
    assert len({spec.name for spec in CATALOG}) == len(CATALOG)
    assert len({spec.key for spec in CATALOG}) == len(CATALOG)


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_every_file_has_a_hash_and_every_model_a_source_and_a_licence(spec):
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in spec.files)
    assert spec.sources
    assert spec.licence
    assert spec.memory_bytes() > spec.size_bytes


def test_a_longer_context_needs_more_memory_by_its_keys_and_values():
    spec = spec_named(REFERENCE)
    assert spec.memory_bytes(16384) - spec.memory_bytes(8192) == 8192 * spec.kv_bytes == 2**30


def test_files_of_one_model_lie_in_one_folder_and_those_of_a_branch_are_pinned():
    for spec in CATALOG:
        if len(spec.files) > 1:
            assert {file.name.rpartition("/")[0] for file in spec.files} == {spec.name}
    assert re.fullmatch(r"[0-9a-f]{40}", spec_named(REFERENCE_FULL).sources[0].revision)


def test_an_answer_key_names_the_quantisation():
    assert spec_named(DEFAULT).key == "qwen2.5-coder-1.5b-q4_k_m"


def test_the_names_used_elsewhere_exist_in_any_case():
    assert [spec_named(name.upper()).name for name in (DEFAULT, SMALLEST, REFERENCE, EMBEDDER)] == [
        DEFAULT,
        SMALLEST,
        REFERENCE,
        EMBEDDER,
    ]


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(ModelError, match=r'no model named "gpt".*qwen2\.5-coder-0\.5b'):
        spec_named("gpt")
