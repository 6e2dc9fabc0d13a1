"""Code lenses and code actions: the standard surfaces that lead to ready answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from sleeptime.core.intents import IntentName, question_for
from sleeptime.core.types import Outline, Span, Symbol
from sleeptime.index import module_hash
from sleeptime.lsp.aside import Reading
from sleeptime.lsp.protocol import FORGET_COMMAND, SHOW_COMMAND
from sleeptime.lsp.results import one_line_range

if TYPE_CHECKING:
    from sleeptime.lsp.session import Session

LENS_KINDS = frozenset({"class", "interface", "struct", "trait", "enum", "function", "method", "constructor"})
"""What gets a lens; fields and constants would drown the code."""

ACTIONS: tuple[IntentName, ...] = ("explain", "introduced", "impact")
ACTIONS_OF_FILES: tuple[IntentName, ...] = ("explain", "introduced", "dependents")
"""What can be asked from the menu about a symbol, and where there is none about the file."""


class Lenses:
    """Lenses are found by comparing hashes; how many answers there are is looked into when a lens is shown."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def lenses(self, uri: str) -> list[lsp.CodeLens] | None:
        """A lens for each module, class and function with a fresh answer."""
        found = self._session.place(uri) if self._session.settings.lens.enabled else None
        if found is None or found[0].view is None:
            return None
        folder, path = found
        unsaved = await self._session.unsaved(folder, path, uri)

        def look(reading: Reading) -> list[lsp.CodeLens]:
            outline = unsaved or reading.view.outlines.outline(path)
            lines = self._session.lines(uri) or reading.view.sources.lines(path)
            places = _places(reading, path, outline) if outline else []
            return [
                lsp.CodeLens(one_line_range(span, lines, self._session.encoding), data={"uri": uri, "symbol": symbol})
                for symbol, span in places
            ]

        return await folder.aside.read(look)

    async def resolve(self, lens: lsp.CodeLens) -> lsp.CodeLens:
        """The lens with how many answers are fresh, and the command that shows them."""
        data = lens.data if isinstance(lens.data, dict) else {}
        uri, symbol = str(data.get("uri", "")), str(data.get("symbol", ""))
        found = self._session.place(uri)
        count = await found[0].aside.read(lambda reading: _fresh(reading, found[1], symbol)) if found else 0
        title = f"{count or 'no'} answer{'' if count == 1 else 's'}"
        lens.command = _command(title, SHOW_COMMAND, {"uri": uri, "symbol": symbol}) if count else _nothing()
        return lens

    async def actions(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        """What can be done about the symbol at the cursor, when a person opens the menu; nothing unasked, or every line
        of the editor would get a light bulb.
        """
        context, uri = params.context, params.text_document.uri
        if not self._session.settings.actions.enabled or context.only:
            return None
        if context.trigger_kind == lsp.CodeActionTriggerKind.Automatic or self._session.place(uri) is None:
            return None
        folder, path, point = await self._session.cursor(uri, params.range.start)
        unsaved = await self._session.unsaved(folder, path, uri)

        def look(reading: Reading) -> list[lsp.CodeAction] | None:
            outline = unsaved or reading.view.outlines.outline(path)
            if outline is None:
                return None
            symbol = _symbol_at(outline, point.line, point.column)
            written = _fresh(reading, path, symbol)
            return _actions(uri, symbol, symbol or path, written=bool(written))

        return await folder.aside.read(look)


def _places(reading: Reading, path: str, outline: Outline) -> list[tuple[str, Span]]:
    """Where lenses stand: (qualified name, or "" for the file; span of one line)."""
    written: dict[str, set[str]] = {}
    for symbol, code_hash in reading.view.store.answers.symbols_at(path):
        written.setdefault(symbol, set()).add(code_hash)
    places = [("", Span(0, 0, 0, 0), module_hash(outline))]
    places += [(s.qualified_name, s.name_span, s.text_hash) for s in outline.symbols if s.kind in LENS_KINDS]
    return [
        (name, span)
        for name, span, code_hash in places
        if name in written and (code_hash in written[name] or _fresh(reading, path, name))
    ]


def _fresh(reading: Reading, path: str, symbol: str) -> int:
    target = reading.target(path, symbol)
    return sum(bool(one.model) and one.fresh for one in reading.ready.about(target)) if target else 0


def _symbol_at(outline: Outline, line: int, column: int) -> str:
    """The innermost class or function around a place, "" for none."""
    around: list[Symbol] = [s for s in outline.symbols if s.kind in LENS_KINDS and s.span.contains(line, column)]
    return around[-1].qualified_name if around else ""


def _actions(uri: str, symbol: str, name: str, *, written: bool) -> list[lsp.CodeAction]:
    about = {"uri": uri, "symbol": symbol}
    intents = ACTIONS if symbol else ACTIONS_OF_FILES
    actions = [_action(question_for(intent, name), SHOW_COMMAND, about | {"intent": intent}) for intent in intents]
    again = _action(f"Explain `{name}` anew", SHOW_COMMAND, about | {"intent": "explain", "fresh": True})
    forget = _action(f"Forget what was written about `{name}`", FORGET_COMMAND, about)
    return [*actions, again, forget] if written else actions


def _action(title: str, command: str, argument: Mapping[str, object]) -> lsp.CodeAction:
    return lsp.CodeAction(f"Sleeptime: {title}", lsp.CodeActionKind.Empty, command=_command(title, command, argument))


def _command(title: str, command: str, argument: Mapping[str, object]) -> lsp.Command:
    return lsp.Command(title=title, command=command, arguments=[argument])


def _nothing() -> lsp.Command:
    """A lens whose answers went stale meanwhile: shown as text that does nothing."""
    return lsp.Command(title="answers out of date", command="")
