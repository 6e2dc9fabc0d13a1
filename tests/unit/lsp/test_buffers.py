from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from sleeptime.core.keys import blob_hash
from sleeptime.lsp.buffers import Buffer
from sleeptime.lsp.convert import WIDTHS, content, split_lines

TEXTS = st.text(st.sampled_from("ab é字🙂\n\r\x0c"), max_size=30)


def partial(start: tuple[int, int], end: tuple[int, int], text: str) -> lsp.TextDocumentContentChangePartial:
    return lsp.TextDocumentContentChangePartial(lsp.Range(lsp.Position(*start), lsp.Position(*end)), text)


def position(text: str, index: int, encoding: str) -> tuple[int, int]:
    """A position for an index that is not between a carriage return and its line feed."""
    lines = split_lines(text)
    row = 0
    while index > len(content(lines[row])):
        index -= len(lines[row])
        row += 1
    return row, sum(map(WIDTHS[encoding], lines[row][:index]))


def places(text: str) -> list[int]:
    return [index for index in range(len(text) + 1) if text[index - 1 : index + 1] != "\r\n"]


@given(TEXTS, st.sampled_from(sorted(WIDTHS)), st.data())
def test_a_series_of_edits_leaves_what_plain_string_edits_leave(text: str, encoding: str, data: st.DataObject) -> None:
    buffer = Buffer("a.py", text, 1)
    for version in range(2, 5):
        start, end = sorted(data.draw(st.sampled_from(places(text))) for _ in range(2))
        new = data.draw(TEXTS)
        change = partial(position(text, start, encoding), position(text, end, encoding), new)
        buffer.change([change], version, encoding)
        text = text[:start] + new + text[end:]
        assert buffer.lines == split_lines(text)
        assert buffer.data() == text.encode()
        assert buffer.version == version


def test_a_whole_text_replaces_the_old_one() -> None:
    buffer = Buffer("a.py", "old", 1)
    buffer.change([lsp.TextDocumentContentChangeWholeDocument("new\n")], 2, "utf-16")
    assert buffer.data() == b"new\n"


def test_an_edit_past_the_end_appends() -> None:
    buffer = Buffer("a.py", "a\n", 1)
    buffer.change([partial((9, 9), (9, 9), "b")], 2, "utf-16")
    assert buffer.data() == b"a\nb"


def test_the_hash_is_gits_and_follows_the_edits() -> None:
    buffer = Buffer("a.py", "a\n", 1)
    assert buffer.blob() == blob_hash(b"a\n")
    buffer.change([partial((0, 0), (0, 1), "b")], 2, "utf-8")
    assert buffer.blob() == blob_hash(b"b\n")


async def test_the_outline_follows_unsaved_text() -> None:
    buffer = Buffer("a.py", "def old(): ...\n", 1)
    first = await buffer.outline()
    assert await buffer.outline() is first
    buffer.change([partial((0, 4), (0, 7), "new")], 2, "utf-16")
    second = await buffer.outline()
    assert first
    assert second
    assert ([s.name for s in first.symbols], [s.name for s in second.symbols]) == (["old"], ["new"])


async def test_a_language_nobody_knows_has_no_outline() -> None:
    assert await Buffer("a.unknown", "x", 1).outline() is None
