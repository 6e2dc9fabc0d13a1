import re

import msgspec

from sleeptime.report.compare import Row
from sleeptime.report.comparison import About, compared
from sleeptime.report.page import comparison_page
from sleeptime.report.scores import Produced, Scores
from sleeptime.report.tables import markdown

ABOUT = About(
    subject="<shop>", model="echo", machine="2 cores", seed=1, questions={"s": (6, 9)}, predictability="a stand-in",
    slept={"sleep": "slept 1 min"},
)  # fmt: skip


def rows(questions=6):
    return [
        Row(
            key=f"{arm}{n}", set="s", id=f"q{n}", arm=arm, verbosity=1, sample=0, at=0.0,
            produced=Produced(
                text="t", generated_tokens=tokens + n, sleep_tokens=asleep, latency_ms=10 * tokens, outcome="notes"
            ),
            scores=Scores(identifier_recall=recall, evidence_recall=0.5),
        )
        for arm, tokens, asleep, recall in (
            ("raw retrieval", 1000, 0.0, 0.5), ("facts only", 500, 0.0, 0.5), ("sleep", 100, 4000.0, 0.5),
            ("blind", 400, 4000.0, 0.0),
        )
        for n in range(questions)
    ]  # fmt: skip


def comparison():
    return compared(rows(), ABOUT, {("s", f"q{n}"): n / 6 for n in range(6)})


def test_a_page_shows_every_picture_and_loads_and_runs_nothing():
    page = comparison_page(comparison())
    assert page.count("<svg") == 6
    assert "&lt;shop&gt;" in page
    assert "<shop>" not in page
    assert not re.search(r"<script|<link|@import|url\((?!#)|src=|href=", page)
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert "default-src 'none'" in page


def test_a_page_takes_its_colours_from_where_it_is_shown():
    svg = comparison_page(comparison()).split("<svg", 1)[1].split("</svg>", 1)[0]
    assert "currentColor" in svg
    assert 'fill="white"' not in svg


def test_the_tables_keep_the_blind_arm_and_say_of_how_many_questions_they_are():
    text = markdown(comparison())
    assert "s 6 of 9" in text
    assert "| blind | 1 | 6 |" in text
    assert "10." in text


def test_what_the_model_adds_nothing_to_is_said_plainly():
    said = " ".join(comparison().findings)
    assert "against static facts alone, no gain from what the model wrote asleep can be seen" in said
    assert "against sleep over random modules, sleep is better in identifier recall" in said


def test_few_questions_are_not_said_to_be_better_or_worse():
    found = compared(rows(questions=2), msgspec.structs.replace(ABOUT, questions={"s": (2, 9)}))
    said = " ".join(found.findings)
    assert said.count("too few questions to tell") == 2
    assert "better" not in said
    assert "s: fewer than 6 questions" in markdown(found)
