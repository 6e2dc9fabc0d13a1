"""What a question is about: its target, its intent, and what is left of it when both are taken away.

A stored answer is served only if target and intent are certain and nothing particular is left: with the right entry in
the cache, similarity alone serves the right symbol with the wrong intent in 36 to 40 % of hits (shared notes).
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from sleeptime.core.intents import Intent, explains, find_intent
from sleeptime.core.ports import Outlines
from sleeptime.core.types import CLASS_KINDS, DATA_KINDS, Symbol, Target, level_of
from sleeptime.index import code_names, is_stub, is_test_path

_WORD = re.compile(r"[A-Za-z_][\w.]*\w|[A-Za-z_]")
_PATH = re.compile(r"[\w./-]+\.[A-Za-z]{1,5}\b|[\w.-]+/[\w./-]+")
_QUOTED = re.compile(r"""["'“]([A-Za-z_][\w.]*)["'”]""")
_THIS_FILE = re.compile(r"\bth(?:is|e current) (?:file|module)\b", re.IGNORECASE)
_THIS = re.compile(r"\b(this|it|here|current)\b", re.IGNORECASE)

_STOP_WORDS = """
a an the this that these those it its is are was be been do does did done can could should would will may might
of in on at to from for with by as and or if when where what which who whom why how there here i we you they me
my our your their s t into onto about than then so just also only please tell show give explain describe
class classes function functions method methods module modules file files code object type symbol attribute
use uses used using work works working name named exactly repository project codebase anywhere
decorator constructor property variable constant purpose role mean means
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that tell nothing about which question is asked."""

PATH_ENDINGS = ("py", "js", "ts", "go", "rs", "java", "rb", "php")
"""Left of a path once its name is taken away."""


class Understood(Struct, frozen=True):
    """A question taken apart. `targets` holds every reading of the names in it, best first; `rest` are the words that
    neither the target nor the intent explains, `words` those that the intent and the project's name do not. `is_loose`:
    what is named may be meant otherwise: a plain word, or the project as owner of what the question is about.
    """

    question: str
    targets: tuple[Target, ...]
    intent: Intent | None
    rest: frozenset[str]
    words: frozenset[str] = frozenset()
    is_loose: bool = False

    @property
    def target(self) -> Target | None:
        """What the question is about, if that is certain."""
        return self.targets[0] if len(self.targets) == 1 else None


def understand(question: str, outlines: Outlines, cursor: Target | None = None, path: str = "") -> Understood:
    """Resolve the names in a question against the repository. The symbol under the cursor breaks ties and is meant by
    "this"; `path`, the file that the cursor is in, is meant by "this file".
    """
    paths = _mentioned_paths(question, outlines)
    names = _project_last(question, _mentioned_names(question, outlines), outlines)
    targets: tuple[Target, ...] = ()
    if names:
        targets = _one_reading(names[0], outlines, cursor, paths)
    elif paths:
        targets = tuple(Target("module", path) for path in paths)
    elif path and _THIS_FILE.search(question):
        targets = (Target("module", path),) if outlines.outline(path) else ()
    elif cursor is not None and _THIS.search(question):
        targets = (cursor,)
    intent = find_intent(question, targets[0].level if targets else None)
    if not targets and intent is not None and intent.levels == ("repository",):
        targets = (Target("repository"),)
    meant = [*names[:1], *paths, *(PATH_ENDINGS if paths else ())]
    words = _words(question, intent) - project_names(outlines)
    loose = bool(names) and ((names[0].islower() and names[0].isalpha()) or _is_project(question, names[0], outlines))
    return Understood(question, targets, intent, words - _spelt(meant), words, loose)


def _mentioned_paths(question: str, outlines: Outlines) -> tuple[str, ...]:
    wanted = {match.strip("./") for match in _PATH.findall(question)}
    return tuple(p for p in outlines.paths() if any(p == w or p.endswith("/" + w) for w in wanted)) if wanted else ()


def _mentioned_names(question: str, outlines: Outlines) -> list[str]:
    """Names that are defined here: those written as code first, then capitalised words, then plain ones."""
    coded = [name.removesuffix("()") for name in (*_QUOTED.findall(question), *code_names(question))]
    words = [word for word in _WORD.findall(question) if word.lower() not in STOP_WORDS]
    capitalised = [word for word in words if word[0].isupper() or "." in word or "_" in word]
    plain = [word for word in words if word not in capitalised]
    for group in (coded, capitalised, plain):
        found = [name for name in dict.fromkeys(group) if _definitions(name, outlines)]
        if found:
            return sorted(found, key=lambda name: -name.count("."))
    return []


def _definitions(name: str, outlines: Outlines) -> list[tuple[str, Symbol]]:
    """What a name, perhaps dotted, may mean: the last part's definitions whose qualified name ends in all of it."""
    parts = name.split(".")
    found = [(path, symbol) for path, symbol in outlines.definitions(parts[-1]) if symbol.kind != "heading"]
    for size in range(len(parts), 0, -1):
        suffix = ".".join(parts[-size:])
        exact = [(p, s) for p, s in found if s.qualified_name == suffix or s.qualified_name.endswith("." + suffix)]
        if exact and (size == len(parts) or parts[0][0].islower()):
            return exact
    return []


def _one_reading(name: str, outlines: Outlines, cursor: Target | None, paths: Sequence[str]) -> tuple[Target, ...]:
    """The readings that survive the tie-breaks, tried in turn: as long as one keeps some, it is applied."""
    found = _definitions(name, outlines)
    shallowest = min((path.count("/") for path, _ in found if not is_test_path(path)), default=0)
    tie_breaks: tuple[Callable[[str, Symbol], bool], ...] = (
        lambda path, _symbol: not paths or path in paths,
        lambda path, symbol: cursor is not None and (path, symbol.qualified_name) == (cursor.path, cursor.symbol),
        lambda path, _symbol: not is_test_path(path),
        lambda path, _symbol: not is_stub(path, outlines),
        lambda _path, symbol: symbol.kind in CLASS_KINDS,
        lambda _path, symbol: symbol.parent < 0,
        lambda _path, symbol: symbol.exported and symbol.kind not in DATA_KINDS,
        lambda path, _symbol: cursor is not None and path == cursor.path,
        lambda path, symbol: symbol.kind in CLASS_KINDS and path.count("/") == shallowest,
    )
    for keeps in tie_breaks:
        kept = [(path, symbol) for path, symbol in found if keeps(path, symbol)]
        found = kept or found
    return tuple(Target(level_of(symbol), path, symbol.qualified_name) for path, symbol in found)


def _words(asked: str, intent: Intent | None) -> frozenset[str]:
    """The words that the intent does not account for."""
    words = frozenset(word.lower() for word in re.findall(r"[A-Za-z_]\w*|\d+", asked)) - STOP_WORDS
    return frozenset(word for word in words if intent is None or not explains(intent, word))


def _spelt(meant: Sequence[str]) -> frozenset[str]:
    """The words of names and paths."""
    return frozenset(part.lower() for name in meant for part in re.split(r"[^\w]+", name))


def _is_project(question: str, name: str, outlines: Outlines) -> bool:
    """Whether the name is the project's and not said as code: who says more than it asks about something of it."""
    return name.lower() in project_names(outlines) and name not in code_names(question)


def _project_last(question: str, names: Sequence[str], outlines: Outlines) -> list[str]:
    """Of "Flask's Request class" the class is meant, not the project that it is of."""
    return sorted(names, key=lambda name: _is_project(question, name, outlines))


def project_names(outlines: Outlines) -> frozenset[str]:
    """What people call the project: its top packages."""
    tops = (path.removeprefix("src/").split("/") for path in outlines.paths())
    return frozenset(parts[0].lower() for parts in tops if len(parts) > 1)
