"""What one thought is made from: the prompt, the lines that its text may cite, and the notes that it depends on.

Fixed text first, then the module, the page, and last the question: engines compute a shared prefix once.
"""

from collections.abc import Iterator

from msgspec import Struct

from sleeptime.core.intents import question_for
from sleeptime.core.ports import Message
from sleeptime.core.types import Answer, Outline, Target
from sleeptime.index import Named, Passage, Sources, named, named_of
from sleeptime.prompts import outline_card, render
from sleeptime.sleep.notes import FindNote, feeding, no_notes, parts_of
from sleeptime.sleep.pages import page_number, pages_of, shown
from sleeptime.sleep.parts import fitting, part_of, whereabouts
from sleeptime.sleep.propose import PROPOSED, SCHEMA
from sleeptime.sleep.themes import FindMembers, no_members
from sleeptime.sleep.together import is_short

OUTLINE_LINES = 40
"""About 600 tokens, which all pages of a module share; a module of one page is shown whole, without an outline."""

HEAD_LINES = 2
"""A definition's first lines: what a citation of it shows."""

NAMED_FILES = 40
"""Paths shown of a whole: enough to see how it is laid out."""


_FOCUS = {
    "purpose": "Say what it is, what it is responsible for, and who uses it.",
    "explain": "Say in order which class or function does what.",
    "rationale": "Say which problem it solves, the reasons that are given, and what would be harder without it.",
}
"""What a theme's question is after; of one text a small model otherwise says the same to all of them."""


class Material(Struct, frozen=True):
    """`passages` may be cited, and they and `context` hold the names that may be used. `read` is code besides the
    target's that went into it, `names` what the answer has to name. `stated` is the answer where facts suffice. A
    short question may be asked together with others about the same `shared` text (`together.py`).
    """

    messages: tuple[Message, ...]
    passages: tuple[Passage, ...]
    context: Passage
    dependencies: tuple[Answer, ...] = ()
    read: tuple[Target, ...] = ()
    names: Named = Named()
    stated: str = ""
    json_schema: str = ""
    shared: str = ""


class Known(Struct, frozen=True):
    """What is known besides the code: the notes written so far, and which code bears on a theme."""

    find_note: FindNote = no_notes
    find_members: FindMembers = no_members


