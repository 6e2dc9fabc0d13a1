"""Whether a name is for others, by each language's own convention."""

from collections.abc import Callable

from sleeptime.index.languages import Visibility


def is_visible(visibility: Visibility, name: str, signature: str, owner_kind: str) -> bool:
    """`owner_kind` is the kind of what the name is a member of, "" at the top of a file."""
    return _RULES[visibility](name, signature, owner_kind)


def _words(signature: str) -> list[str]:
    return signature.split("(", maxsplit=1)[0].split()


_RULES: dict[Visibility, Callable[[str, str, str], bool]] = {
    "underscore": lambda name, _, __: name[:1] != "_" or (name[:2] == "__" and name[-2:] == "__"),
    "export": lambda name, signature, _: name[:1] != "#" and "private" not in _words(signature),
    "capital": lambda name, _, __: name[:1].isupper(),
    "pub": lambda _, signature, owner: owner in {"trait", "enum"} or "pub" in _words(signature),
    "public": lambda _, signature, owner: owner in {"interface", "enum"} or "public" in _words(signature),
    "not_private": lambda _, signature, __: "private" not in _words(signature),
    "not_static": lambda _, signature, owner: owner != "" or "static" not in _words(signature),
    "all": lambda _, __, ___: True,
}
