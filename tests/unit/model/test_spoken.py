"""Tokens become whole characters, and a stop string is never said."""

from hypothesis import given
from hypothesis import strategies as st

from sleeptime.model.spoken import Spoken


def decode(ids):
    return bytes(ids).decode("utf-8", "replace")


def speak(text: str, stops: tuple[str, ...] = ()) -> tuple[Spoken, list[str]]:
    pieces: list[str] = []
    spoken = Spoken(decode, stops, pieces.append)
    for byte in text.encode():
        if spoken.stopped:
            break
        spoken.add(byte)
    spoken.flush()
    return spoken, pieces


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd")))
def test_bytes_become_whole_characters(text):
    spoken, pieces = speak(text)
    assert spoken.text == text
    assert "".join(pieces) == text
    assert all("\ufffd" not in piece for piece in pieces)


@given(st.text("abc"), st.text("abc", min_size=1, max_size=3))
def test_nothing_of_a_stop_string_is_said(text, stop):
    spoken, _ = speak(text, (stop,))
    assert spoken.stopped == (stop in text)
    assert spoken.text == text.split(stop)[0]


def test_bytes_that_are_no_character_are_dropped():
    spoken = Spoken(decode, (), lambda _piece: None)
    for byte in b"a\xf0\x9f" + b"b":
        spoken.add(byte)
    assert spoken.text == "ab"
