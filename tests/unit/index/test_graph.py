import importlib.util
from pathlib import Path

import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import Graph, parse, rank

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).with_name("samples.py"))
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)


def repo(name: str) -> OutlinesInMemory:
    root = samples.REPOS / name
    files = {str(p.relative_to(root)): p.read_text("utf-8") for p in sorted(root.rglob("*")) if p.is_file()}
    return OutlinesInMemory(files)


def graph_of(files: dict[str, str]) -> Graph:
    return Graph(OutlinesInMemory(files))


def method(path: str, name: str) -> Target:
    return Target("symbol", path, name)


@pytest.fixture(scope="module")
def shop() -> Graph:
    return Graph(repo("python"))


@pytest.mark.parametrize("row", samples.CALLEES, ids=" ".join)
def test_a_call_leads_to_its_definition(row):
    path, caller, callee_path, callee = row
    name, _, inner = path.partition("/")
    found = {(use.target.path, use.target.symbol) for use in Graph(repo(name)).callees(method(inner, caller), 50)}
    assert (callee_path, callee) in found


@pytest.mark.parametrize("row", samples.CALLEES, ids=" ".join)
def test_a_definition_knows_its_caller(row):
    path, caller, callee_path, callee = row
    name, _, inner = path.partition("/")
    found = {(use.path, use.target.symbol) for use in Graph(repo(name)).callers(method(callee_path, callee), 50)}
    assert (inner, caller) in found


def test_callers_come_with_their_lines_and_are_certain(shop):
    uses = shop.callers(method("src/shop/cart.py", "Cart.add"))
    assert [(u.path, u.target.symbol, u.line + 1, u.ambiguous) for u in uses] == [
        ("src/shop/cart.py", "gift", 51, False),
        ("src/shop/__init__.py", "make_shop", 14, False),
        ("tests/test_cart.py", "test_total_counts_tax", 7, False),
    ]


def test_facts_tell_tests_from_callers(shop):
    facts = shop.facts(method("src/shop/cart.py", "Cart.add"))
    assert {use.path for use in facts.callers} == {"src/shop/cart.py", "src/shop/__init__.py"}
    assert facts.caller_count == 2
    assert [use.target.symbol for use in facts.tests] == ["test_total_counts_tax"]


def test_lists_are_bounded_and_counted(shop):
    facts = shop.facts(method("src/shop/cart.py", "Cart.add"), limit=1)
    assert (len(facts.callers), facts.caller_count) == (1, 2)


def test_a_search_that_may_not_go_on_ends_with_what_is_nearest(shop):
    target = method("src/shop/cart.py", "Cart.add")
    every, nearest = shop.facts(target), shop.facts(target, go_on=lambda: False)
    assert nearest.at_least
    assert not every.at_least
    assert set(nearest.uses) <= set(every.uses)
    assert nearest.mention_count == every.mention_count > 1


def test_a_constructor_is_called_by_its_class_name(shop):
    uses = shop.callers(method("src/shop/cart.py", "Cart.__init__"))
    assert {use.target.symbol for use in uses} == {"gift", "make_shop", "test_total_counts_tax"}


def test_bases_and_subclasses_are_found_through_modules(shop):
    item, book = Target("class", "src/shop/models/base.py", "Item"), Target("class", "src/shop/models/book.py", "Book")
    assert shop.bases(book) == (item,)
    assert shop.subclasses(item) == (book,)


def test_ancestors_are_all_that_a_class_extends_and_not_itself():
    graph = Graph(OutlinesInMemory({"a.py": "class A: ...\nclass B(A): ...\nclass C(B): ...\n"}))
    a, b, c = (Target("class", "a.py", name) for name in "ABC")
    assert graph.ancestors(c) == (b, a)
    assert graph.ancestors(a) == ()


def test_overrides_are_known_in_both_directions(shop):
    item, book = method("src/shop/models/base.py", "Item.describe"), method("src/shop/models/book.py", "Book.describe")
    assert shop.overrides(book) == (item,)
    assert shop.overridden_by(item) == (book,)


def test_raised_exceptions_lead_to_their_classes(shop):
    raised = shop.raises(method("src/shop/cart.py", "Cart.add"))
    assert [(u.target.path, u.target.symbol) for u in raised] == [("src/shop/errors.py", "SoldOutError")]


