"""When the person asks: what the question is about, and the quickest true answer to it."""

from sleeptime.answer.accept import META_KEY, acceptance_from
from sleeptime.answer.chat import Answerer, Live
from sleeptime.answer.conversation import Topic, follow, follow_ups
from sleeptime.answer.facts import FactAnswers
from sleeptime.answer.find import Embed, Finder, Found, Vector
from sleeptime.answer.hover import age, hover_markdown, plain_link
from sleeptime.answer.ready import Ready, ReadyAnswers, target_for
from sleeptime.answer.retrieve import Understood, understand
from sleeptime.answer.suggest import Near, Suggester

__all__ = [
    "META_KEY",
    "Answerer",
    "Embed",
    "FactAnswers",
    "Finder",
    "Found",
    "Live",
    "Near",
    "Ready",
    "ReadyAnswers",
    "Suggester",
    "Topic",
    "Understood",
    "Vector",
    "acceptance_from",
    "age",
    "follow",
    "follow_ups",
    "hover_markdown",
    "plain_link",
    "target_for",
    "understand",
]
