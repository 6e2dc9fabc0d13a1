"""Whether a text about code speaks only of what exists, and which lines bear it out.

Similarity to a reference does not see an invented name; looking every name up does (shared notes, "Small models
write wrong sentences fluently"). Citations are never taken from the model: they are found here, so they cannot be
invented either.
"""

import builtins
import keyword
import re
from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from sleeptime.core.keys import text_hash
from sleeptime.core.ports import Outlines
from sleeptime.core.types import Evidence

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_IN_BACKTICKS = re.compile(r"`+([^`\n]+)`+")
_IN_PROSE = re.compile(
    r"""(?<![\w`/.])(
        [A-Za-z_]\w*\(\)                          # called()
        | [A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.[a-z_]\w*_\w*   # dotted.snake_case
        | [A-Z]\w+(?:\.[A-Za-z_]\w*)+             # Class.member
        | _*[a-z]\w*_\w+                          # snake_case
        | [A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+       # CamelCase
    )(?![\w`])""",
    re.VERBOSE,
)
_STRING_LITERAL = re.compile(r"""(["']).*?\1""")
_CITATION = re.compile(r"(?<![\w/.-])([\w./-]+\.\w+):(\d+)(?:-(\d+))?")
_LINES = re.compile(r"(?<=\w):\d+(?:-\d+)?$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"(-])|\n+")

_WORDS_OF_LANGUAGES = """
self cls this super null nil undefined true false void new try catch throw throws finally async await
let const var func fn function struct enum impl trait interface package import export extends implements
public private protected static final bool boolean int integer float double string str char byte bytes
list dict tuple set array map vector slice object Object String Error Promise Result Option Some Ok Err Vec
args kwargs JSON HTTP HTTPS URL URI API CLI HTML XML SQL stdin stdout stderr __init__ __call__ __all__
__name__ __main__ __file__ __dict__ __doc__ __enter__ __exit__
"""
UNIVERSAL_NAMES = frozenset([*dir(builtins), *keyword.kwlist, *_WORDS_OF_LANGUAGES.split()])
"""Names that belong to languages rather than to a repository."""

MAX_EVIDENCE = 4
"""More citations than this are not read."""


class Passage(Struct, frozen=True):
    """Lines of a file that a text may be about. `first_line` is zero-based; `symbol` names what they define."""

    path: str
    first_line: int
    lines: tuple[str, ...]
    symbol: str = ""


class Scope:
    """The names that a text about some passages may use: those in the passages, and those the index defines."""

    def __init__(self, passages: Sequence[Passage], outlines: Outlines) -> None:
        self.passages = passages
        self._outlines = outlines

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier-like word of the passages, of their paths too."""
        text = "\n".join(line for passage in self.passages for line in (passage.path, *passage.lines))
        return frozenset(_IDENTIFIER.findall(text))

    def knows(self, name: str) -> bool:
        """Whether every part of a (dotted) name or a path exists, whatever its lines; literals are not names."""
        name = _LINES.sub("", name)
        if name.isdigit() or _STRING_LITERAL.fullmatch(name):
            return True
        if "/" in name or name.endswith((".py", ".js", ".ts", ".go", ".rs", ".java", ".toml", ".md", ".rst", ".cfg")):
            return self._knows_path(name)
        return all(self._knows_word(word) for word in _IDENTIFIER.findall(_STRING_LITERAL.sub("", name)))

    def _knows_word(self, word: str) -> bool:
        return word in self.words or word in UNIVERSAL_NAMES or bool(self._outlines.definitions(word))

    def _knows_path(self, name: str) -> bool:
        wanted = name.strip("./")
        return any(path == wanted or path.endswith("/" + wanted) for path in self._outlines.paths())


def code_names(text: str) -> tuple[str, ...]:
    """The code names of a text, in order, once each: all in backticks, and what in prose can only be code."""
    names: dict[str, None] = {}
    for match in _IN_BACKTICKS.finditer(text):
        names[match[1].strip()] = None
    for match in _IN_PROSE.finditer(_IN_BACKTICKS.sub(" ", text)):
        names[match[1]] = None
    return tuple(names)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part.strip())


def cited_places(text: str) -> tuple[tuple[str, int, int], ...]:
    """Every `path:line` or `path:start-end` written in a text, lines as written (one-based)."""
    return tuple((m[1], int(m[2]), int(m[3] or m[2])) for m in _CITATION.finditer(text))


def unknown_names(text: str, scope: Scope) -> tuple[str, ...]:
    """The code names of a text that do not exist in its scope."""
    return tuple(name for name in code_names(text) if not scope.knows(name))


def find_evidence(text: str, passages: Sequence[Passage]) -> tuple[Evidence, ...]:
    """For each sentence the lines that bear it out: those of one passage that hold most of its names.

    A sentence with no names, or none that stand in the passages, adds nothing. If nothing at all is found the first
    passage's head is cited: it is what the text was written from.
    """
    found: dict[tuple[str, int, int], Evidence] = {}
    for sentence in sentences(text):
        words = {word for name in code_names(sentence) for word in _IDENTIFIER.findall(name)}
        if words and (best := _best_lines(words, passages)):
            found.setdefault((best.path, best.start_line, best.end_line), best)
    if not found and passages:
        head = _evidence(passages[0], 0, min(2, len(passages[0].lines) - 1))
        found[head.path, head.start_line, head.end_line] = head
    return tuple(list(found.values())[:MAX_EVIDENCE])


def still_holds(evidence: Evidence, lines: Sequence[str]) -> bool:
    """Whether the cited lines of the file, as it is now, are the lines that were cited."""
    now = lines[evidence.start_line - 1 : evidence.end_line]
    return bool(now) and text_hash("\n".join(now).encode("utf-8", "surrogatepass")) == evidence.text_hash


def _best_lines(words: set[str], passages: Sequence[Passage]) -> Evidence | None:
    best: tuple[int, Passage, list[int]] | None = None
    for passage in passages:
        hits = {i: words.intersection(_IDENTIFIER.findall(line)) for i, line in enumerate(passage.lines)}
        covered, chosen = _cover(words, hits)
        if covered and (best is None or covered > best[0]):
            best = covered, passage, chosen
    return _evidence(best[1], min(best[2]), max(best[2])) if best else None


EVIDENCE_WINDOW_LINES = 12
"""A citation longer than this is no longer a pointer."""


def _cover(words: set[str], hits: dict[int, set[str]]) -> tuple[int, list[int]]:
    """Lines within one window that together hold the most of `words`: (how many, the lines)."""
    best: tuple[int, list[int]] = (0, [])
    interesting = [i for i, names in hits.items() if names]
    for start in interesting:
        seen: set[str] = set()
        chosen: list[int] = []
        for i in range(start, start + EVIDENCE_WINDOW_LINES):
            if hits.get(i, set()) - seen:
                seen |= hits[i]
                chosen.append(i)
        if len(seen & words) > best[0]:
            best = len(seen & words), chosen
    return best


def _evidence(passage: Passage, first: int, last: int) -> Evidence:
    cited = passage.lines[first : last + 1]
    start = passage.first_line + first + 1
    return Evidence(
        passage.path,
        start,
        start + len(cited) - 1,
        passage.symbol,
        text_hash("\n".join(cited).encode("utf-8", "surrogatepass")),
    )
