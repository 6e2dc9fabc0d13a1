"""Puts what changed into words, as facts: from git, the outlines and the notes, without any model."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct, structs

from sleeptime.core.keys import text_hash
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Commit, Evidence, Symbol, Target
from sleeptime.index import Graph, Sources, SymbolChange, is_test_path
from sleeptime.prompts import first_sentence
from sleeptime.repo import FileChange, History
from sleeptime.sleep.absences import LAST_TIME
from sleeptime.sleep.changes import Changes, ModuleChange
from sleeptime.store import Store, Visit

MOST_MODULES = 8
MOST_SYMBOLS = 6
MOST_COMMITS = 3
MOST_BREAKING = 10
MOST_NAMED = 8
"""What is shown of each; the rest is counted. A briefing is read in two minutes, or not at all."""

MOST_SEARCHED = 200
"""Files looked at for a name that is gone."""

SHORT = 7
"""Digits of a commit's hash that are shown, as git does."""

SIGNATURE_CHARACTERS = 120

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Told(Struct, frozen=True):
    """A briefing's text and the lines (of files as they are now) that show it."""

    text: str
    evidence: tuple[Evidence, ...]


def offer(files: Sequence[FileChange], base: Visit) -> str:
    """One line that says there is something to tell."""
    count = "1 file" if len(files) == 1 else f"{len(files):,} files"
    return f"{count} changed since you were here ({_when(base.at)})"


