import pytest

from fakes.shop import ADD, CLASS, FILES, MODULE, PRICE_OF, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.hover import hover_markdown
from sleeptime.core.intents import INTENTS
from sleeptime.core.types import Commit, Evidence, Target
from sleeptime.index import Graph, Sources, still_holds
from sleeptime.index.question import MAX_FILES


def answer(target: Target, intent: str) -> tuple[str, tuple[Evidence, ...]]:
    sources = shop()
    found = FactAnswers(Graph(sources.outlines), sources).answer(target, intent)  # type: ignore[arg-type]
    assert found is not None
    return found


def places(evidence: tuple[Evidence, ...]) -> list[str]:
    return [f"{item.path}:{item.start_line}" for item in evidence]


def line_of(path: str, text: str) -> str:
    number = next(n for n, line in enumerate(FILES[path].split("\n"), 1) if text in line)
    return f"{path}:{number}"


def test_callers_are_listed_with_the_lines_of_their_calls() -> None:
    text, evidence = answer(PRICE_OF, "callers")
    assert "called from 1 place" in text
    assert "`Cart.total`" in text
    assert places(evidence) == [line_of("shop/cart.py", "price_of(sku) *")]


def test_what_is_raised_is_named() -> None:
    text, _ = answer(ADD, "errors")
    assert "`ValueError`" in text


def test_a_class_tells_what_extends_it() -> None:
    assert "`GiftCart`" in answer(CLASS, "overrides")[0]


def test_a_class_tells_what_extends_it_through_others() -> None:
    sources = shop({"shop/more.py": "from shop.cart import GiftCart\n\n\nclass PaperCart(GiftCart): ...\n"})
    found = FactAnswers(Graph(sources.outlines), sources).answer(CLASS, "overrides")
    assert found is not None
    assert found[0] == "`Cart` is extended by `GiftCart`. `Cart` is extended through others by `PaperCart`."


def test_callers_outside_tests_are_said_to_be_just_those() -> None:
    assert answer(CLASS, "callers")[0].startswith("Outside tests, nothing in the index calls `Cart`.")
    assert answer(PRICE_OF, "callers")[0].startswith("`price_of` is called from")


@pytest.mark.parametrize("intent", ["parameters", "callees", "errors", "effects"])
def test_a_variable_is_not_asked_what_only_code_can_be(intent: str) -> None:
    sources = shop({"shop/till.py": "kinds = [str(kind) for kind in ()]\n"})
    facts = FactAnswers(Graph(sources.outlines), sources)
    assert facts.answer(Target("symbol", "shop/till.py", "kinds"), intent) is None  # type: ignore[arg-type]


def test_parameters_are_the_signature_with_its_defaults() -> None:
    text, _ = answer(ADD, "parameters")
    assert "def add(self, sku, count=1)" in text
    assert "Put `count` of `sku` in." in text


def test_the_tests_that_use_a_symbol_are_named() -> None:
    text, evidence = answer(CLASS, "tests")
    assert "`test_total`" in text
    assert evidence[0].path == "tests/test_cart.py"


def test_attributes_are_listed_with_the_line_that_each_begins_in_public_ones_first() -> None:
    assert answer(CLASS, "attributes")[0] == (
        f"`Cart` has 1 attribute:\n\n- `Cart.lines` · `{line_of('shop/cart.py', 'self.lines = {}')}`"
    )
    till = "class Till:\n    __slots__ = ()\n\n    def __init__(self):\n        self._key = self.coins = 1\n"
    sources = shop({"shop/till.py": till})
    found = FactAnswers(Graph(sources.outlines), sources).answer(Target("class", "shop/till.py", "Till"), "attributes")
    assert found is not None
    assert [row for row in found[0].split("\n") if row.startswith("-")] == [
        "- `Till.coins` · `shop/till.py:5`",
        "- `Till.__slots__` · `shop/till.py:2`",
        "- `Till._key` · `shop/till.py:5`",
    ]


def test_attributes_of_a_subclass_are_its_own_and_those_that_it_inherits() -> None:
    text, _ = answer(Target("class", "shop/cart.py", "GiftCart"), "attributes")
    assert "Those of `Cart` it inherits." in text


def test_a_module_tells_what_it_holds_needs_and_serves() -> None:
    assert "class Cart" in answer(MODULE, "contents")[0]
    assert "`shop/prices.py`" in answer(MODULE, "dependencies")[0]
    assert "`tests/test_cart.py`" in answer(MODULE, "dependents")[0]


