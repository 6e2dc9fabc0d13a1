"""What one thought is made from: the prompt, the lines that its text may cite, and the notes that it depends on.

Fixed text first, then the module, then the symbol and the question: engines compute a shared prefix once.
"""

from collections.abc import Iterator

from msgspec import Struct

from sleeptime.core.intents import question_for
from sleeptime.core.ports import Message
from sleeptime.core.types import Answer, Outline, Target
from sleeptime.index import Passage, Sources
from sleeptime.prompts import outline_card, render
from sleeptime.sleep.notes import FindNote, feeding, parts_of

OUTLINE_LINES = 60
"""About 900 tokens: the prefix that all thoughts of a module share."""

SOURCE_LINES = 80
"""About 900 tokens of a symbol's own source; a longer body is shown by its head."""

HEAD_LINES = 2
"""A definition's first lines: what a citation of it shows."""

NAMED_FILES = 40
"""Paths shown of a whole: enough to see how it is laid out."""


class Material(Struct, frozen=True):
    """`passages` may be cited, and they and `context` hold the names that may be used."""

    messages: tuple[Message, ...]
    passages: tuple[Passage, ...]
    context: Passage
    dependencies: tuple[Answer, ...] = ()


class Gatherer:
    """Gathers material about one worktree."""

    def __init__(self, sources: Sources, find_note: FindNote) -> None:
        self._sources = sources
        self._find_note = find_note

    def gather(self, target: Target, intent: str) -> Material | None:
        """The material for a thought; None if the code is not what was indexed, or nothing is there to write from."""
        if target.level in {"package", "repository"}:
            return self._of_parts(target, intent)
        outline = self._sources.outlines.outline(target.path)
        passage = self._sources.passage(target)
        if outline is None or passage is None:
            return None
        if not target.symbol:
            return self._of_module(target, intent, outline, passage)
        values = {"source": _shown(passage), "subject": f"`{target.symbol}`"}
        task = render(
            "summary.v1" if intent == "purpose" else "explain.v1",
            question=question_for(intent, target.symbol),
            **values,
        )
        return Material(_messages(_module(target, outline), task), (passage,), _card_passage(target, outline))

    def _of_module(self, target: Target, intent: str, outline: Outline, passage: Passage) -> Material:
        notes = feeding(parts_of(target, intent, self._sources), self._find_note)
        head, context = _module(target, outline), _card_passage(target, outline)
        task = render("overview.v1", path=target.path)
        if notes:
            shown = render("notes.v1", subject=f"`{target.path}`", notes=_listed(notes))
            task = f"{shown}\n{render('parts.v1', question=question_for(intent, target.path))}"
            context = _with_lines(context, (note.text for note in notes))
        passages = (*heads(target.path, outline, self._sources), passage)
        return Material(_messages(head, task), passages, context, notes)

    def _of_parts(self, target: Target, intent: str) -> Material | None:
        parts = parts_of(target, intent, self._sources)
        notes = feeding(parts, self._find_note)
        if not notes:
            return None
        named = target.path or "this repository"
        files = self._files(target, intent)
        listed = "\n".join([_listed(notes), "Files: " + ", ".join(f"`{path}`" for path in files)])
        task = f"{render('notes.v1', subject=named, notes=listed)}\n"
        task += render("parts.v1", question=question_for(intent, named))
        cited = {path: None for note in notes for path in [note.target.path, *(e.path for e in note.evidence)]}
        passages = tuple(
            head
            for path in [*cited, *files]
            if (outline := self._sources.outlines.outline(path)) is not None
            for head in heads(path, outline, self._sources)
        )
        context = Passage(target.path or ".", 0, tuple(task.split("\n")))
        return Material(_messages("", task), passages, context, notes) if passages else None

    def _files(self, target: Target, intent: str) -> list[str]:
        """Paths that bear on the question, by the words that such files are named with."""
        words = _FILE_WORDS.get(intent, ())
        inside = f"{target.path}/" if target.path not in {"", "."} else ""
        paths = [path for path in self._sources.outlines.paths() if path.startswith(inside)]
        fitting = [path for path in paths if any(word in path.lower() for word in words)]
        return (fitting or paths)[:NAMED_FILES]


_FILE_WORDS = {
    "entry_points": ("__main__", "main.", "cli", "app.", "index.", "server.", "wsgi", "manage."),
    "configuration": ("config", "settings", "options", "defaults"),
    "testing": ("test", "conftest", "spec."),
}


def heads(path: str, outline: Outline, sources: Sources) -> tuple[Passage, ...]:
    """Where a module's definitions begin: the best lines to cite for a sentence that names them."""
    lines = sources.lines(path)
    return tuple(
        Passage(path, start, lines[start : start + HEAD_LINES], symbol.qualified_name)
        for symbol in outline.symbols
        if symbol.parent < 0 and (start := symbol.name_span.start_line) < len(lines)
    )


def _messages(head: str, task: str) -> tuple[Message, ...]:
    return (Message("system", render("system.v1")), Message("user", f"{head}\n{task}" if head else task))


def _module(target: Target, outline: Outline) -> str:
    card = outline_card(outline, OUTLINE_LINES)
    return render("module.v1", path=target.path, language=outline.language, outline=card)


def _shown(passage: Passage) -> str:
    lines = passage.lines[:SOURCE_LINES]
    more = [f"… ({len(passage.lines) - SOURCE_LINES} more lines)"] if len(passage.lines) > SOURCE_LINES else []
    return "\n".join(["```", *lines, *more, "```"])


def _listed(notes: tuple[Answer, ...]) -> str:
    return "\n".join(f"- `{note.target.symbol or note.target.path}`: {note.text}" for note in notes)


def _card_passage(target: Target, outline: Outline) -> Passage:
    """What the model saw of the module besides the source: names in it are in scope too."""
    return Passage(target.path, 0, tuple(outline_card(outline, OUTLINE_LINES).split("\n")))


def _with_lines(passage: Passage, texts: Iterator[str]) -> Passage:
    return Passage(passage.path, passage.first_line, (*passage.lines, *texts))
