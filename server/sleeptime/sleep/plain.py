"""What a model said as plain prose: no marks of lists, titles or bold print, nothing begun and not ended.

A small model answers in Markdown whatever it is asked for, and its limit of tokens ends it in the middle of a list. A
note is read in a hover, beside others and by other models, and sentence by sentence by the gates (`verify.py`).
"""

import itertools
import re
from collections.abc import Iterator

from msgspec import Struct

from sleeptime.index import code_names, sentences

_FENCE = "```"
_FENCED = re.compile(r"^\s*```.*?(?:^\s*```\s*$|\Z)", re.MULTILINE | re.DOTALL)
_BOLD = re.compile(r"(`[^`\n]*`)|\*{2,}(?=\S)((?:[^*`\n]|`[^`\n]*`)+)(?<=\S)\*{2,}")
"""Bold print, and code, in which stars are no print."""

_BULLET = r"[-*+•]"
_MARK = rf"(?:{_BULLET}|\(?\d{{1,2}}[.)]|[a-z]\))(?=\s|$)"
_FIRST = rf"(?:{_BULLET}|\(?1[.)]|a\))(?=\s|$)"
_ITEM = re.compile(rf"\s*{_MARK}(?:\s+{_MARK})*")
_ITEM_WITHIN = re.compile(rf"(?:(?<=[.;!?])\s+{_MARK}|(?<=:)\s+{_FIRST})(?:\s+{_MARK})*\s*")
"""A list written as one line. Behind a colon a number may be what is spoken of ("the default is: 5.")."""

_TITLE = re.compile(r"\s*(?:#+\s+(.*?)\s*#*|\*\*([^*]*[^*:.!?\s])\*\*)\s*")
_ENDED = re.compile(r"[.!?][\"')\]`]*$")


class _Block(Struct):
    """A paragraph, a title or an item of a list, on one line."""

    text: str
    is_item: bool


def whole_sentences(text: str, *, cut_off: bool) -> str:
    """The text on one paragraph, without what stands around prose, without a last sentence that the token limit cut
    off, and without an announcement that nothing follows. A label stays a label, as code if it is the name of some.
    """
    blocks = _blocks(_FENCED.sub("\n\n", text).replace(_FENCE, ""))
    if cut_off and blocks:
        blocks[-1].text = _finished(blocks[-1].text)
    plain = _prose([block for block in blocks if block.text])
    return plain if plain == text else whole_sentences(plain, cut_off=False)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    is_open = False
    for line in text.split("\n"):
        title = _TITLE.fullmatch(line)
        plain = f"{title[1] or title[2]}:" if title else _BOLD.sub(_unprinted, line.strip())
        mark = _ITEM.match(plain)
        plain = plain[mark.end() :].strip() if mark else plain.strip()
        if mark or title or not is_open:
            blocks.append(_Block(plain, mark is not None))
        else:
            blocks[-1].text = f"{blocks[-1].text} {plain}".strip()
        is_open = bool(plain or mark) and not title
    return [block for block in blocks if block.text]


def _unprinted(match: re.Match[str]) -> str:
    """What was printed bold, as code if it can be nothing else."""
    if match[1] is not None:
        return match[1]
    name = match[2].rstrip(":")
    return f"`{name}`{match[2][len(name) :]}" if code_names(name) == (name,) and "`" not in name else match[2]


def _finished(text: str) -> str:
    """Without the sentence that the limit cut off."""
    parts = list(sentences(text))
    if parts and (not _ENDED.search(parts[-1]) or parts[-1].count("`") % 2):
        parts.pop()
    return " ".join(parts)


def _prose(blocks: list[_Block]) -> str:
    parts = list(sentences(_ITEM_WITHIN.sub(" ", " ".join(_joined(blocks))).strip()))
    while parts and parts[-1].endswith(":"):
        parts.pop()
    text = " ".join(parts)
    return text if not text or _ENDED.search(text) else f"{text.rstrip(';, ')}."


def _joined(blocks: list[_Block]) -> Iterator[str]:
    """Each block, ended as it stands: items that are no sentences make up one."""
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        in_list = block.is_item and following is not None and following.is_item
        ended = block.text.endswith((":", ";", ",")) or _ENDED.search(block.text)
        yield block.text if ended or following is None else f"{block.text}{';' if in_list else '.'}"
