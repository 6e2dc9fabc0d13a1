"""Text that we did not write (docstrings, model output) made safe to stand in Markdown.

Repository text is evidence, never instruction, and no link or image of it is rendered: an image tells its host who
reads, and a link can lead anywhere.
"""

import re

_CODE = re.compile(r"(`+)(?:.+?)\1", re.DOTALL)
_URL = re.compile(r"\b(?:https?|ftp|file|command|vscode\w*)://?\S+|\bwww\.\S+", re.IGNORECASE)
_ROLE = re.compile(r":(?:[a-z]+:)?[a-z]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`")


def defused(text: str) -> str:
    """The text with links, images and HTML shown as they are written; code spans stay, Sphinx roles become some."""
    text = _ROLE.sub(r"`\1`", text)
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts += [_plain(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    parts: list[str] = []
    end = 0
    for url in _URL.finditer(text):
        parts += [_escaped(text[end : url.start()]), f"`{url[0]}`"]
        end = url.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return re.sub(r"[\[\]<]", lambda match: "\\" + match[0], text)
