import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sleeptime.core.keys import answer_key, blob_hash, combined_hash

PARTS = {"code": "c", "dependencies": ["a", "b"], "question": "q", "prompt": "p.v1", "model": "m"}


def test_a_blob_hash_is_gits_own(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("grüße\n".encode())
    git = subprocess.run(["git", "hash-object", path], capture_output=True, text=True, check=True)
    assert blob_hash(path.read_bytes()) == git.stdout.strip()


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_never_combine_to_the_same_hash(left: list[str], right: list[str]) -> None:
    assert (combined_hash(left) == combined_hash(right)) == (left == right)


def test_the_order_of_dependencies_does_not_matter_but_everything_else_does() -> None:
    key = answer_key(**PARTS)
    assert answer_key(**{**PARTS, "dependencies": ["b", "a"]}) == key
    changed = [answer_key(**{**PARTS, name: "other"}) for name in ("code", "question", "prompt", "model")]
    assert len({key, answer_key(**{**PARTS, "dependencies": ["a"]}), *changed}) == 6
