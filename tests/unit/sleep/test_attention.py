from sleeptime.sleep.attention import (
    DEPENDANT_SHARE,
    HALF_LIFE_SECONDS,
    MOST_PATHS,
    STRENGTH,
    Attention,
    attention_from,
)  # fmt: skip


def test_attention_halves_in_half_an_hour() -> None:
    seen = Attention()
    seen.note("a.py", "save", 0)
    assert seen.weight("a.py", 0) == STRENGTH["save"]
    assert seen.weight("a.py", HALF_LIFE_SECONDS) == STRENGTH["save"] / 2
    assert seen.weight("b.py", 0) == 0


def test_a_look_does_not_make_an_edit_less() -> None:
    seen = Attention()
    seen.note("a.py", "save", 0)
    seen.note("a.py", "focus", 60)
    assert seen.is_edited("a.py", 60)
    assert seen.edited(60) == {"a.py"}
    seen.note("a.py", "focus", 10 * HALF_LIFE_SECONDS)
    assert not seen.is_edited("a.py", 10 * HALF_LIFE_SECONDS)


def test_what_depends_on_an_edited_file_matters_too() -> None:
    seen = Attention()
    seen.note("a.py", "save", 0)
    seen.note("c.py", "open", 0)
    weights = seen.weights(0, lambda path: ["b.py"] if path == "a.py" else ["d.py"])
    assert weights["b.py"] == (DEPENDANT_SHARE * STRENGTH["save"], "depends on a.py, just changed")
    assert weights["c.py"] == (STRENGTH["open"], "opened")
    assert "d.py" not in weights


def test_it_survives_the_worker_and_forgets_the_oldest() -> None:
    seen = Attention()
    for number in range(MOST_PATHS + 1):
        seen.note(f"{number}.py", "open", number)
    again = attention_from(seen.to_json())
    assert again.weight("0.py", 0) == 0
    assert again.weight("1.py", 1) == seen.weight("1.py", 1) > 0
    assert attention_from("not json").to_json() == "{}"
