"""What a live answer is given to read: notes and facts within a token budget, source only where room is left."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from sleeptime.core.types import Answer, Target
from sleeptime.index import Passage, Sources
from sleeptime.prompts import first_sentence

SOURCE_SHARE_LINES = 40
"""A passage longer than this costs more prompt than it is worth in a small budget: its head is shown."""


class Piece(Struct, frozen=True):
    """One block of context. `passages` are what it speaks of, so that names in the answer can be traced to lines.
    `written_at` is when a note was written (seconds since the epoch).
    """

    text: str
    passages: tuple[Passage, ...]
    is_note: bool
    written_at: float = 0.0


class Context(Struct, frozen=True):
    """The blocks that fitted, in the order shown, and what they cost."""

    pieces: tuple[Piece, ...]
    tokens: int

    @property
    def text(self) -> str:
        """The blocks as the model reads them."""
        return "\n\n".join(piece.text for piece in self.pieces)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The lines behind the blocks."""
        return tuple(passage for piece in self.pieces for passage in piece.passages)

    @property
    def notes_written_at(self) -> float | None:
        """When the oldest of its notes was written; None if there is none."""
        return min((piece.written_at for piece in self.pieces if piece.is_note), default=None)

    @property
    def from_notes(self) -> bool:
        """Whether a note written asleep is among them."""
        return any(piece.is_note for piece in self.pieces)


def build_context(pieces: Iterable[Piece], count_tokens: Callable[[str], int], budget_tokens: int) -> Context:
    """The first pieces that fit the budget; one that does not fit is passed over, a later smaller one may."""
    chosen: list[Piece] = []
    used = 0
    for piece in pieces:
        cost = count_tokens(piece.text) + 2
        if used + cost <= budget_tokens and piece.text not in {other.text for other in chosen}:
            chosen.append(piece)
            used += cost
    return Context(tuple(chosen), used)


def note_piece(note: Answer, behind: Sequence[Passage]) -> Piece:
    """A stored answer as context; `behind` it are its target's lines and those that it cites."""
    text = f"{_place(behind[0])} {note.question}\n{note.text}"
    return Piece(text, tuple(behind), is_note=True, written_at=note.created_at)


def source_piece(passage: Passage) -> Piece:
    """A symbol's own lines as context."""
    lines = passage.lines[:SOURCE_SHARE_LINES]
    return Piece("\n".join([_place(passage), "```", *lines, "```"]), (passage,), is_note=False)


def card_piece(target: Target, sources: Sources, passage: Passage) -> Piece | None:
    """A symbol's signature and first documentation line as context."""
    symbol = sources.symbol(target)
    if symbol is None:
        return None
    said = first_sentence(symbol.docstring)
    return Piece(f"{_place(passage)} {symbol.signature or symbol.name}  {said}".rstrip(), (passage,), is_note=False)


def _place(passage: Passage) -> str:
    name = f" {passage.symbol}" if passage.symbol else ""
    return f"[{passage.path}:{passage.first_line + 1}{name}]"