def test_attributes_tell_where_they_are_assigned_and_read(shop):
    (last,) = shop.attributes(method("src/shop/cart.py", "Cart._last"))
    assert {use.target.symbol for use in last.written} == {"Cart.__init__", "Cart.add"}
    assert {use.target.symbol for use in last.read} == {"Cart.last_description"}
    names = [a.target.symbol for a in shop.attributes(Target("class", "src/shop/cart.py", "Cart"))]
    assert names == ["Cart.owner", "Cart.items", "Cart._last"]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (20, 7, ("src/shop/cart.py", "Cart")),  # its own definition
        (36, 20, ("src/shop/errors.py", "SoldOutError")),
        (51, 26, ("src/shop/cart.py", "Cart.add")),
        (51, 29, ("src/shop/models/book.py", "Book")),
        (7, 31, ("src/shop/models/base.py", "Item")),  # within an import
        (6, 26, ("src/shop/errors.py", "SoldOutError")),
        (6, 8, ("src/shop/errors.py", "")),
        (1, 0, None),
    ],
)
def test_the_cursor_finds_the_definition(shop, line, column, expected):
    found = shop.definition_at("src/shop/cart.py", line - 1, column)
    assert (found and (found.path, found.symbol)) == expected


def test_unsaved_text_replaces_what_is_stored(shop):
    buffer = parse(b"from shop.models import Book\n\n\ndef fresh():\n    return Book('a', 1)\n", "python")
    found = shop.definition_at("src/shop/cart.py", 4, 12, buffer)
    assert (found.path, found.symbol) == ("src/shop/models/book.py", "Book")
    assert shop.facts(method("src/shop/cart.py", "fresh"), buffer).callee_count == 1
    assert shop.symbol(method("src/shop/cart.py", "fresh")) is None


def test_dependencies_go_both_ways(shop):
    assert shop.dependencies("src/shop/models/book.py") == ("src/shop/models/__init__.py", "src/shop/models/base.py")
    assert "src/shop/cart.py" in shop.dependents("src/shop/errors.py")


def test_rank_prefers_what_is_used_and_sums_to_one():
    ranks = rank(repo("python"))
    assert sum(ranks.values()) == pytest.approx(1.0)
    assert ranks["src/shop/models/base.py"] > ranks["tests/test_cart.py"]
    assert rank(OutlinesInMemory({})) == {}


def test_the_same_name_elsewhere_is_not_the_same_function():
    graph = graph_of(
        {
            "a.py": "def run(): pass\n",
            "b.py": "def run(): pass\ndef go(): run()\n",
            "c.py": "from a import run as start\ndef go(): start()\n",
        }
    )
    assert [u.path for u in graph.callers(method("a.py", "run"))] == ["c.py"]
    assert [u.path for u in graph.callers(method("b.py", "run"))] == ["b.py"]


def test_an_unknown_receiver_is_ambiguous():
    graph = graph_of({"a.py": "class A:\n    def paint(self): pass\n", "b.py": "def go(x): x.paint()\n"})
    (use,) = graph.callers(method("a.py", "A.paint"))
    assert use.ambiguous


def test_a_receiver_from_outside_is_not_ours():
    graph = graph_of(
        {
            "a.py": "class A:\n    def paint(self): pass\n",
            "b.py": "import other\ndef go(): other.paint()\n",
        }
    )
    assert graph.callers(method("a.py", "A.paint")) == ()


def test_inheritance_is_followed_through_reexports_and_cycles_end():
    graph = graph_of(
        {
            "p/__init__.py": "from .a import *\n",
            "p/a.py": "class A(B):\n    def m(self): pass\n\nclass B(A):\n    pass\n",
            "q.py": "import p\nclass C(p.B):\n    def n(self): self.m()\n",
        }
    )
    (use,) = graph.callees(method("q.py", "C.n"))
    assert (use.target.path, use.target.symbol, use.ambiguous) == ("p/a.py", "A.m", False)


def test_results_of_functions_have_their_members():
    graph = graph_of(
        {
            "a.py": """
class A:
    def m(self): pass
    def again(self):
        return self
    @classmethod
    def make(cls):
        return cls()

def typed() -> "A": ...
def plain():
    return A()

def one(): typed().m()
def two(): plain().again().m()
def three():
    x = A.make()
    x.m()
def four(a: A | None):
    with a as b: a.m()
"""
        }
    )
    callers = {u.target.symbol for u in graph.callers(method("a.py", "A.m")) if not u.ambiguous}
    assert callers == {"one", "two", "three", "four"}


def test_the_file_itself_and_missing_symbols_have_no_facts(shop):
    assert shop.facts(Target("module", "src/shop/cart.py")) is None
    assert shop.facts(method("src/shop/cart.py", "nothing")) is None
    assert shop.facts(method("nowhere.py", "x")) is None
    assert shop.definition_at("nowhere.py", 0, 0) is None
