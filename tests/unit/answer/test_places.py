from fakes.shop import ADD, PRICE_OF, shop
from sleeptime.answer.find import Found
from sleeptime.answer.places import FILES_SHOWN, see_also
from sleeptime.core.types import Evidence, Target

GUIDE = {"docs/guide.md": "# Guide\n\nRead on.\n\n## Paying\n\nAt the till.\n"}
PAYING = Target("symbol", "docs/guide.md", "Guide/Paying")
SOURCES = shop(GUIDE)


def found(*targets: Target) -> Found:
    return Found(tuple(dict.fromkeys(target.path for target in targets)), targets)


def test_the_best_place_of_each_file_is_named_with_its_line() -> None:
    line = see_also("", (), found(ADD, PRICE_OF, Target("class", "shop/cart.py", "Cart")), SOURCES)
    assert line == "See also `Cart.add` (`shop/cart.py:12`), `price_of` (`shop/prices.py:1`)."


def test_what_the_answer_cites_is_not_named_again() -> None:
    evidence = (Evidence("shop/cart.py", 1, 2),)
    assert see_also("As shop/prices.py:2 says.", evidence, found(ADD, PRICE_OF), SOURCES) == ""


def test_a_heading_is_no_code() -> None:
    assert see_also("", (), found(PAYING), SOURCES) == "See also `docs/guide.md:5`."


def test_a_definition_is_named_before_its_file() -> None:
    targets = found(Target("module", "shop/prices.py"), ADD, PRICE_OF)
    assert (
        see_also("", (), targets, SOURCES)
        == "See also `price_of` (`shop/prices.py:1`), `Cart.add` (`shop/cart.py:12`)."
    )


def test_a_file_that_nothing_in_it_stands_for_is_named_by_its_first_line() -> None:
    assert see_also("", (), found(Target("module", "shop/__init__.py")), SOURCES) == "See also `shop/__init__.py:1`."


def test_no_more_files_are_named_than_a_person_looks_at() -> None:
    many = tuple(f"shop/{number}.py" for number in range(9))
    line = see_also("", (), found(*(Target("module", path) for path in many)), SOURCES)
    assert line.count("shop/") == FILES_SHOWN
