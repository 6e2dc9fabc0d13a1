"""What we say to the model, as versioned files."""

from sleeptime.prompts.cards import first_sentence, outline_card, symbol_line
from sleeptime.prompts.render import VERBOSITY, VERBOSITY_TOKENS, render

__all__ = ["VERBOSITY", "VERBOSITY_TOKENS", "first_sentence", "outline_card", "render", "symbol_line"]
