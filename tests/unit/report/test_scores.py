import pytest

from fakes.embedder import LetterEmbedder
from fakes.shop import shop
from sleeptime.report.questions import Question
from sleeptime.report.scores import Judge, Produced, is_refusal, shown_files

QUESTION = Question(
    "What does a cart check?", answer="`Cart.add` raises ValueError.",
    evidence_files=("shop/cart.py", "shop/prices.py"), identifiers=("add", "ValueError"),
)  # fmt: skip


def scored(text, *files, question=QUESTION, error=""):
    return Judge(shop(), LetterEmbedder()).score(question, Produced(text=text, files=files, error=error))


def test_an_answer_gets_what_it_brings():
    scores = scored("`Cart.add` checks the count (shop/cart.py:14).", "shop/cart.py", "tests/test_cart.py")
    assert (scores.evidence_recall, scores.identifier_recall, scores.grounding) == (0.5, 0.5, 1.0)
    assert 0.5 < scores.similarity < 1


def test_only_the_first_five_files_count():
    files = {name: (*name, "shop/cart.py") for name in ("abcde", "aabbcc")}
    recall = {name: Judge().score(QUESTION, Produced(text="It adds.", files=files[name])) for name in files}
    assert (recall["abcde"].evidence_recall, recall["aabbcc"].evidence_recall) == (0, 0.5)


def test_a_name_inside_another_is_not_that_name():
    assert scored("It uses `address`.").identifier_recall == 0


def test_names_and_places_that_do_not_exist_count_against_an_answer():
    assert scored("`Cart.add` calls `Basket` at shop/cart.py:900.").grounding == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "error"),
    [("", ""), ("I cannot answer this from the notes.", ""), ("`add` raises ValueError", "The engine stopped.")],
)
def test_no_answer_scores_nothing_whatever_was_found(text, error):
    scores = scored(text, "shop/cart.py", "shop/prices.py", error=error)
    assert (scores.evidence_recall, scores.identifier_recall, scores.grounding, scores.similarity) == (0, 0, 0, 0)


def test_a_long_answer_that_begins_modestly_is_no_refusal():
    assert is_refusal("The given context does not contain the method.")
    assert not is_refusal("The context does not contain the method itself, but " + "it is called by `add`. " * 20)
    assert not is_refusal("It is the cart.")


def test_a_refusal_that_says_where_to_look_is_one():
    places = ", ".join(f"`Cart.add_line_{number}` (shop/cart.py:{number})" for number in range(20))
    assert is_refusal(f"The given context does not contain the method.\n\nSee also {places}.")
    assert not is_refusal(f"It is in `Cart.add`.\n\nSee also {places}.")


def test_where_the_reference_says_nothing_nothing_is_scored():
    scores = scored("It adds.", question=Question("Does it?"))
    assert (scores.evidence_recall, scores.identifier_recall, scores.similarity, scores.correct) == (None,) * 4
    assert scores.grounding is None  # no name, no place


def test_a_number_is_right_or_wrong():
    question = Question("How many?", answer="12")
    assert scored("3 x 4 = 12", question=question).correct == 1
    assert scored("12 or 13", question=question).correct == 0
    assert scored("", question=question).correct == 0


def test_files_are_those_cited_first_then_those_given():
    assert shown_files("see b.py:3 and a.py:1-2", ["c.py", "a.py"]) == ("b.py", "a.py", "c.py")


def test_tokens_reused_are_not_computed_again():
    assert Produced(text="", prompt_tokens=100, cached_tokens=80, generated_tokens=7).test_tokens == 27
