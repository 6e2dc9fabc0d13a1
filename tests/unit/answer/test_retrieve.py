import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.answer.retrieve import understand
from sleeptime.core.intents import BY_NAME
from sleeptime.core.types import Target

FILES = {
    "shop/cart.py": """
class Cart:
    def add(self, sku): ...
    def total(self): ...

def load_prices(path): ...
""",
    "shop/orders.py": """
class Order:
    def total(self): ...

def place(order): ...
""",
    "tests/test_cart.py": """
class Cart: ...
""",
}
CART = Target("class", "shop/cart.py", "Cart")


@pytest.fixture
def outlines() -> OutlinesInMemory:
    return OutlinesInMemory(FILES)


@pytest.mark.parametrize(
    ("question", "symbol", "intent"),
    [
        ("What is `Cart` for?", "Cart", "purpose"),
        ("what does the Cart class do", "Cart", "purpose"),
        ("Who calls load_prices?", "load_prices", "callers"),
        ("Where is load_prices used?", "load_prices", "callers"),
        ("Where is `Cart.add` defined?", "Cart.add", "defined"),
        ("How does Cart.add work?", "Cart.add", "explain"),
        ("What does load_prices raise?", "load_prices", "errors"),
        ("Which tests cover `Cart`?", "Cart", "tests"),
        ("What classes inherit from Cart?", "Cart", "overrides"),
        ("How could load_prices fail?", "load_prices", "errors"),
        ("What parameters does `load_prices` take?", "load_prices", "parameters"),
    ],
)
def test_the_usual_questions_are_taken_apart_with_nothing_left(
    outlines: OutlinesInMemory, question: str, symbol: str, intent: str
) -> None:
    asked = understand(question, outlines)
    assert asked.target is not None
    assert asked.intent is not None
    assert (asked.target.symbol, asked.intent.name, asked.rest) == (symbol, intent, frozenset())


def test_stubs_give_way_to_the_source_beside_them() -> None:
    declared = "class Cart: ...\nclass Till: ...\n"
    outlines = OutlinesInMemory(FILES | {"shop/cart.pyi": declared, "shop/far.pyi": declared.replace("Cart", "Far")})
    assert understand("What is Cart?", outlines).targets == (CART,)
    assert understand("What is Far?", outlines).targets == (Target("class", "shop/far.pyi", "Far"),)


def test_tests_give_way_to_the_code_they_test(outlines: OutlinesInMemory) -> None:
    assert understand("What is Cart?", outlines).target == CART


def test_a_name_with_several_meanings_has_no_certain_target(outlines: OutlinesInMemory) -> None:
    asked = understand("How does `total` work?", outlines)
    assert asked.target is None
    assert {target.path for target in asked.targets} == {"shop/cart.py", "shop/orders.py"}


def test_the_cursor_breaks_a_tie_and_is_meant_by_this(outlines: OutlinesInMemory) -> None:
    total = Target("symbol", "shop/orders.py", "Order.total")
    assert understand("How does `total` work?", outlines, total).target == total
    assert understand("Who calls this?", outlines, total).target == total


def test_this_file_means_the_file_and_not_the_symbol_under_the_cursor(outlines: OutlinesInMemory) -> None:
    asked = understand("What is this file for?", outlines, CART, "shop/cart.py")
    assert (asked.target, asked.rest) == (Target("module", "shop/cart.py"), frozenset())


def test_what_neither_target_nor_intent_explains_is_left(outlines: OutlinesInMemory) -> None:
    assert "currency" in understand("How does Cart.add convert the currency?", outlines).rest
    assert "twice" in understand("What happens if `Cart.add` gets a sku twice?", outlines).rest
    assert "not" in understand("Why is `Cart.add` not called?", outlines).rest


@pytest.mark.parametrize(
    "question",
    [
        "Where is the error handling of Cart located?",
        "Where are Cart's built-in discounts defined?",
        "What does Cart return for a refund?",
        "Which tests of the checkout use Cart?",
    ],
)
def test_what_stands_between_the_words_of_an_intent_is_not_explained_by_it(
    outlines: OutlinesInMemory, question: str
) -> None:
    assert understand(question, outlines).rest


def test_the_projects_own_name_and_quotation_marks_add_nothing(outlines: OutlinesInMemory) -> None:
    asked = understand('Where in shop\'s codebase is the "load_prices" function defined?', outlines)
    assert asked.target == Target("symbol", "shop/cart.py", "load_prices")
    assert asked.rest == frozenset()


def test_a_path_or_the_end_of_one_names_a_module(outlines: OutlinesInMemory) -> None:
    asked = understand("What is in orders.py?", outlines)
    assert (asked.target, asked.intent and asked.intent.name) == (Target("module", "shop/orders.py"), "contents")
    assert understand("What is shop/orders.py for?", outlines).target == Target("module", "shop/orders.py")


def test_an_unknown_name_is_never_taken_for_another(outlines: OutlinesInMemory) -> None:
    assert understand("What is `Basket` for?", outlines).targets == ()
    assert understand("What does `Basket.add` do?", outlines).targets == ()


@pytest.mark.parametrize("intent", ["overview", "entry_points", "configuration", "testing"])
def test_a_question_about_the_whole_is_about_the_repository(intent: str) -> None:
    asked = understand(BY_NAME[intent].template, OutlinesInMemory(FILES))
    assert (asked.target, asked.intent, asked.rest) == (Target("repository"), BY_NAME[intent], frozenset())


def test_of_a_projects_class_the_class_is_meant() -> None:
    outlines = OutlinesInMemory({"shop/app.py": "class Shop:\n    pass\n", "shop/cart.py": "class Cart:\n    pass\n"})
    assert understand("What is Shop's Cart class?", outlines).target == Target("class", "shop/cart.py", "Cart")
    assert understand("What is Shop?", outlines).target == Target("class", "shop/app.py", "Shop")
