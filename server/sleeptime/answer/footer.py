"""The line under an answer: where it comes from and what it cost. Every surface shows this one."""

from sleeptime.answer.hover import age
from sleeptime.core.messages import Answered

_ORIGINS = {"live": "from the source", "facts": "from the index, no model"}


def footer(answered: Answered, now: float, because: str = "") -> str:
    """For example "from notes written 2 h ago · 3 files · 212 tokens · 1.4 s". `created_at` of an answer from notes is
    when the oldest of them was written; `because`: why more than notes about what is asked was read.
    """
    written = age(now - answered.created_at)
    origin = {
        "cache": f"answered while you were away, {written}",
        "notes": f"from notes written {written}",
    }.get(answered.source) or _ORIGINS[answered.source]
    count = len({evidence.path for evidence in answered.evidence})
    tokens = answered.prompt_tokens + answered.generated_tokens
    changed = answered.changed_lines
    parts = (
        f"{origin}, for {because}" if because else origin,
        answered.model,
        f"{count} file{'' if count == 1 else 's'}",
        f"{tokens} tokens" if tokens else "",
        f"{answered.seconds:.1f} s",
        f"evidence changed ({changed} line{'' if changed == 1 else 's'})" if changed else "",
        f"{answered.removed_citations} citations removed" if answered.removed_citations else "",
    )
    return " · ".join(part for part in parts if part)
