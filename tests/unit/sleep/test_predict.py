import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.answer.retrieve import understand
from sleeptime.core.types import Outline
from sleeptime.sleep.predict import Question, likely_questions

MODULE = '''"""Orders."""
LIMIT = 3

class Order:
    """An order."""
    total = 0
    def place(self):
        one()
        two()
        three()
        four()
        five()
        six()
        seven()
    def _hidden(self): ...

class _Inner:
    def method(self): ...

def undocumented(): ...

def documented():
    """Says what it does."""
    def local(): ...
'''


def questions(text: str) -> list[Question]:
    outline = OutlinesInMemory({"a.py": text}).outline("a.py")
    assert isinstance(outline, Outline)
    return list(likely_questions("a.py", outline))


def about(symbol: str) -> list[str]:
    return [question.intent for question in questions(MODULE) if question.target.symbol == symbol]


def test_the_module_itself_is_asked_about_first() -> None:
    first = questions(MODULE)[0]
    assert (first.target.level, first.target.path, first.intent) == ("module", "a.py", "purpose")


def test_classes_and_functions_are_asked_about_and_constants_are_not() -> None:
    assert about("Order") == ["purpose", "explain", "rationale"]
    assert about("documented") == ["purpose"]
    assert about("LIMIT") == about("Order.total") == []


def test_how_something_works_is_asked_only_of_long_bodies() -> None:
    assert about("Order.place") == ["purpose", "explain"]
    assert about("undocumented") == ["purpose"]


def test_what_is_private_or_local_is_left_out() -> None:
    assert about("Order._hidden") == about("documented.local") == about("_Inner.method") == []


def test_a_missing_docstring_makes_the_question_likelier() -> None:
    likelihood = {question.target.symbol: question.likelihood for question in questions(MODULE)}
    assert likelihood["undocumented"] > likelihood["documented"]


def test_what_is_as_short_as_its_hover_is_asked_about_less() -> None:
    likelihood = {one.target.symbol: one.likelihood for one in questions(MODULE) if one.intent == "purpose"}
    assert likelihood["Order.place"] > likelihood["undocumented"]
    assert "rationale" not in [one.intent for one in questions("class Failed(Exception): ...\n")]


def test_a_file_that_defines_nothing_is_not_asked_about() -> None:
    assert questions("X = 1\n") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "export enum Colour { Red }\n"),
        ("a.ts", "export interface Colour { red: number }\n"),
        ("a.rs", "pub trait Colour { fn red(&self); }\n"),
        ("a.rs", "pub struct Colour { red: u8 }\n"),
    ],
)
def test_what_sleep_writes_about_any_kind_of_class_is_found_when_it_is_asked_for(path: str, text: str) -> None:
    outlines = OutlinesInMemory({path: text})
    outline = outlines.outline(path)
    assert outline is not None
    foreseen = {question.target for question in likely_questions(path, outline)}
    assert understand("What is the purpose of `Colour`?", outlines).target in foreseen
