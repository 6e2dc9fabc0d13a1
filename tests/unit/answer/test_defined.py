from fakes.shop import ADD, CLASS, FILES, PRICE_OF, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.core.types import Target
from sleeptime.index import Graph

STATE = '''from shop.cart import Cart

_carts: dict = {}
_message = "x" * 3, """a long text that explains at some length why there is no cart at all, and what to do about it"""
current: Cart = lookup(_carts, "cart", message=_message)
'''
GIFT = Target("class", "shop/cart.py", "GiftCart")


def defined(target: Target, files: dict[str, str] | None = None) -> tuple[str, list[str]]:
    sources = shop(files)
    found = FactAnswers(Graph(sources.outlines), sources).answer(target, "defined")
    assert found is not None
    return found[0], [f"{evidence.path}:{evidence.start_line}" for evidence in found[1]]


def line_of(path: str, text: str) -> str:
    return f"{path}:{FILES[path].split(text)[0].count(chr(10)) + 1}"


def test_a_class_is_declared_with_the_places_of_what_it_extends() -> None:
    text, places = defined(GIFT)
    own, base = line_of("shop/cart.py", "class GiftCart"), line_of("shop/cart.py", "class Cart")
    assert text == (
        f"`GiftCart` is a class defined in `{own}`.\n\n"
        "```python\nclass GiftCart(Cart)\n```\n\n"
        f"It extends `Cart` (`{base}`). It offers `total`."
    )
    assert places == [own, base]


def test_the_files_that_export_it_are_named_and_cited() -> None:
    text, places = defined(CLASS, {"shop/__init__.py": "from .cart import Cart\n"})
    assert "It is exported by `shop/__init__.py`." in text
    assert places == [line_of("shop/cart.py", "class Cart"), "shop/__init__.py:1"]
    assert "exported" not in defined(CLASS)[0]


def test_a_variable_is_shown_as_it_is_assigned_under_what_it_is_made_from() -> None:
    text, places = defined(Target("symbol", "shop/state.py", "current"), {"shop/state.py": STATE})
    declared = '```python\n_carts: dict = {}\ncurrent: Cart = lookup(_carts, "cart", message=_message)\n```'
    assert declared in text
    assert "`Cart` (`shop/cart.py:6`), `_carts` (`shop/state.py:3`), `_message` (`shop/state.py:4`)." in text
    assert places[0] == "shop/state.py:5"
    assert set(places[1:]) == {"shop/cart.py:6", "shop/state.py:3", "shop/state.py:4"}


def test_a_method_tells_what_it_overrides_and_what_it_calls() -> None:
    total = defined(Target("symbol", "shop/cart.py", "GiftCart.total"))[0]
    assert f"It overrides `Cart.total` (`{line_of('shop/cart.py', 'def total')}`)." in total
    calls = defined(Target("symbol", "shop/cart.py", "Cart.total"))[0]
    assert f"It calls `price_of` (`{line_of('shop/prices.py', 'def price_of')}`)." in calls
    assert "calls" not in defined(ADD)[0]


def test_a_decorator_is_not_called_by_what_it_decorates() -> None:
    files = {"shop/till.py": "def logged(f): ...\n\n\n@logged\ndef open_till():\n    raise ValueError(logged)\n"}
    assert "calls" not in defined(Target("symbol", "shop/till.py", "open_till"), files)[0]


def test_there_is_nothing_more_to_say_of_a_plain_function() -> None:
    assert defined(PRICE_OF)[0].endswith("```python\ndef price_of(sku)\n```")


def test_a_heading_is_not_repeated_as_code() -> None:
    text, _ = defined(Target("symbol", "guide.md", "Carts"), {"guide.md": "# Carts\n\nHow to fill one.\n"})
    assert text == "`Carts` is a heading defined in `guide.md:1`."


def test_other_languages_say_it_with_their_own_kinds() -> None:
    files = {"src/index.ts": 'export * from "./state";\n', "src/state.ts": "export enum State {\n  Open,\n}\n"}
    text, places = defined(Target("class", "src/state.ts", "State"), files)
    assert text.startswith("`State` is an enum defined in `src/state.ts:1`.\n\n```typescript\nexport enum State\n```")
    assert "It is exported by `src/index.ts`." in text
    assert places == ["src/state.ts:1", "src/index.ts:1"]
