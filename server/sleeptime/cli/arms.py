"""The arms of a comparison that answer as the product does: facts, cache, notes, and live answers from them."""

import time
from functools import cache
from pathlib import Path

from msgspec import Struct

import sleeptime.answer as answer_package
import sleeptime.prompts as prompts_package
from sleeptime.answer import Live
from sleeptime.answer.find import Embed, Finder
from sleeptime.cli.sites import Site
from sleeptime.core.keys import combined_hash, text_hash
from sleeptime.core.messages import Answered, Ask
from sleeptime.core.ports import Model, discard
from sleeptime.core.settings import Settings
from sleeptime.index import Graph
from sleeptime.model import open_model
from sleeptime.repo import find_secret
from sleeptime.report import Arm, Mind, Produced, Question, Try, shown_files

KEPT_FILES = 20
"""Of a search's files: far more than are scored."""


class Engine:
    """The model, opened when first needed. `renew` opens it anew: nothing read before is in its cache."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: Model | None = None

    def lend(self) -> Model:
        """The model.

        Raises:
            ModelError: it cannot be opened.
        """
        if self._model is None:
            self._model = open_model(self._settings, screen=find_secret).model
        return self._model

    def renew(self) -> None:
        """Close what is open, and open it."""
        self.close()
        self.lend()

    def close(self) -> None:
        """Free the weights."""
        if self._model is not None:
            self._model.close()
            self._model = None


class Answering(Struct, frozen=True):
    """How an arm asks a site: with which mind, and with how many tokens of context for a live answer."""

    name: str
    mind: Mind
    budget_tokens: int
    embed: Embed


@cache
def way_of_answering() -> str:
    """A hash of the code and the prompts that answer: rows of another way to answer do not stand for this one's."""
    folders = (Path(str(package.__file__)).parent for package in (answer_package, prompts_package))
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix in {".py", ".md"})
    return combined_hash([f"{file.name}:{text_hash(file.read_bytes())}" for file in files])


def product_arm(way: Answering, site: Site, sleep_tokens: float) -> Arm:
    """What the worker does with a question: ready if that is certain, else live."""

    def answer(question: Question, how: Try) -> Produced:
        ask = Ask(root="", question=question.question, verbosity=how.verbosity)
        started = time.perf_counter()
        answered = site.answerer.ready(ask)
        if answered is None:
            live = Live(way.mind.model(), way.budget_tokens, way.mind.cancel, discard, way.embed)
            answered = site.answerer.live(ask, live)
        return produced(answered, (time.perf_counter() - started) * 1000, sleep_tokens)

    depends_on = combined_hash(
        [way_of_answering(), way.mind.name, site.fingerprint, str(way.budget_tokens), str(sleep_tokens)]
    )
    return Arm(way.name, answer, depends_on, begin=way.mind.begin)


def search_arm(name: str, site: Site, embed: Embed) -> Arm:
    """The search behind a site's live answers by itself, which costs no model."""
    finder = Finder(site.store, site.worktree, Graph(site.sources.outlines), site.sources)

    def answer(question: Question, _how: Try) -> Produced:
        started = time.perf_counter()
        found = finder.find(question.question, embed(question.question))
        elapsed_ms = (time.perf_counter() - started) * 1000
        return Produced(text="", files=found.files[:KEPT_FILES], outcome="searched", latency_ms=elapsed_ms)

    return Arm(name, answer, combined_hash([way_of_answering(), site.fingerprint]), needs_model=False)


def ready_arm(name: str, site: Site) -> Arm:
    """What a site serves without any model; a question that would need one is a miss."""

    def answer(question: Question, _how: Try) -> Produced:
        started = time.perf_counter()
        answered = site.answerer.ready(Ask(root="", question=question.question))
        elapsed_ms = (time.perf_counter() - started) * 1000
        if answered is None:
            return Produced(text="", outcome="miss", latency_ms=elapsed_ms)
        return produced(answered, elapsed_ms, 0.0)

    return Arm(name, answer, combined_hash([way_of_answering(), site.fingerprint]), needs_model=False)


def produced(answered: Answered, latency_ms: float, sleep_tokens: float) -> Produced:
    """An answer of the product as an arm's."""
    cited = [evidence.path for evidence in answered.evidence]
    return Produced(
        text=answered.text,
        files=shown_files(answered.text, cited),
        outcome=answered.outcome,
        prompt_tokens=answered.prompt_tokens,
        cached_tokens=answered.cached_tokens,
        generated_tokens=answered.generated_tokens,
        sleep_tokens=sleep_tokens,
        latency_ms=latency_ms,
    )
