import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.index import changed_sections, compare_outlines, parse, with_moves
from sleeptime.index.compare import SymbolChange

CART = "class Cart:\n    def add(self, sku): ...\n    def total(self): ...\n\ndef price(sku): ...\n"


def changes(before: str | None, after: str | None, language: str = "python", path: str = "a.py") -> list[SymbolChange]:
    outlines = (parse(text.encode(), language) if text is not None else None for text in (before, after))
    return compare_outlines(path, *outlines)


def told(found: list[SymbolChange]) -> list[tuple[str, str, bool]]:
    return [(change.kind, change.symbol.qualified_name, change.breaking) for change in found]


def test_what_is_alike_is_not_told() -> None:
    assert changes(CART, "\n\n" + CART) == []


def test_a_class_is_told_by_the_members_that_differ() -> None:
    assert told(changes(CART, CART.replace("(self): ...", "(self): return 1"))) == [("changed", "Cart.total", False)]


def test_a_class_that_came_or_went_is_told_once() -> None:
    assert told(changes(None, CART)) == [("added", "Cart", False), ("added", "price", False)]
    assert told(changes(CART, None)) == [("removed", "Cart", True), ("removed", "price", True)]


def test_what_is_private_breaks_nobody() -> None:
    assert told(changes("def _a(x): ...\ndef _b(): ...\n", "def _a(): ...\n")) == [
        ("removed", "_b", False),
        ("changed", "_a", False),
    ]


def test_what_is_inside_a_function_is_its_own_business() -> None:
    before = "def f():\n    def g(): pass\n    return g\n"
    assert told(changes(before, before.replace("def g()", "def h()"))) == [("changed", "f", False)]


@pytest.mark.parametrize(
    ("language", "before", "after", "breaks"),
    [
        ("python", "def f(a): ...", "def f(a, b): ...", True),
        ("python", "def f(a): ...", "def f(a, b=1): ...", False),
        ("python", "def f(a): ...", "def f(a, *rest, **more): ...", False),
        ("python", "def f(a): ...", "def f(a: int) -> int: ...", False),
        ("python", "def f(a, b): ...", "def f(a): ...", True),
        ("python", "def f(a=1): ...", "def f(a): ...", True),
        ("python", "def f(a, b): ...", "def f(b, a): ...", True),
        ("python", "def f(a, b): ...", "def f(a, *, b): ...", True),
        ("python", "def f(a): ...", "def f(a, b: dict[str, int] = {}): ...", False),
        ("typescript", "export function f(a: string) {}", "export function f(a: string, b?: number) {}", False),
        ("typescript", "export function f(a: string) {}", "export function f(a: string, b: () => void) {}", True),
        (
            "go",
            "package p\nfunc (c *Cart) Add(sku string) {}",
            "package p\nfunc (c *Cart) Add(sku string, n int) {}",
            True,
        ),
        ("rust", "pub fn f(a: u8) {}", "pub fn f(a: u8, b: Vec<(u8, u8)>) {}", True),
    ],
)
def test_a_change_of_parameters_breaks_callers_unless_they_may_be_left_out(
    language: str, before: str, after: str, breaks: bool
) -> None:
    (change,) = changes(before, after, language)
    assert change.new_signature
    assert change.breaking == breaks


def test_a_symbol_that_went_here_and_came_there_has_moved() -> None:
    one, _, two = CART.partition("def price")
    found = with_moves(changes(CART, one) + changes(None, "def price" + two, path="b.py"))
    assert [(change.kind, change.old_path, change.path, change.breaking) for change in found] == [
        ("moved", "a.py", "b.py", False)
    ]


def test_of_several_that_may_have_moved_only_equal_ones_did() -> None:
    found = with_moves(changes("def f(): return 1\n", "") + changes("", "def f(): return 2\n", path="b.py"))
    assert [change.kind for change in found] == ["moved"]
    found = with_moves(
        changes("def f(): return 1\n", "")
        + changes("", "def f(): return 2\n", path="b.py")
        + changes("", "def f(): return 1\n", path="c.py")
    )
    assert {(change.path, change.kind) for change in found} == {("b.py", "added"), ("c.py", "moved")}


def test_what_only_differs_in_its_name_was_renamed() -> None:
    before, after = (parse(f"def {name}(sku): ...\n".encode(), "python") for name in ("price", "price_of"))
    (change,) = compare_outlines("a.py", before, after, lambda _was, _now: True)
    assert (change.kind, change.symbol.name, change.breaking) == ("renamed", "price_of", True)
    assert change.before is not None
    assert change.before.name == "price"


def test_what_is_used_otherwise_or_reads_otherwise_was_not_renamed() -> None:
    before, after = (parse(text, "python") for text in (b"def price(sku): ...\n", b"def price_of(sku, day): ...\n"))
    assert [one.kind for one in compare_outlines("a.py", before, after, lambda _was, _now: True)] == [
        "removed",
        "added",
    ]
    assert [one.kind for one in compare_outlines("a.py", before, after)] == ["removed", "added"]


def test_private_fields_are_told_by_what_assigns_them() -> None:
    before = "class Cart:\n    def __init__(self):\n        self.lines = {}\n"
    assert told(changes(before, before + "        self._seen = 0\n")) == [("changed", "Cart.__init__", False)]


def test_of_a_text_the_innermost_sections_that_differ_are_told() -> None:
    before = b"# Guide\n\n## Install\n\nWith pip.\n\n## Use\n\nAs you like.\n"
    after = before.replace(b"With pip.\n\n", b"With uv.\n\n## Leave\n\nAny time.\n\n")
    outlines = (parse(text, "markdown") for text in (before, after))
    assert [section.name for section in changed_sections(*outlines)] == ["Install", "Leave"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(before: str, after: str) -> None:
    for change in with_moves(changes(before, after)):
        assert change.kind in {"added", "removed", "changed", "renamed", "moved"}