class ChangeLog:
    """Words for the changes of one worktree."""

    def __init__(self, sources: Sources, graph: Graph, store: Store) -> None:
        self._sources = sources
        self._graph = graph
        self._store = store

    def write(self, changes: Changes, since: str = "", within: Target | None = None) -> Told:
        """All that changed or, with `within`, what changed in one file or symbol. `since` is how the person named the
        earlier moment, "" for when they were last here.
        """
        modules = [module for module in changes.modules if within is None or _concerns(module, within)]
        if within is not None and within.symbol:
            modules = [_narrowed(module, within.symbol) for module in modules]
        if not modules and (within is not None or changes.is_empty):
            what = f"`{within.symbol or within.path}`" if within is not None else "Nothing"
            said = f"Nothing changed in {what}" if within is not None else "Nothing changed"
            return Told(f"{said} since {_since(changes.base, since)}.", ())
        if within is not None:
            changes = structs.replace(changes, history=_of_modules(changes.history, modules))
        prose = [module for module in modules if module.is_prose]
        tests = [module for module in modules if is_test_path(module.path) and not module.is_prose]
        code = [module for module in modules if module not in prose and module not in tests]
        code.sort(key=_weight, reverse=True)
        broken = [change for module in code for change in module.symbols if change.breaking][:MOST_BREAKING]
        parts = [
            self._head(changes, modules, since),
            self._breaking(broken, sum(change.breaking for module in code for change in module.symbols), changes.base),
            *(self._module(module, _rows(module, broken), changes) for module in code[:MOST_MODULES]),
            _section("Documentation", prose, _titles),
            _section("Tests", tests, _names),
            _rest(code[MOST_MODULES:], changes, within),
        ]
        shown = [*broken, *(one for module in code[:MOST_MODULES] for one in _rows(module, broken)[:MOST_SYMBOLS])]
        cited = [(one.path, one.symbol) for one in shown if one.kind != "removed"]
        cited += [(module.path, one) for module in prose[:MOST_NAMED] for one in module.sections[:MOST_COMMITS]]
        places = dict.fromkeys(place for one in cited if (place := self._evidence(*one)))
        return Told("\n\n".join(part for part in parts if part), tuple(places))

    # ---- the whole

    def _head(self, changes: Changes, modules: Sequence[ModuleChange], since: str) -> str:
        history = changes.history
        authors = Counter(commit.author for commit, _ in history.commits)
        said = [f"{_count(history.count, 'commit')}{_by(authors)}"] if history.count else []
        tests = sum(is_test_path(module.path) for module in modules)
        said.append(
            _count(len(modules) + len(changes.left_out), "source file") + (f" ({tests} of tests)" if tests else "")
        )
        pending = sum(module.is_uncommitted for module in modules)
        if pending:
            said.append(f"{pending} of them not committed yet")
        lines = [f"**Since {_since(changes.base, since)}:** {', '.join(said)}."]
        if history.lost:
            gone = _count(history.lost, "commit")
            verb = "is" if history.lost == 1 else "are"
            lines.append(f"{gone} that you had {verb} not on this branch: it was switched, rebased or force-pushed.")
        subjects = [f"- {_commit(commit, history)}" for commit, _ in history.commits[:MOST_NAMED]]
        more = history.count - history.merges - len(subjects)
        merges = f" and {_count(history.merges, 'merge')}" if history.merges else ""
        if more > 0 or merges:
            subjects.append(f"- … {_count(max(more, 0), 'more commit')}{merges}" if more > 0 else f"- …{merges}")
        return "\n".join([" ".join(lines), "", *subjects]) if subjects else " ".join(lines)

    def _breaking(self, shown: Sequence[SymbolChange], count: int, base: Visit) -> str:
        rows = [f"- {self._broken(change, base)}" for change in shown]
        if count > len(shown):
            rows.append(f"- … {count - len(shown)} more")
        return "\n".join(["**May break what uses it**", "", *rows]) if rows else ""

    def _broken(self, change: SymbolChange, base: Visit) -> str:
        name = _name(change.symbol)
        if change.kind == "removed":
            return f"`{name}` is gone ({_was_at(change, base)}){self._still_named(change.symbol)}"
        assert change.before is not None
        if change.kind == "renamed":
            return f"`{_name(change.before)}` is `{name}` now ({_place(change)}){self._still_named(change.before)}"
        facts = self._graph.facts(Target("symbol", change.path, change.symbol.qualified_name))
        callers = f"; called from {_count(facts.caller_count, 'place')}" if facts and facts.caller_count else ""
        now, before = _differing(change.symbol.signature, change.before.signature)
        return f"`{name}`: `{_short(now)}` was `{_short(before)}` ({_place(change)}){callers}"

    def _still_named(self, gone: Symbol) -> str:
        """Where the name of what is gone still stands, unless something else has it now."""
        name, outlines = gone.name, self._sources.outlines
        if gone.parent >= 0 or outlines.definitions(name):
            return ""
        named = (path for path in outlines.paths_mentioning(name)[:MOST_SEARCHED] if _names_it(outlines, path, name))
        paths = list(islice(named, MOST_COMMITS + 1))
        if not paths:
            return ""
        shown = ", ".join(f"`{path}`" for path in paths[:MOST_COMMITS])
        return f"; its name still stands in {shown}{' and elsewhere' if len(paths) > MOST_COMMITS else ''}"

    # ---- one module

    def _module(self, module: ModuleChange, symbols: Sequence[SymbolChange], changes: Changes) -> str:
        """What differs and was not told before as breaking; commits by their hashes if the head has them."""
        listed = {commit.hash for commit, _ in changes.history.commits[:MOST_NAMED]}
        hashes = [f"`{commit.hash[:SHORT]}`" for commit in module.commits if commit.hash in listed]
        said = self._note(Target("module", module.path), module)
        state = _state(module)
        head = f"**`{module.path}`**{_state(module, hashes)}" + (f": {said}" if said else "")
        rows = [self._row(change, changes.base) for change in symbols[:MOST_SYMBOLS]]
        if len(symbols) > MOST_SYMBOLS:
            rows.append(f"- … {len(symbols) - MOST_SYMBOLS} more")
        if not module.symbols and not module.is_gone and module.old_path == module.path:
            rows.append("- only comments, imports or statements outside definitions differ")
        unlisted = [commit for commit in module.commits if commit.hash not in listed]
        by = ", ".join(_commit(commit, changes.history) for commit in unlisted[:MOST_COMMITS])
        more = len(unlisted) - MOST_COMMITS
        rows += [f"- by {by}" + (f" and {more} more" if more > 0 else "")] if by else []
        is_told = module.symbols and not rows and not state
        return "" if is_told else "\n".join([head, "", *rows]).rstrip()

    def _row(self, change: SymbolChange, base: Visit) -> str:
        symbol = change.symbol
        name = f"`{_name(symbol)}`"
        said = self._said(change)
        if change.kind == "removed":
            return f"- removed {name} ({_was_at(change, base)}){said}"
        if change.kind == "moved":
            edited = "" if change.before and change.before.text_hash == symbol.text_hash else ", and changed"
            return f"- moved {name} here from `{change.old_path}`{edited} ({_place(change)})"
        if change.kind == "renamed" and change.before:
            return f"- renamed `{_name(change.before)}` to {name} ({_place(change)})"
        signature = f", now `{_short(symbol.signature)}`" if change.new_signature and symbol.exported else ""
        return f"- {change.kind} {name}{signature} ({_place(change)}){said}"

    def _said(self, change: SymbolChange) -> str:
        """What it is for, by its note or its own documentation; of what is gone, what it was for."""
        symbol = change.symbol
        notes = self._store.answers.by_code(symbol.text_hash, "purpose") if symbol.text_hash else []
        note = next((one.text for one in notes if one.target.symbol == symbol.qualified_name), "")
        text = first_sentence(note or symbol.docstring)
        return f": {_quiet(text)}" if text and change.kind != "changed" else ""

    def _note(self, target: Target, module: ModuleChange) -> str:
        if module.is_gone:
            return ""
        code = self._sources.code_hash(target)
        notes = self._store.answers.for_target(target, "purpose")
        note = next((one.text for one in notes if one.code_hash == code), "")
        outline = self._sources.outlines.outline(target.path)
        return _quiet(first_sentence(note or (outline.docstring if outline else "")))

    def _evidence(self, path: str, symbol: Symbol) -> Evidence | None:
        lines, span = self._sources.lines(path), symbol.span
        end = span.end_line + (span.end_column > 0)  # a section ends before the line of the next
        if end > len(lines):
            return None
        hash_ = text_hash("\n".join(lines[span.start_line : end]).encode())
        return Evidence(path, span.start_line + 1, end, symbol.qualified_name, hash_)