def test_the_title_of_a_file_is_not_repeated_where_it_is_told_what_it_holds_or_is_for() -> None:
    titled = '"""\nshop.till\n~~~~~~~~~\n\nWhere the money of the shop is kept.\n"""\n\n\ndef open_till(): ...\n'
    sources = shop({"shop/till.py": titled})
    facts, till = FactAnswers(Graph(sources.outlines), sources), Target("module", "shop/till.py")
    held, said = facts.answer(till, "contents"), facts.documented(till)
    assert held is not None
    assert said is not None
    assert "~~~" not in held[0] + said[0]
    assert "\nWhere the money of the shop is kept.\ndef open_till()" in held[0]
    assert said[0] == "Where the money of the shop is kept.\n\nIt offers `open_till`."


def test_documentation_ends_before_it_announces_a_list() -> None:
    till = 'class Till:\n    """Keeps the money of the whole shop.\n\n    It can be given:\n\n    `coins`\n        Whole.\n    """\n'
    sources = shop({"shop/till.py": till})
    found = FactAnswers(Graph(sources.outlines), sources).documented(Target("class", "shop/till.py", "Till"))
    assert found is not None
    assert found[0] == "Keeps the money of the whole shop."


@pytest.mark.parametrize("intent", [intent.name for intent in INTENTS if intent.typed])
@pytest.mark.parametrize("target", [ADD, CLASS, MODULE, PRICE_OF], ids=str)
def test_every_typed_answer_cites_lines_that_exist(target: Target, intent: str) -> None:
    sources = shop()
    found = FactAnswers(Graph(sources.outlines), sources).answer(target, intent)  # type: ignore[arg-type]
    if found is not None:
        assert found[1]
        assert all(still_holds(evidence, sources.lines(evidence.path)) for evidence in found[1])


def test_history_names_who_when_and_what_as_text_that_leads_nowhere() -> None:
    commits = [Commit("", 0, "", ""), Commit("a" * 40, 86_400, "Ann", "Fix ![x](http://evil)")]
    asked: list[tuple[str, object]] = []

    def history(path: str, lines: tuple[int, int] | None) -> list[Commit]:
        asked.append((path, lines))
        return commits

    shop_sources = shop()
    sources = Sources(shop_sources.outlines, shop_sources.outlines.read, history)  # type: ignore[attr-defined]
    text, evidence = FactAnswers(Graph(sources.outlines), sources).answer(PRICE_OF, "history") or ("", ())
    assert asked == [("shop/prices.py", (1, 3))]
    assert "not committed yet" in text
    assert "Ann on 1970-01-02: Fix !\\[x\\](`http://evil)` (`aaaaaaaaaa`)" in text
    assert places(evidence) == ["shop/prices.py:1"]


def test_without_git_the_history_says_so() -> None:
    assert "Git knows no commit" in answer(ADD, "history")[0]
    assert "Git knows no commit" in answer(MODULE, "history")[0]


def test_a_name_in_more_files_than_are_searched_is_counted_as_a_lower_bound() -> None:
    many = {f"many/m{number}.py": "from shop.prices import price_of\nprice_of(1)\n" for number in range(MAX_FILES)}
    sources = shop(many)
    text, _ = FactAnswers(Graph(sources.outlines), sources).answer(PRICE_OF, "callers") or ("", ())
    assert "called from at least" in text
    facts = Graph(sources.outlines).facts(PRICE_OF)
    assert facts is not None
    assert "and at least" in hover_markdown(facts, None, fresh=True, now=0.0)


def test_what_is_gone_has_no_answer() -> None:
    sources = shop()
    facts = FactAnswers(Graph(sources.outlines), sources)
    assert facts.answer(Target("symbol", "shop/cart.py", "Cart.gone"), "callers") is None
    assert facts.answer(Target("module", "gone.py"), "contents") is None


def test_of_what_is_described_alike_data_is_left_out() -> None:
    sources = shop({"shop/till.py": "TILL = 1\n\n\ndef till():\n    pass\n"})
    facts = FactAnswers(Graph(sources.outlines), sources)
    data, function = (Target("symbol", "shop/till.py", name) for name in ("TILL", "till"))
    found = facts.located([data, function])
    assert found is not None
    assert "- `till`, a function, in `shop/till.py:4`" in found[0]
    assert "TILL" not in found[0]
    assert facts.located([data]) is None
