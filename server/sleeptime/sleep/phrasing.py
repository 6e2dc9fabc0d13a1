"""A briefing's first sentences, by a model: what the changes amount to, checked against the changes themselves.

A small model asked for that begins with generalities ("significant refactoring"), copies lists, and takes what changed
for removed; given the beginnings of its sentences, it finishes them. What is kept names nothing but what the facts
name, and says of nothing that it went, came or broke that did not.
"""

import re
import threading
from collections.abc import Iterator

from msgspec import Struct

from sleeptime.core.ports import ChatRequest, Message, Model
from sleeptime.core.types import GateResults
from sleeptime.index import Passage, Scope, Sources, code_names, sentences
from sleeptime.prompts import render
from sleeptime.sleep.changes import Changes
from sleeptime.sleep.plain import whole_sentences
from sleeptime.sleep.verify import check, keep_sound, problems

PROMPT = "system.v1+change.v2"

FACT_CHARACTERS = 4000
"""What the model reads of the facts: some 1,000 tokens."""

PHRASE_TOKENS = 120
"""Three sentences."""

MOST_SENTENCES = 3

_TITLE = re.compile(r"\*\*[^*\n]*(?:\*\*:|:\*\*)")
"""A bold title with a colon: it says nothing."""

_CLAIMS = {
    "went": re.compile(r"\b(removed|removes|removal|deleted|dropped|gone|no longer exists?)\b", re.IGNORECASE),
    "came": re.compile(r"\b(added|adds|addition|introduced|introduces|created)\b", re.IGNORECASE),
}
_BEGINNINGS = {"broke": "Code that uses", "came": "New is"}
"""What is said of what stands first in a sentence."""


class Phrased(Struct, frozen=True):
    """What a model made of a briefing's facts, and what that cost; no `text` if no sentence passed the gates, or it was
    cancelled.
    """

    text: str
    gates: GateResults
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0


def phrase(facts: str, changes: Changes, sources: Sources, model: Model, cancel: threading.Event) -> Phrased:
    """Two or three sentences that say what the changes amount to; `facts` tell the changes in our words.

    Raises:
        ModelError: the engine failed.
    """
    facts = facts[:FACT_CHARACTERS]
    scope = sources.scope([Passage(".", 0, tuple(facts.split("\n")))])
    task = render("change.v2", facts=facts, openings=_openings(changes))
    messages = [Message("system", render("system.v1")), Message("user", task)]
    prompt = cached = generated = 0
    said = ""
    for _ in range(2):
        result = model.chat(ChatRequest(tuple(messages), max_tokens=PHRASE_TOKENS), cancel)
        prompt, cached = prompt + result.prompt_tokens, cached + result.cached_tokens
        generated += result.generated_tokens
        if result.finish == "cancelled":
            return Phrased("", check("", scope), prompt, cached, generated)
        said = whole_sentences(_TITLE.sub("", result.text), cut_off=result.finish == "length")
        if not (wrong := problems(check(said, scope))):
            break
        messages += [Message("assistant", said), Message("user", render("retry.v2", problems=wrong))]
    kept = _kept(said, facts, changes, (scope, [message.content for message in messages[:2]]))
    return Phrased(kept, check(kept, scope), prompt, cached, generated)


def _openings(changes: Changes) -> str:
    """How its sentences begin: nothing is asked for of which there is none."""
    broke, came = any(_such(changes, "broke")), any(_such(changes, "came"))
    asked = ['"Code that uses … must now …"'] * broke + ['"New is …, which …"'] * came
    return " and ".join(asked or ['"What differs is …, which …"'])


def _kept(said: str, facts: str, changes: Changes, gates: tuple[Scope, list[str]]) -> str:
    scope, instructions = gates
    sound = sentences(keep_sound(said, scope, instructions).text)
    true = [sentence for sentence in sound if _names_only(sentence, facts) and _claims_are_true(sentence, changes)]
    return " ".join(true[:MOST_SENTENCES])


def _names_only(sentence: str, facts: str) -> bool:
    """Whether it names something, and nothing that the facts do not."""
    names = code_names(sentence)
    return bool(names) and all(name in facts for name in names)


def _claims_are_true(sentence: str, changes: Changes) -> bool:
    """Whether something that it names went where it says that something did, and came likewise; and whether what it
    begins with broke, or is new, if it says so.
    """
    names = code_names(sentence)
    for what, beginning in _BEGINNINGS.items():
        if sentence.startswith(beginning) and names[0] not in set(_such(changes, what)):
            return False
    named = {word for name in names for word in (name, name.rsplit(".", 1)[-1])}
    return all(
        not claim.search(sentence) or not named.isdisjoint(_such(changes, what)) for what, claim in _CLAIMS.items()
    )


def _such(changes: Changes, what: str) -> Iterator[str]:
    """The names of what went, came or broke: files, definitions, and parameters."""
    for module in changes.modules:
        if (what == "went" and module.is_gone) or (what == "came" and not module.old_path):
            yield module.path
        for change in module.symbols:
            if what == "broke":
                broken = (change.before or change.symbol) if change.breaking else None
                yield from (broken.name, broken.qualified_name) if broken else ()
                continue
            before = change.before if change.kind != "added" else None
            now = change.symbol if change.kind != "removed" else None
            gone, new = (before, now) if what == "went" else (now, before)
            if gone is None:
                continue
            if new is None or new.name != gone.name:
                yield gone.name
                yield gone.qualified_name
            else:
                yield from set(re.findall(r"\w+", gone.signature)) - set(re.findall(r"\w+", new.signature))
