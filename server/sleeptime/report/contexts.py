"""Arms for questions that bring their own context: the setting of the sleep-time compute paper.

Asleep, `S(c) -> c'` reads a context before any question and writes down what follows from it; at test time a short
`T(q, c') -> a` answers from that.
"""

from msgspec import Struct
from msgspec.structs import replace

from sleeptime.core.keys import combined_hash, text_hash
from sleeptime.core.ports import ChatRequest, Message, discard
from sleeptime.prompts import VERBOSITY, render
from sleeptime.report.arms import SAMPLING_TEMPERATURE, Mind, chat, closed_book
from sleeptime.report.compare import Arm, Try
from sleeptime.report.questions import Question
from sleeptime.report.scores import Produced

NOTES_TOKENS = 500
"""Room for one draft of c'."""


class Notes(Struct, frozen=True):
    """c' of one context, and the tokens that were computed and written for it."""

    text: str
    tokens: int


class Notebook:
    """Writes c' of each context once: `drafts` of them, which the paper found to saturate near five."""

    def __init__(self, mind: Mind, drafts: int) -> None:
        self._mind = mind
        self._drafts = drafts
        self._notes: dict[str, Notes] = {}

    @property
    def name(self) -> str:
        """What the notes depend on besides the context."""
        return combined_hash(["infer.v1", self._mind.name, str(self._drafts), str(NOTES_TOKENS)])

    def notes(self, context: str) -> Notes:
        """What was thought about a context before any question."""
        key = text_hash(context.encode())
        if key not in self._notes:
            drafts = [self._draft(context, number) for number in range(self._drafts)]
            self._notes[key] = Notes("\n\n".join(d.text for d in drafts), sum(d.tokens for d in drafts))
        return self._notes[key]

    def _draft(self, context: str, number: int) -> Notes:
        messages = (Message("user", render("infer.v1", context=context)),)
        temperature = SAMPLING_TEMPERATURE if number else 0.0
        request = ChatRequest(messages, NOTES_TOKENS, temperature=temperature, seed=number)
        result = self._mind.model().chat(request, self._mind.cancel, discard)
        computed = result.prompt_tokens - result.cached_tokens + result.generated_tokens
        return Notes(result.text.strip(), computed)


def context_arms(mind: Mind, drafts: int) -> list[Arm]:
    """Closed book, the context itself, the notes, and both. Blind sleep and static facts mean nothing without a
    repository.
    """
    notebook = Notebook(mind, drafts)

    def asking(question: Question, known: str, how: Try) -> Produced:
        task = render("ask.v2", context=known, question=question.question, style=VERBOSITY[how.verbosity])
        return chat(mind, task, how, system="reasoner.v1")

    def raw(question: Question, how: Try) -> Produced:
        return asking(question, question.context, how)

    def sleep(question: Question, how: Try) -> Produced:
        notes = notebook.notes(question.context)
        return replace(asking(question, notes.text, how), sleep_tokens=float(notes.tokens))

    def both(question: Question, how: Try) -> Produced:
        notes = notebook.notes(question.context)
        known = f"{question.context}\n\nNotes:\n{notes.text}"
        return replace(asking(question, known, how), sleep_tokens=float(notes.tokens))

    base = combined_hash(["context.v1+ask.v2+reasoner.v1", mind.name])
    slept = combined_hash([base, notebook.name])
    return [
        closed_book(mind),
        Arm("raw context", raw, base, begin=mind.begin),
        Arm("sleep", sleep, slept, begin=mind.begin),
        Arm("sleep + raw", both, slept, begin=mind.begin),
    ]
