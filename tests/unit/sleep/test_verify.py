from fakes.outlines import OutlinesInMemory
from sleeptime.index.grounding import Passage, Scope
from sleeptime.sleep.verify import check, keep_sound, whole_sentences

SCOPE = Scope([Passage("a.py", 0, ("def load(path):", "    return parse(open(path))"))], OutlinesInMemory({}))


def test_a_last_sentence_that_the_limit_cut_off_is_left_out() -> None:
    assert whole_sentences("It loads. It then call", cut_off=True) == "It loads."
    assert whole_sentences("It loads. It then call", cut_off=False) == "It loads. It then call"
    assert whole_sentences("It then call `lo", cut_off=True) == ""


def test_the_share_of_names_that_exist_is_reported() -> None:
    results = check("`load` calls `parse` and `validate`.", SCOPE)
    assert (round(results.names, 2), results.unknown_names) == (0.67, ("validate",))
    assert check("No names here.", SCOPE).names == 1.0


def test_only_sentences_whose_names_exist_are_kept() -> None:
    text = "`load` opens `path`. It checks `schema` first."
    assert keep_sound(text, SCOPE, []) == "`load` opens `path`."


def test_a_sentence_that_echoes_the_instruction_or_an_earlier_one_is_dropped() -> None:
    text = "It opens the file at `path`. Answer in two sentences. It opens the file at path."
    assert keep_sound(text, SCOPE, ["Answer in two sentences. Be exact."]) == "It opens the file at `path`."


def test_a_sentence_that_tells_a_secret_is_dropped() -> None:
    text = "It opens `path`. The key is AKIAIOSFODNN7EXAMPLE."
    assert keep_sound(text, SCOPE, []) == "It opens `path`."
