"""Prompts are files with a version in their name; an answer's key holds that name.

A changed prompt is a new file (`summary.v2.md`), so that texts written with the old one are told apart.
"""

from functools import cache
from importlib.resources import files
from string import Template

VERBOSITY = (
    "Answer in one sentence. Do not recompute or repeat what the notes already say.",
    "Answer in two or three sentences.",
    "Answer in one short paragraph.",
    "Answer in a few paragraphs and explain the main steps.",
    "Explain every step in order, and check each statement of the notes against the code shown.",
)
"""What each verbosity, 0 to 4, asks of the model (the scale of the sleep-time compute paper)."""

VERBOSITY_TOKENS = (60, 140, 240, 420, 700)
"""Room for the answer at each verbosity: about one and a half times what such an answer needs."""


@cache
def _template(prompt: str) -> Template:
    return Template(files(__package__).joinpath(f"{prompt}.md").read_text("utf-8").strip())


def render(prompt: str, **values: str) -> str:
    """The text of prompt `prompt` (its file name without `.md`) with every `$name` filled in.

    Raises:
        KeyError: a name that the prompt uses was not given.
    """
    return _template(prompt).substitute(values)
