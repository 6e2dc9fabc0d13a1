"""Questions with their reference answers, one JSON object a line."""

import random
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct

from sleeptime.core.errors import EvaluationError

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_ONLY_A_NUMBER = re.compile(r"[\s$€£]*(-?\d[\d,]*(?:\.\d+)?)\s*%?\.?\s*")


class Question(Struct, frozen=True):
    """One question. `evidence_files` are the paths and `identifiers` the code names that its reference answer names.
    `context` is the text it is about, if that is no repository. Other fields of the file are ignored.
    """

    question: str
    id: str = ""
    answer: str | int | float = ""
    evidence_files: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    second_answer: str = ""
    context: str = ""
    set: str = ""

    @property
    def wanted_names(self) -> tuple[str, ...]:
        """The code names that an answer should bring: those that the question itself does not hold."""
        return tuple(name for name in self.identifiers if not holds_name(self.question, name))

    @property
    def number(self) -> float | None:
        """The reference, if it is one number (in GSM's form the one after ####)."""
        if isinstance(self.answer, int | float):
            return float(self.answer)
        said = self.answer.rpartition("####")[2]
        found = _ONLY_A_NUMBER.fullmatch(said)
        return _float(found[1]) if found else None


def holds_name(text: str, name: str) -> bool:
    """Whether a code name stands in a text, as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def last_number(text: str) -> float | None:
    """The number that an answer ends on: what its reader takes for the result."""
    numbers = _NUMBER.findall(text)
    return _float(numbers[-1]) if numbers else None


def read_questions(path: Path) -> list[Question]:
    """The questions of one file, which is their set: sets are never mixed.

    Raises:
        EvaluationError: the file cannot be read, or a line is no question.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise EvaluationError(f"The questions in {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"The questions in {path} cannot be read: {error}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            question = _question(line, f"{path}:{number}")
            name = question.id or f"{path.stem}-{number}"
            found.append(msgspec.structs.replace(question, id=name, set=path.name.removesuffix(".jsonl")))
    if not found:
        raise EvaluationError(f"{path} holds no question.", 'Each line is {"question": …, "answer": …}.')
    return found


def sampled(
    questions: list[Question], limit: int, seed: int, limits: Mapping[str, int] = MappingProxyType({})
) -> list[Question]:
    """At most `limit` of each set (0: all), or what `limits` says of it, drawn at random but the same ones for the same
    seed, in the file's order.
    A smaller sample is part of a larger one, so that measuring more later wastes nothing.
    """
    kept: list[Question] = []
    for name in dict.fromkeys(question.set for question in questions):
        of_set = [question for question in questions if question.set == name]
        drawn = sorted(of_set, key=lambda question: _lot(seed, question))[: limits.get(name, limit) or None]
        kept += [question for question in of_set if question in drawn]
    return kept


def _lot(seed: int, question: Question) -> float:
    return random.Random(f"{seed}:{question.id}").random()  # noqa: S311  # a sample, not a secret


def _question(line: str, place: str) -> Question:
    try:
        return msgspec.json.decode(line, type=Question)
    except msgspec.DecodeError as error:
        raise EvaluationError(
            f"{place} is no question: {error}.", 'Each line is {"question": …, "answer": …}.'
        ) from error


def _float(text: str) -> float:
    return float(text.replace(",", ""))
