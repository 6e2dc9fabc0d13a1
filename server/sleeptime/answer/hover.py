"""The hover: what a symbol is for, the facts that matter before touching it, and how fresh the words are.

Facts alone are a good hover already; a note adds its paragraph. Reads memory and the store only.
"""

from collections.abc import Callable, Sequence

from sleeptime.answer.defuse import defused
from sleeptime.core.types import Answer, Target
from sleeptime.index import Facts, Use
from sleeptime.prompts import first_sentence

Link = Callable[[str, int], str]
"""Markdown for a place: (path, zero-based line)."""

SHOWN_USES = 3
"""Callers named in a hover; the total says how many more there are."""


def plain_link(path: str, line: int) -> str:
    """A place where links lead nowhere: a terminal."""
    return f"`{path}:{line + 1}`"


def hover_markdown(facts: Facts, note: Answer | None, *, fresh: bool, now: float, link: Link = plain_link) -> str:
    """A symbol's hover. `note` is its summary, if there is one; `fresh` says whether its code is unchanged since."""
    symbol = facts.symbol
    blocks = [f"```{facts.language}\n{symbol.signature or symbol.qualified_name}\n```"]
    if note is not None:
        blocks.append(_note(note, fresh=fresh, now=now))
    elif symbol.docstring:
        blocks.append(defused(first_sentence(symbol.docstring)))
    if lines := fact_lines(facts, link):
        blocks.append("\n".join(f"- {line}" for line in lines))
    return "\n\n".join(blocks)


def fact_lines(facts: Facts, link: Link) -> list[str]:
    """One line a fact, most useful first; facts that say nothing are left out."""
    symbol = facts.symbol
    named = (
        ("Called from", _uses(facts.callers, facts.caller_count, link, at_least=facts.at_least)),
        ("Raises", _codes(symbol.raises)),
        ("Extends", _codes(symbol.bases)),
        ("Extended by", _targets(facts.subclasses)),
        ("Overrides", _targets(facts.overrides)),
        ("Overridden by", _targets(facts.overridden_by)),
        ("Calls", _codes(_certain_callees(facts))),
        ("Tested by", _uses(facts.tests, facts.test_count, link, at_least=facts.at_least)),
        ("Decorated with", _codes(symbol.decorators)),
        ("Mentioned in", f"{facts.mention_count} files, of which the nearest were searched" if facts.at_least else ""),
    )
    return [f"{name} {text}" for name, text in named if text]


def age(seconds: float) -> str:
    """How long ago, in the largest unit that says something."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit} ago"
    return "just now"


def _note(note: Answer, *, fresh: bool, now: float) -> str:
    written = f"{note.model} · {age(now - note.created_at)}"
    text = defused(note.text)
    if fresh:
        return f"{text}\n\n*{written}*"
    return f"*Out of date: the code changed after this was written ({written}).*\n\n> {text}"


def _certain_callees(facts: Facts) -> tuple[str, ...]:
    """What is called for sure; exceptions are named where they are raised."""
    certain = (use.target.symbol for use in facts.callees if use.target.symbol and not use.ambiguous)
    return tuple(name for name in dict.fromkeys(certain) if name not in facts.symbol.raises)


def _uses(uses: Sequence[Use], total: int, link: Link, *, at_least: bool) -> str:
    shown = [f"{_name(use.target)} ({link(use.path, use.line)}{_maybe(use)})" for use in uses[:SHOWN_USES]]
    bound = "at least " if at_least else ""
    more = f" and {bound}{total - len(shown)} more" if total > len(shown) else ""
    return ", ".join(shown) + more


def _targets(targets: Sequence[Target]) -> str:
    return _codes(tuple(target.symbol for target in targets))


def _codes(names: Sequence[str], limit: int = 6) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(f"`{name}`" for name in names[:limit]) + more


def _name(target: Target) -> str:
    return f"`{target.symbol or target.path}`"


def _maybe(use: Use) -> str:
    return ", perhaps" if use.ambiguous else ""
