"""How a definition reads up to its body: on one line, with defaults and annotations, without comments."""

import re

from tree_sitter import Node

from sleeptime.core.types import CLASS_KINDS
from sleeptime.index.languages import LanguageSpec
from sleeptime.index.references import collapse
from sleeptime.index.symbols import VALUES, Definition

_MAX_VALUE_CHARS = 200
_MAX_CHARS = 1000
_MAX_BYTES = 4000
"""Of longer heads (tables written out in place) only the start is looked at."""

_MODIFIERS = re.compile(r"^(?:@[\w.]+(?:\([^()]*\))?\s*|#?\[[^\[\]]*\]\s*)+(?=\S)")
_HASH_COMMENT = re.compile(r"(?<=[\s,(])#[^\n]*")
_SLASH_COMMENT = re.compile(r"(?<=[\s,(])//[^\n]*|/\*.*?\*/", re.DOTALL)
_KEYWORD_OUTSIDE = frozenset({"export_statement", "lexical_declaration"})


def signature_of(definition: Definition, source: bytes, spec: LanguageSpec) -> str:
    """A function's or class's text before its body; a variable's whole text, cut at 200 characters."""
    if definition.kind in VALUES:
        start = definition.node.start_byte if spec.dotted else definition.start
        end = min(definition.node.end_byte, start + _MAX_BYTES)
        return collapse(_trimmed(_own_text(source[start:end], definition, spec)), _MAX_VALUE_CHARS)
    node = definition.node
    start = definition.start if definition.outer.type in _KEYWORD_OUTSIDE else node.start_byte
    body = _body(node)
    end = min(node.end_byte if body is None else body.start_byte, start + _MAX_BYTES)
    return collapse(_trimmed(_own_text(source[start:end], definition, spec)), _MAX_CHARS)


def _own_text(head: bytes, definition: Definition, spec: LanguageSpec) -> str:
    """Without comments; without the annotations that some languages count to the definition."""
    text = head.decode("utf-8", "replace")
    if spec.dotted:
        return _HASH_COMMENT.sub("", text) if "#" in text and "\n" in text else text
    if "\n" in text and ("//" in text or "/*" in text):
        text = _SLASH_COMMENT.sub("", text)
    if definition.kind in CLASS_KINDS:
        return _MODIFIERS.sub("", text).split("{")[0]
    return _MODIFIERS.sub("", text) if len(spec.doc_comment) > 1 else text


def _trimmed(text: str) -> str:
    text = text.strip()
    return text.rstrip("=> ") if text.endswith("=>") else text.rstrip(" \t\r\n:={;,")


def _body(node: Node) -> Node | None:
    """The body of a definition, also of `const f = () => {}`."""
    if (body := node.child_by_field_name("body")) is not None:
        return body
    value = node.child_by_field_name("value")
    return value.child_by_field_name("body") if value is not None else None
