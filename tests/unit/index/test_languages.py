import pytest

from sleeptime.index import language_of


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("a/b.py", b"", "python"),
        ("a/B.PY", b"", "python"),
        ("x.d.ts", b"", "typescript"),
        ("x.tsx", b"", "tsx"),
        ("Rakefile", b"", "ruby"),
        ("bin/run", b"#!/usr/bin/env python3", "python"),
        ("bin/run", b"#!/usr/bin/env -S python3.12 -u", "python"),
        ("bin/run", b"#!/bin/sh -e", "bash"),
        ("bin/run", b"#!", None),
        ("bin/run", b"text", None),
        ("x.txt", b"#!/bin/sh", None),
        ("notes.ipynb", b"{", "notebook"),
    ],
)
def test_a_language_is_told_by_name_then_extension_then_shebang(path, first_line, language):
    assert language_of(path, first_line) == language
