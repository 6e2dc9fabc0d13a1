from pathlib import Path

import pytest

from fakes.shop import CART, CLASS
from sleeptime.core.errors import RepositoryError
from sleeptime.report import open_reading


def test_a_repository_that_was_never_indexed_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="sleeptime index"):
        open_reading(tmp_path)


def test_a_note_is_fresh_until_its_code_changes_and_then_says_which_citations_fell(shop) -> None:
    shop.sleep()
    (note,) = shop.notes(CLASS, "purpose")
    assert (note.fresh, note.lost) == (True, 0)
    assert note.evidence
    shop.write("shop/cart.py", CART.replace("self.lines = {}", "self.lines = dict()"))
    (note,) = shop.notes(CLASS, "purpose")
    assert not note.fresh
    assert note.lost + len(note.evidence) == len(note.answer.evidence)


def test_one_note_is_read_for_each_question_the_fresh_one_first(shop) -> None:
    shop.sleep()
    shop.write("shop/cart.py", CART.replace("{}", "dict()"))
    shop.sleep()
    notes = shop.notes(CLASS)
    assert len({note.answer.question for note in notes}) == len(notes)
    assert all(note.fresh for note in notes)
