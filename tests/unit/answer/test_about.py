from fakes.shop import ADD, CLASS, MODULE, shop
from sleeptime.answer.about import is_particular, subjects
from sleeptime.answer.accept import FEATURES, Proposal
from sleeptime.answer.described import Described
from sleeptime.answer.retrieve import Understood, understand
from sleeptime.core.types import Target

CONCEPT = Target("topic", "", "cart")
GIFTS = Target("class", "shop/cart.py", "GiftCart")


def asked(question: str) -> Understood:
    return understand(question, shop().outlines)


def proposal(target: Target, **features: float) -> Proposal:
    return Proposal(target, "purpose", tuple(features.get(name, 0.0) for name in FEATURES))


def test_what_is_named_is_meant_and_what_has_the_same_name() -> None:
    described = [Described(target, 1.0, 1.0) for target in (CONCEPT, ADD)]
    assert subjects(asked("What is `Cart` for?"), [], described) == [CLASS, CONCEPT]


def test_what_is_described_is_what_is_proposed_for_it_and_what_it_says_the_whole_name_of() -> None:
    proposals = [proposal(MODULE, of_name=1.0, covered=1.0), proposal(GIFTS, of_name=0.5, covered=1.0)]
    described = [Described(CONCEPT, 0.5, 1.0), Described(GIFTS, 1.0, 0.5)]
    assert subjects(asked("How are carts kept?"), proposals, described) == [MODULE, CONCEPT]


def test_what_only_qualifies_the_subject_is_not_meant() -> None:
    assert subjects(asked("How are gifts wrapped for carts?"), [proposal(CONCEPT, of_name=1.0)], []) == []


def test_a_question_that_says_more_than_one_about_one_thing_is_particular() -> None:
    assert not is_particular(asked("Why does the shop use carts for gifts?"))
    many = "tills, taxes, customs officers, parcels, scales, porters, invoices, receipts, refunds and vouchers"
    assert is_particular(asked(f"Which count wins in a cart once {many} disagree?"))
