from fakes.shop import ADD, CLASS, PRICE_OF, shop
from sleeptime.answer.find import Found
from sleeptime.answer.places import FILES_SHOWN, nearby, see_also
from sleeptime.core.types import Answer, Evidence, GateResults, Read, Target
from sleeptime.index import Graph, Sources

GUIDE = {"docs/guide.md": "# Guide\n\nRead on.\n\n## Paying\n\nAt the till.\n"}
PAYING = Target("symbol", "docs/guide.md", "Guide/Paying")
SOURCES = shop(GUIDE)
IN_CART, IN_PRICES = Evidence("shop/cart.py", 6, 7), Evidence("shop/prices.py", 1, 2)


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


def note(target: Target, *read: Target, evidence: tuple[Evidence, ...] = ()) -> Answer:
    return Answer(
        key="k", target=target, intent="explain", question="How?", text="So.", evidence=evidence, code_hash="c", model="m",
        prompt="p", created_at=0.0, gates=GateResults(1, 1), read=tuple(Read(one, "c", "t") for one in read),
    )  # fmt: skip


def beside(one: Answer, sources: Sources = SOURCES) -> str:
    return nearby(one, one.text, Graph(sources.outlines), sources)


def test_of_a_definition_what_it_uses_elsewhere_is_named() -> None:
    assert beside(note(CLASS)) == "See also `Cart` (`shop/cart.py:6`), `price_of` (`shop/prices.py:1`)."


def test_what_uses_it_is_named_but_neither_tests_nor_examples() -> None:
    till = {"shop/till.py": "from shop.cart import Cart\n\n\ndef ring():\n    return Cart().total()\n"}
    example = {"examples/buy.py": till["shop/till.py"]}
    line = beside(note(CLASS, evidence=(IN_CART, IN_PRICES)), shop(till | example))
    assert line == "See also `ring` (`shop/till.py:4`)."


def test_what_a_concept_was_written_from_comes_first() -> None:
    line = beside(note(Target("topic", "", "price"), PRICE_OF, CLASS))
    assert line == "See also `price_of` (`shop/prices.py:1`), `Cart` (`shop/cart.py:6`)."


def test_what_documents_a_concept_is_no_code_to_look_at_besides() -> None:
    assert beside(note(Target("topic", "", "paying"), PAYING)) == ""


def test_a_file_that_the_note_cites_is_not_named_again() -> None:
    assert beside(note(CLASS, evidence=(IN_CART, IN_PRICES))) == ""


def test_what_is_gone_is_not_named() -> None:
    assert beside(note(Target("topic", "", "basket"), Target("class", "shop/cart.py", "Basket"))) == ""