# ---- words


def _concerns(module: ModuleChange, target: Target) -> bool:
    return target.path in (module.path, module.old_path) and (
        not target.symbol or bool(_narrowed(module, target.symbol).symbols)
    )


def _of_modules(history: History, modules: Sequence[ModuleChange]) -> History:
    """Only the commits that touched some files."""
    touching = {commit.hash for module in modules for commit in module.commits}
    commits = tuple((commit, paths) for commit, paths in history.commits if commit.hash in touching)
    return structs.replace(history, commits=commits, count=len(commits), merges=0)


def _narrowed(module: ModuleChange, symbol: str) -> ModuleChange:
    """Only what concerns one symbol: itself, its members, and what it is a member of."""
    names = (symbol, f"{symbol}.")
    kept = [
        change
        for change in module.symbols
        if change.symbol.qualified_name == symbol
        or change.symbol.qualified_name.startswith(names[1])
        or symbol.startswith(f"{change.symbol.qualified_name}.")
    ]
    return structs.replace(module, symbols=tuple(kept))


def _weight(module: ModuleChange) -> tuple[int, bool, int, int]:
    """What may break first, then what is new, then what changed most, counting first what others may use."""
    shared = sum(change.symbol.exported for change in module.symbols)
    return sum(change.breaking for change in module.symbols), not module.old_path, shared, len(module.symbols)


def _rows(module: ModuleChange, broken: Sequence[SymbolChange]) -> list[SymbolChange]:
    """What is told of a module: what was not told as breaking, and what others use before what only it does."""
    return sorted((one for one in module.symbols if one not in broken), key=lambda one: not one.symbol.exported)


def _state(module: ModuleChange, hashes: Sequence[str] = ()) -> str:
    renamed = f"renamed from `{module.old_path}`" if module.old_path not in ("", module.path) else ""
    said = ["removed" if module.is_gone else "new" if not module.old_path else renamed]
    said += ["not committed yet" if module.is_uncommitted else "", *hashes[:MOST_COMMITS]]
    return f" ({', '.join(part for part in said if part)})" if any(said) else ""


