from collections.abc import Mapping

import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.answer.accept import FEATURES, Proposal
from sleeptime.answer.proposals import MOST_WORDS, Proposer
from sleeptime.answer.retrieve import understand
from sleeptime.core.types import Target, level_of

FILES = {
    "shop/carts.py": 'class Cart:\n    """Keeps lines."""\n\nclass CartPolicy: ...\n\ndef fill_cart(): ...\n',
    "shop/orders.py": "class Order: ...\n\ndef fill_order(): ...\n",
    "shop/lists.py": "class PlainList: ...\n",
}
CONCEPTS = (Target("topic", "", "cart"), Target("topic", "", "order"), Target("topic", "", "policy"))


def proposed(question: str, notes: Mapping[str, str] | None = None) -> dict[str, Proposal]:
    """By target; `notes` are the texts written about concepts."""
    outlines = OutlinesInMemory(FILES)
    symbols = [
        Target(level_of(symbol), path, symbol.qualified_name)
        for path in outlines.paths()
        for symbol in outlines.outline(path).symbols
    ]
    proposer = Proposer(
        outlines,
        lambda _words, _limit: [*symbols, *CONCEPTS],
        lambda target, _intent: (notes or {}).get(target.symbol, ""),
    )
    return {str(one.target): one for one in proposer.propose(understand(question, outlines))}


def feature(proposal: Proposal, name: str) -> float:
    return proposal.features[FEATURES.index(name)]


def test_a_described_subject_is_a_class_or_a_concept_with_what_is_asked_of_it() -> None:
    found = proposed("Why does the shop use a cart system?")
    assert found["cart"].intent == found["shop/carts.py::Cart"].intent == "rationale"
    assert "shop/carts.py::fill_cart" not in found


def test_a_named_target_is_the_only_one_proposed() -> None:
    assert list(proposed("What is the role of `CartPolicy` for orders?")) == ["shop/carts.py::CartPolicy"]


def test_what_qualifies_the_subject_has_to_be_said_by_the_answer() -> None:
    question = "How does the shop handle carts during payment?"
    assert feature(proposed(question)["cart"], "besides") > 0
    assert feature(proposed(question, {"cart": "At a payment it is emptied."})["cart"], "besides") == 0


def test_of_what_a_question_why_supposes_only_things_of_this_repository_count() -> None:
    assert feature(proposed("Why does the shop use carts for serious work?")["cart"], "besides") == 0
    assert feature(proposed("Why does the shop use carts for orders?")["cart"], "besides") > 0


def test_a_contrast_with_another_thing_of_the_repository_asks_for_a_comparison() -> None:
    assert feature(proposed("Why does the shop use carts instead of orders?")["cart"], "contrasted") == 1
    assert feature(proposed("Why does the shop use carts instead of some plain paper?")["cart"], "contrasted") == 0


def test_a_comparison_gets_no_answer_about_one_of_what_is_compared() -> None:
    assert proposed("What is Cart?")
    assert not proposed("What is the difference between Cart and Order?")


def test_a_compound_is_covered_where_its_head_is_named_and_the_rest_is_said() -> None:
    question = "How does the shop handle discount carts?"
    assert feature(proposed(question)["cart"], "covered") == 0.5
    assert feature(proposed(question, {"cart": "It takes a discount."})["cart"], "covered") == 1
    turned_round = proposed("How does the shop handle cart discounts?", {"cart": "It takes a discount."})
    assert feature(turned_round["cart"], "covered") == 0


def test_what_is_named_in_full_is_a_rival_of_the_concept_that_it_is_part_of() -> None:
    found = proposed("How does the cart policy work?")
    assert feature(found["shop/carts.py::CartPolicy"], "margin") > 0
    assert feature(found["policy"], "margin") == 0


def test_places_alike_are_those_that_what_qualifies_the_subject_fits_as_well() -> None:
    found = proposed("Where is the fill logic defined in an order?")
    assert {target.symbol for target in found["shop/orders.py::fill_order"].alike} == set()
    assert {target.symbol for target in found["shop/carts.py::fill_cart"].alike} == {"fill_order"}


def test_what_a_relation_is_asked_for_has_to_be_said() -> None:
    plain = "What is the relationship between the Cart class and the Order class?"
    asked = plain.replace("?", " in establishing payment?")
    (one,) = proposed(plain).values()
    (other,) = proposed(asked).values()
    assert feature(one, "besides") == 0
    assert feature(other, "besides") == 1


@pytest.mark.parametrize("words", [MOST_WORDS, MOST_WORDS + 1])
def test_a_question_of_many_particulars_gets_no_ready_answer(words: int) -> None:
    question = "How do carts work with " + " ".join(f"x{chr(97 + n)}y" for n in range(words - 1)) + "?"
    assert bool(proposed(question)) == (words <= MOST_WORDS)
