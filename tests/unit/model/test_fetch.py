"""What a downloader says at its end becomes one short reason."""

import pytest

from sleeptime.model.fetch import _reason, folder_bytes


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: No matching distribution found for toy==1\n", "No matching distribution found for toy==1"),
        (
            "WARNING: Retrying ... NewConnectionError: Failed to establish a new connection\nERROR: No matching",
            "there is no network, or a proxy is missing",
        ),
        ("Error: Repository not found.", "Repository not found"),
        ("something odd\n", "something odd"),
        ("", "it gave no reason"),
    ],
)
def test_the_last_complaint_is_told_in_few_words(said, reason):
    assert _reason(said) == reason


def test_a_folder_that_vanishes_weighs_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    assert folder_bytes(tmp_path) == 5
    assert folder_bytes(tmp_path / "gone") == 0
