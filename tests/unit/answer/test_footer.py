from msgspec.structs import replace

from sleeptime.answer.footer import footer
from sleeptime.core.messages import Answered
from sleeptime.core.types import Evidence

PLACES = tuple(Evidence(path, 1, 2) for path in ("a.py", "b.py", "c.py", "a.py"))
NOTES = Answered(
    question="Why?", text="So.", evidence=PLACES, source="notes", model="m", created_at=1000.0, prompt_tokens=200,
    generated_tokens=12, seconds=1.42,
)  # fmt: skip


def test_an_answer_from_notes_says_how_old_they_are_and_what_it_cost() -> None:
    assert footer(NOTES, 1000.0 + 7200) == "from notes written 2 h ago · m · 3 files · 212 tokens · 1.4 s"


def test_facts_name_no_model_and_no_tokens() -> None:
    facts = replace(NOTES, source="facts", model="", prompt_tokens=0, generated_tokens=0, evidence=PLACES[:1])
    assert footer(facts, 1000.0) == "from the index, no model · 1 file · 1.4 s"


def test_raw_source_says_why_it_was_read() -> None:
    assert footer(replace(NOTES, source="live"), 1000.0, "the question was not foreseen").startswith(
        "from the source, for the question was not foreseen · "
    )


def test_changed_evidence_and_removed_citations_are_counted() -> None:
    line = footer(replace(NOTES, source="cache", changed_lines=3, removed_citations=1), 1000.0)
    assert line.endswith("evidence changed (3 lines) · 1 citations removed")
