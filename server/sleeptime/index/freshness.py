"""Whether a text that was written about code still speaks about the code as it is now. The one place that decides.

Three questions, each dearer than the one before and seldom reached: are the bytes the same; if not, are the tokens (a
comment, formatting or a move changes nothing); and are the notes that it was written from fresh themselves?
"""

from collections.abc import Callable

from sleeptime.core.keys import combined_hash
from sleeptime.core.types import Answer, Read, Span, Target
from sleeptime.index.parse import token_hash
from sleeptime.index.rank import is_test_path
from sleeptime.index.sources import Sources, find_symbol

FindAnswer = Callable[[str], Answer | None]
"""The stored answer with a key."""

REMEMBERED = 4096
"""Token hashes kept: each costs a parse of its file."""

PROSE = (".md", ".markdown", ".rst", ".txt", ".ipynb")
"""Files that make no package."""

TOPIC = "topic"
"""The hash of a topic's own code, of which there is none."""

DEEPEST = 8
"""Symbol, class, module, package, repository are five; more would be a circle."""


class Freshness:
    """Judges the answers about one worktree. `find` looks answers up by key."""

    def __init__(self, sources: Sources, find: FindAnswer) -> None:
        self._sources = sources
        self._find = find
        self._tokens: dict[tuple[Target, str], str] = {}

    def code_hash(self, target: Target) -> str:
        """The hash of what `target` says now; "" if it is gone.

        A package says which modules it has, the repository which packages: what those say is said in their notes.
        A topic has no code of its own: what its answers were written from is all in `Answer.read`.
        """
        if target.level in {"package", "repository"}:
            names = [str(member) for member in members(target, self._sources)]
            return combined_hash(names) if names else ""
        if target.level == "topic":
            return TOPIC
        return self._sources.code_hash(target)

    def token_hash(self, target: Target) -> str:
        """The hash of its tokens as they are on the disk now, comments left out; "" where there are none to tell."""
        if target.level in {"package", "topic", "repository"}:
            return ""
        known = (target, self.code_hash(target))
        if known not in self._tokens:
            if len(self._tokens) >= REMEMBERED:
                self._tokens.clear()
            self._tokens[known] = self._token_hash(target, "\n".join(self._sources.lines(target.path)).encode())
        return self._tokens[known]

    def is_fresh(self, answer: Answer, depth: int = DEEPEST) -> bool:
        """Whether nothing that the answer was written from has changed."""
        if answer.target.level == "change":
            return True  # what happened between two commits stays so
        says_the_same = self._says_the_same(answer) and all(self._says_the_same(read) for read in answer.read)
        return says_the_same and self._dependencies_hold(answer, depth)

    def _says_the_same(self, then: Answer | Read) -> bool:
        now = self.code_hash(then.target)
        if now == then.code_hash or not now:
            return bool(now)
        return bool(then.token_hash) and self.token_hash(then.target) == then.token_hash

    def _dependencies_hold(self, answer: Answer, depth: int) -> bool:
        notes = (self._find(key) for key in answer.dependencies)
        return all(note is not None and depth > 0 and self.is_fresh(note, depth - 1) for note in notes)

    def _token_hash(self, target: Target, text: bytes) -> str:
        outline = self._sources.outlines.outline(target.path)
        if outline is None or outline.cells:
            return ""
        if not target.symbol:
            return token_hash(text, outline.language, Span(0, 0, text.count(b"\n") + 1, 0))
        symbol = find_symbol(outline, target.symbol)
        return token_hash(text, outline.language, symbol.span) if symbol else ""


def members(target: Target, sources: Sources) -> tuple[Target, ...]:
    """What a package or the repository is made of: its modules, or its packages; tests are part of neither."""
    modules = [path for path in sources.outlines.paths() if not is_test_path(path) and not path.endswith(PROSE)]
    if target.level == "package":
        return tuple(Target("module", path) for path in modules if folder_of(path) == target.path)
    folders = {folder_of(path) for path in modules}
    return tuple(Target("package", folder) for folder in sorted(folders))


def folder_of(path: str) -> str:
    """The folder that a file lies in; "." for the root, since "" is the repository itself."""
    return path.rpartition("/")[0] or "."
