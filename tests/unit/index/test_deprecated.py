import pytest

from sleeptime.index import parse
from sleeptime.index.deprecated import deprecated


def names(text: str, language: str = "python") -> list[str]:
    outline = parse(text.encode(), language)
    return [outline.symbols[at].qualified_name for at in sorted(deprecated(outline))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "@typing_extensions.deprecated('use b')\ndef f(): ...\n"),
        ("python", 'def f():\n    """Does.\n\n    .. deprecated:: 2.0\n    """\n'),
        ("python", 'def f():\n    """Does. This function has been deprecated."""\n'),
        ("python", 'def f(x):\n    """DEPRECATED: use b."""\n'),
        (
            "python",
            'def f(x):\n    """Does."""\n    warnings.warn("use b", DeprecationWarning, stacklevel=2)\n    g(x)\n',
        ),
        ("typescript", "/** @deprecated use b */\nexport function f() {}\n"),
        ("rust", '#[deprecated(since = "1")]\npub fn f() {}\n'),
        ("go", "package a\n\n// f does.\n//\n// Deprecated: use b.\nfunc f() {}\n"),
        ("php", "<?php\n/** @deprecated */\nfunction f() {}\n"),
    ],
)
def test_what_says_that_it_is_deprecated_is(language: str, text: str) -> None:
    imports = "import warnings\nimport typing_extensions\ndef g(x): ...\n\n" if language == "python" else ""
    assert names(imports + text, language) == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        'def f(x):\n    """Does.\n\n    :param x: how. This argument is deprecated.\n    """\n',
        'def f(x):\n    """Does.\n\n    Parameters\n    ----------\n    x : int\n        .. deprecated:: 2.0\n    """\n',
        "@deprecate_kwarg('x')\ndef f(x): ...\n",
        "def f(x=None):\n    if x:\n        warnings.warn('x is gone', DeprecationWarning)\n",
        "def f(x):\n    g(x)\n    warnings.warn('odd')\n",
        'def f(x):\n    """Handles the deprecated form."""\n',
    ],
    ids=[
        "documented argument",
        "argument's section",
        "decorated argument",
        "if it is given",
        "in the end",
        "of others",
    ],
)
def test_what_has_a_deprecated_argument_or_speaks_of_other_things_is_not(text: str) -> None:
    assert names(f"import warnings\ndef g(x): ...\n\n{text}") == []


def test_what_lies_in_a_deprecated_class_is_deprecated_too() -> None:
    assert names("@deprecated\nclass A:\n    def f(self): ...\n\nclass B:\n    def f(self): ...\n") == ["A", "A.f"]
