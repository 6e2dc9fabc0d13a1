import pytest

from fakes.outlines import OutlinesInMemory
from fakes.shop import ADD, MODULE, shop
from sleeptime.core.types import Target
from sleeptime.index.grounding import Passage, Scope
from sleeptime.sleep.truths import Truths, has_member, truths_of
from sleeptime.sleep.verify import check, keep_sound

SCOPE = Scope([Passage("a.py", 0, ("def load(path):", "    return parse(open(path))"))], OutlinesInMemory({}))


def test_the_share_of_names_that_exist_is_reported() -> None:
    results = check("`load` calls `parse` and `validate`.", SCOPE)
    assert (round(results.names, 2), results.unknown_names) == (0.67, ("validate",))
    assert check("No names here.", SCOPE).names == 1.0


def test_only_sentences_whose_names_exist_are_kept() -> None:
    text = "`load` opens `path`. It checks `schema` first."
    assert keep_sound(text, SCOPE, []).text == "`load` opens `path`."


def test_a_sentence_that_echoes_the_instruction_or_an_earlier_one_is_dropped() -> None:
    text = "It opens the file at `path`. Answer in two sentences. It opens the file at path."
    assert keep_sound(text, SCOPE, ["Answer in two sentences. Be exact."]).text == "It opens the file at `path`."


def test_a_sentence_that_tells_a_secret_is_dropped() -> None:
    text = "It opens `path`. The key is AKIAIOSFODNN7EXAMPLE."
    assert keep_sound(text, SCOPE, []).text == "It opens `path`."


def truths(target: Target) -> Truths:
    sources = shop()
    outline = sources.outlines.outline(target.path)
    assert outline
    return truths_of(target, outline, sources.outlines)


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("`Cart.add` raises `ValueError`.", ()),
        ("`Cart.add` raises a `KeyError`.", ("`KeyError` is not raised there",)),
        ("It calls `get` on `lines`.", ()),
        ("It calls `price_of`.", ("`price_of` is not called there",)),
        ("It changes `Cart.lines`.", ()),
        ("It changes `Cart.total` and `Cart.price_of`.", ("`Cart` has no `price_of`",)),
        ("It changes `GiftCart.lines`.", ()),
    ],
)
def test_claims_are_held_against_the_tree(sentence: str, wrong: tuple[str, ...]) -> None:
    assert truths(ADD).wrong(sentence) == wrong


def test_a_base_class_that_is_none_is_wrong_and_one_from_elsewhere_may_have_any_member() -> None:
    assert truths(MODULE).wrong("`GiftCart` inherits from `Cart`.") == ()
    assert truths(MODULE).wrong("`GiftCart` inherits from `GiftCart`.") == ("`GiftCart` is not a base class there",)
    sources = shop({"shop/far.py": "from far import Base\nclass Near(Base): ...\n"})
    assert has_member("Near", "anything", sources.outlines)
    assert not has_member("Cart", "anything", sources.outlines)


def test_how_many_sentences_each_gate_dropped_is_counted() -> None:
    text = "`load` opens `path`. It checks `schema` first. `load` opens `path`."
    assert keep_sound(text, SCOPE, []).dropped == {"names": 1, "echo": 1}
