from fakes.shop import ADD, CLASS, MODULE, shop
from sleeptime.core.types import Target
from sleeptime.index import Named, named, named_of


def sentence(target: Target) -> str:
    return named(target, shop().outlines).sentence()


def test_of_a_function_what_it_raises_and_uses_is_named() -> None:
    assert sentence(ADD) == "It raises `ValueError`; calls `get`; reads `lines`."


def test_of_a_class_or_module_what_it_extends_and_offers_is_named() -> None:
    assert sentence(CLASS) == "It offers `add`, `total`; keeps `lines`."
    assert sentence(Target("class", "shop/cart.py", "GiftCart")) == "It extends `Cart`; offers `total`."
    assert sentence(MODULE) == "It offers `Cart`, `GiftCart`."


def test_what_a_text_names_already_is_not_said_again() -> None:
    names = named(CLASS, shop().outlines)
    assert names.without("It calls `Cart.add()`.").sentence() == "It offers `total`; keeps `lines`."
    assert names.without("`add` and `total` do it with `lines`.").sentence() == ""


def test_a_kind_of_names_can_be_left_out() -> None:
    assert named(ADD, shop().outlines).besides("calls").sentence() == "It raises `ValueError`; reads `lines`."


def test_what_is_gone_has_no_names() -> None:
    assert named(Target("module", "gone.py"), shop().outlines) == Named()


def test_of_a_theme_its_parts_and_their_files_are_named() -> None:
    assert named_of([ADD, MODULE]).sentence() == "It involves `Cart.add`; is found in `shop/cart.py`."
