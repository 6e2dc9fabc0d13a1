"""Declared types as names: what `Optional["Foo"]`, `*pkg.Foo` or `&'a mut Foo<T>` say about members."""

import re
from functools import lru_cache

_MAX_CHARS = 200
_WRAPPER = re.compile(
    r"^(?:typing\.|t\.|te\.)?(?:Optional|Annotated|ClassVar|Final|Required|NotRequired|ReadOnly|Promise|Awaitable"
    r"|Readonly|Partial|Box|Arc|Rc|Option|unique_ptr|shared_ptr|std::unique_ptr|std::shared_ptr)\s*[\[<](.*)[\]>]$",
    re.DOTALL,
)
_PREFIX = re.compile(r"^(?:->\s*|:\s*|const\s+|final\s+|struct\s+|mut\s+|dyn\s+|impl\s+|&|\*|'\w+\s+|\?)+")
_SUFFIX = re.compile(r"(?:\s*(?:\*|&|\?|const))+$")
_GENERIC = re.compile(r"\s*[\[<].*[\]>]$", re.DOTALL)
_NAME = re.compile(r"[\w\\]+(?:(?:\.|::)\w+)*")
_TYPE_BEFORE = re.compile(
    r"(?:(?:public|protected|private|internal|static|final|virtual|inline|async|override|abstract|const)\s+)*"
    r"([\w:.]+(?:<[^()]*>)?[*&?\s]+)[\w:~]+\s*\("
)
_NOTHING = frozenset({"None", "null", "undefined", "var", "auto", ""})


@lru_cache(maxsize=4096)
def normal_type(text: str) -> str:
    """The dotted name whose members a value of this type has; "" when that cannot be told."""
    if len(text) > _MAX_CHARS:
        return ""
    text = text.strip().strip("\"'").strip()
    text = _SUFFIX.sub("", _PREFIX.sub("", text)).strip()
    if "|" in text:
        parts = [part.strip() for part in text.split("|")]
        chosen = [part for part in parts if part not in _NOTHING]
        return normal_type(chosen[0]) if len(chosen) == 1 else ""
    if (wrapped := _WRAPPER.match(text)) is not None:
        return normal_type(wrapped[1].split(",")[0])
    if text.startswith(("[", "(", "{")) or text in _NOTHING:
        return ""
    if text.startswith(("type[", "Type[", "typing.Type[")):
        return ""
    text = _GENERIC.sub("", text)
    return text if _NAME.fullmatch(text) else ""


@lru_cache(maxsize=4096)
def returned_type(signature: str, language: str) -> str:
    """The declared result of a signature, before or behind the parameters as the language has it; "" if undeclared."""
    if language in {"java", "c", "cpp", "csharp"}:
        before = _TYPE_BEFORE.match(signature)
        return normal_type(before[1]) if before else ""
    head, arrow, tail = signature.rpartition("->")
    if arrow and head.count("(") == head.count(")"):
        return normal_type(tail)
    after = signature[signature.rfind(")") + 1 :].strip()
    return normal_type(after) if language == "go" or after.startswith(":") else ""
