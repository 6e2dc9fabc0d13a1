"""Where else to look: the places that search found and an answer does not cite. No model writes them."""

from sleeptime.answer.find import Found
from sleeptime.core.types import Evidence, Target
from sleeptime.index import Sources, cited_places

FILES_SHOWN = 5
"""Files that an answer names in all."""


def see_also(text: str, evidence: tuple[Evidence, ...], found: Found, sources: Sources) -> str:
    """A line that names the best place in each of the first files found, a definition if there is one, until the
    answer names `FILES_SHOWN` files; "" if it does without.
    """
    shown = {path for path, _, _ in cited_places(text)} | {cited.path for cited in evidence}
    best: dict[str, Target] = {}
    for target in (*(target for target in found.targets if target.symbol), *found.targets):
        best.setdefault(target.path, target)
    others = [best[path] for path in found.files if path in best and path not in shown]
    places = [_place(target, sources) for target in others[: max(0, FILES_SHOWN - len(shown))]]
    return f"See also {', '.join(places)}." if places else ""


def _place(target: Target, sources: Sources) -> str:
    symbol = sources.symbol(target) if target.symbol else None
    if symbol is None:
        return f"`{target.path}:1`"  # as code: `__init__.py` is no bold print
    place = f"`{target.path}:{symbol.name_span.start_line + 1}`"
    return place if symbol.kind == "heading" else f"`{symbol.qualified_name.split('#')[0]}` ({place})"