class Gatherer:
    """Gathers material about one worktree."""

    def __init__(self, sources: Sources, known: Known) -> None:
        self._sources = sources
        self._find_note = known.find_note
        self._find_members = known.find_members

    def gather(self, target: Target, intent: str) -> Material | None:
        """The material for a thought; None if the code is not what was indexed, or nothing is there to write from."""
        if members := self._find_members(target, intent):
            return self._of_theme(target, intent, members)
        if target.level in {"package", "repository"}:
            return self._of_parts(target, intent)
        outline = self._sources.outlines.outline(target.path)
        passage = self._sources.passage(target)
        if outline is None or passage is None:
            return None
        if not target.symbol:
            return self._of_module(target, intent, outline, passage)
        names = named(target, self._sources.outlines)
        short = is_short(target, intent)
        if short:
            task = render("summary.v2", subject=f"`{target.symbol}`")
            names = names if target.level == "class" else Named()  # a hover states a function's facts itself
        else:
            task = render("explain.v2", question=question_for(intent, target.symbol), names=_wanted(names))
        head = f"{_module(target, outline)}\n{self._page(target, outline)}"
        context = _card_passage(target, outline)
        return Material(_messages(head, task), (passage,), context, names=names, shared=head if short else "")

    def _of_theme(self, target: Target, intent: str, members: tuple[Target, ...]) -> Material | None:
        """The members' own text, as far as it is read; all intents of a theme share it."""
        found = [(member, part) for member in members if (part := part_of(member, self._sources))]
        chosen = list(fitting(found))
        passages = tuple(passage for member, _ in chosen if (passage := self._sources.passage(member)))
        if not passages:
            return None
        name = f"`{target.symbol}`" if target.level == "topic" else "the question"
        head = render("theme.v2", name=name, parts="\n".join(part for _, part in chosen))
        read = tuple(member for member, _ in chosen)
        names = named_of(read)
        focus = _FOCUS.get(intent, _FOCUS["explain"])
        wanted = _wanted(Named(names.kinds[:1]))  # not the files: a sentence made around a path says nothing
        task = render("about.v2", question=question_for(intent, target.symbol), focus=focus, names=wanted)
        context = Passage(".", 0, tuple(f"{head}\n{task}".split("\n")))
        stated = whereabouts(target.symbol, members, self._sources) if intent == "where" else ""
        return Material(_messages(head, task), passages, context, read=read, names=names, stated=stated)

    def _page(self, target: Target, outline: Outline) -> str:
        """The page that the target begins on."""
        pages = pages_of(outline)
        page = pages[page_number(pages, self._sources.symbol(target))]
        source = shown(page, outline, self._sources.lines(target.path))
        return render("page.v1", first=str(page.first_line + 1), last=str(page.end_line), source=source)

    def _of_module(self, target: Target, intent: str, outline: Outline, passage: Passage) -> Material:
        notes = feeding(parts_of(target, intent, self._sources), self._find_note)
        head, context = _module(target, outline), _card_passage(target, outline)
        if intent == "questions":
            task = f"{self._page(target, outline)}\n{render('propose.v1', path=target.path, count=str(PROPOSED))}"
            return Material(_messages(head, task), (passage,), context, json_schema=SCHEMA)
        task = f"{self._page(target, outline)}\n{render('overview.v1', path=target.path)}"
        if notes:
            shown = render("notes.v1", subject=f"`{target.path}`", notes=_listed(notes))
            task = f"{shown}\n{render('parts.v1', question=question_for(intent, target.path))}"
            context = _with_lines(context, (note.text for note in notes))
        passages = (*heads(target.path, outline, self._sources), passage)
        names = named(target, self._sources.outlines)
        return Material(_messages(head, task), passages, context, notes, names=names)

    def _of_parts(self, target: Target, intent: str) -> Material | None:
        parts = parts_of(target, intent, self._sources)
        notes = feeding(parts, self._find_note)
        if not notes:
            return None
        named = target.path or "this repository"
        files = self._files(target)
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

    def _files(self, target: Target) -> list[str]:
        inside = f"{target.path}/" if target.path not in {"", "."} else ""
        return [path for path in self._sources.outlines.paths() if path.startswith(inside)][:NAMED_FILES]


def heads(path: str, outline: Outline, sources: Sources) -> tuple[Passage, ...]:
    """Where a module's definitions begin: the best lines to cite for a sentence that names them."""
    lines = sources.lines(path)
    return tuple(
        Passage(path, start, lines[start : start + HEAD_LINES], symbol.qualified_name)
        for symbol in outline.symbols
        if symbol.parent < 0 and (start := symbol.name_span.start_line) < len(lines)
    )


def _wanted(names: Named) -> str:
    """The names asked for, as the end of a task."""
    return f" Use these names: {names.listed()}." if names.kinds else ""


def _messages(head: str, task: str) -> tuple[Message, ...]:
    return (Message("system", render("system.v1")), Message("user", f"{head}\n{task}" if head else task))


def _module(target: Target, outline: Outline) -> str:
    several = len(pages_of(outline)) > 1
    card = f" Its outline:\n{outline_card(outline, OUTLINE_LINES)}" if several else ""
    return render("module.v2", path=target.path, language=outline.language, outline=card)


def _listed(notes: tuple[Answer, ...]) -> str:
    return "\n".join(f"- `{note.target.symbol or note.target.path}`: {note.text}" for note in notes)


def _card_passage(target: Target, outline: Outline) -> Passage:
    """What the model saw of the module besides the source: names in it are in scope too."""
    return Passage(target.path, 0, tuple(outline_card(outline, OUTLINE_LINES).split("\n")))


def _with_lines(passage: Passage, texts: Iterator[str]) -> Passage:
    return Passage(passage.path, passage.first_line, (*passage.lines, *texts))
