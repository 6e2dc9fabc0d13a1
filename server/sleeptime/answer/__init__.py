"""When the person asks: what the question is about, and the quickest true answer to it."""

from sleeptime.answer.chat import Answerer, Live
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.find import Embed, Finder, Found, Vector
from sleeptime.answer.hover import age, hover_markdown, plain_link
from sleeptime.answer.retrieve import Understood, understand

__all__ = [
    "Answerer",
    "Embed",
    "FactAnswers",
    "Finder",
    "Found",
    "Live",
    "Understood",
    "Vector",
    "age",
    "hover_markdown",
    "plain_link",
    "understand",
]