def _section(title: str, modules: Sequence[ModuleChange], names: Callable[[ModuleChange], Sequence[str]]) -> str:
    """Files of one kind, a line each, with what differs in them by name."""
    rows = []
    for module in modules[:MOST_NAMED]:
        named = names(module)
        more = f" and {len(named) - MOST_COMMITS} more" if len(named) > MOST_COMMITS else ""
        said = f": {', '.join(named[:MOST_COMMITS])}{more}" if named else ""
        rows.append(f"- `{module.path}`{_state(module)}{said}")
    if len(modules) > MOST_NAMED:
        rows.append(f"- … {len(modules) - MOST_NAMED} more")
    return "\n".join([f"**{title}**", "", *rows]) if rows else ""


def _names(module: ModuleChange) -> list[str]:
    return [f"`{_name(change.symbol)}`" for change in module.symbols]


def _titles(module: ModuleChange) -> list[str]:
    return [f"“{_quiet(section.name)}” (line {section.span.start_line + 1})" for section in module.sections]


def _rest(modules: Sequence[ModuleChange], changes: Changes, within: Target | None) -> str:
    """What is not shown, by name or by number."""
    said = []
    if modules:
        said.append(f"Also changed: {_listed([module.path for module in modules])}.")
    if changes.others and within is None:
        said.append(f"Not source: {_listed(changes.others)}.")
    if changes.left_out and within is None:
        folders = Counter(path.rpartition("/")[0] or "." for path in changes.left_out)
        most = ", ".join(f"`{folder}` ({count})" for folder, count in folders.most_common(MOST_COMMITS))
        said.append(f"{_count(len(changes.left_out), 'more source file')} were not compared, most of them in {most}.")
    return "\n\n".join(said)


def _listed(paths: Sequence[str]) -> str:
    shown = ", ".join(f"`{path}`" for path in paths[:MOST_NAMED])
    return f"{shown} and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else shown


def _since(base: Visit, since: str) -> str:
    at = f" (`{base.commit[:SHORT]}`)" if base.commit and not base.commit.startswith(since.strip() or " ") else ""
    named = since if since.strip().lower() not in LAST_TIME else f"you were here, {_when(base.at)}"
    return f"{_quiet(named)}{at}"


def _when(at: float) -> str:
    """In words that need no locale: Friday 20 November, 17:58."""
    time = datetime.fromtimestamp(at).astimezone()
    return f"{_DAYS[time.weekday()]} {time.day} {_MONTHS[time.month - 1]}, {time.hour}:{time.minute:02}"


def _by(authors: Counter[str]) -> str:
    names = [_quiet(name) for name, _ in authors.most_common(MOST_COMMITS)]
    if not names:
        return ""
    return f" by {', '.join(names)}" + (" and others" if len(authors) > len(names) else "")


def _commit(commit: Commit, history: History) -> str:
    """With its author, unless all are of one."""
    by = f" ({_quiet(commit.author)})" if len({one.author for one, _ in history.commits}) > 1 else ""
    return f"`{commit.hash[:SHORT]}` {_quiet(commit.subject)}{by}"


def _place(change: SymbolChange) -> str:
    span = change.symbol.span
    return f"`{change.path}:{span.start_line + 1}-{span.end_line + 1}`"


def _was_at(change: SymbolChange, base: Visit) -> str:
    """Where it stood, in the commit in which it did."""
    at = f" at `{base.commit[:SHORT]}`" if base.commit else ""
    return f"was {_place(change)}{at}"


def _name(symbol: Symbol) -> str:
    """As it is written: of several definitions of one name the number is ours."""
    return symbol.qualified_name.partition("#")[0]


def _names_it(outlines: Outlines, path: str, name: str) -> bool:
    outline = outlines.outline(path)
    return outline is not None and name in {
        *(one.name for one in outline.references),
        *(one.name for one in outline.imports),
    }


def _differing(now: str, before: str) -> tuple[str, str]:
    """Two signatures without what both return."""
    (one, _, now_returned), (other, _, before_returned) = now.partition(" -> "), before.partition(" -> ")
    return (one, other) if now_returned == before_returned else (now, before)


def _short(signature: str) -> str:
    text = signature.replace("`", "'")
    return text if len(text) <= SIGNATURE_CHARACTERS else text[: SIGNATURE_CHARACTERS - 1] + "…"


def _quiet(text: str) -> str:
    """Text of the repository on one line; a backtick without its pair would swallow ours."""
    line = " ".join(text.split())
    return line if line.count("`") % 2 == 0 else line.replace("`", "'")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
