"""Whether a name is for others, by each language's own convention."""

from sleeptime.index.languages import Visibility


def is_visible(visibility: Visibility, name: str, signature: str, owner_kind: str) -> bool:
    """`owner_kind` is the kind of what the name is a member of, "" at the top of a file."""
    words = signature.split("(", maxsplit=1)[0].split()
    visible = {
        "underscore": not name.startswith("_") or (name.startswith("__") and name.endswith("__")),
        "export": not name.startswith("#") and "private" not in words,
        "capital": name[:1].isupper(),
        "pub": "pub" in words or owner_kind in {"trait", "enum"},
        "public": "public" in words or owner_kind in {"interface", "enum"},
        "not_private": "private" not in words,
        "not_static": "static" not in words or owner_kind != "",
        "all": True,
    }
    return visible[visibility]
