import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.clock import FixedClock
from fakes.shop import ADD, FILES, shop
from sleeptime.core.errors import ContextOverflowError, EngineDiedError
from sleeptime.core.ports import ChatRequest, ChatResult, discard
from sleeptime.core.types import Target
from sleeptime.model import EchoModel
from sleeptime.sleep import Sleeper, Tools
from sleeptime.store import Store, open_writer

SOUND = "It works with `Cart` and `price_of`."
PROPOSED = '{"questions": ["What happens when `Cart.add` is given a negative count?"]}'


def sound(request: ChatRequest) -> str:
    return PROPOSED if request.json_schema else SOUND


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_writer(tmp_path / "shop.db") as opened:
        yield opened


def sleeper(store: Store, model: EchoModel) -> Sleeper:
    return Sleeper(shop(), store, "/shop", Tools(model, FixedClock()))


def ignore(_done: int, _total: int, _text: str) -> None:
    pass


def test_a_sleep_to_the_end_answers_every_planned_question(store: Store) -> None:
    slept = sleeper(store, EchoModel(sound)).run(threading.Event(), ignore)
    assert (slept.answers, slept.jobs_left, slept.jobs_failed) == (slept.jobs_done, 0, 0)
    assert store.answers.count() == slept.answers > 5
    assert store.answers.for_target(ADD, "purpose")[0].text == SOUND


def test_a_second_sleep_finds_nothing_left_to_do(store: Store) -> None:
    sleeper(store, EchoModel(sound)).run(threading.Event(), ignore)
    slept = sleeper(store, EchoModel(sound)).run(threading.Event(), ignore)
    assert slept.jobs_done == slept.generated_tokens == 0


def test_a_forgotten_answer_is_written_again(store: Store) -> None:
    sleeper(store, EchoModel(lambda _: SOUND)).run(threading.Event(), ignore)
    before = {answer.key for answer in store.answers.all()}
    store.answers.forget(ADD)
    sleeper(store, EchoModel(lambda _: SOUND)).run(threading.Event(), ignore)
    assert {answer.key for answer in store.answers.all()} == before


def test_progress_names_what_is_thought_about(store: Store) -> None:
    seen: list[str] = []
    sleeper(store, EchoModel(sound)).run(threading.Event(), lambda _d, _t, text: seen.append(text))
    assert any(text.startswith("What is `Cart` for? (and ") for text in seen), seen
    assert "How does `Cart` work?" in seen


def test_a_cancelled_sleep_puts_the_job_in_hand_back(store: Store) -> None:
    cancel = threading.Event()

    def reply(request: ChatRequest) -> str:
        cancel.set()
        return sound(request)

    slept = sleeper(store, EchoModel(reply)).run(cancel, ignore)
    counts = store.jobs.counts("/shop")
    assert {answer.intent for answer in store.answers.all()} <= {"where"}  # which needs no model
    assert (counts["running"], counts["done"]) == (0, slept.answers)
    assert counts["waiting"] == slept.jobs_left > 0


def test_a_dead_engine_is_an_error_and_the_job_waits_for_another_try(store: Store) -> None:
    def die(_request: ChatRequest) -> str:
        raise EngineDiedError("It died.")

    with pytest.raises(EngineDiedError):
        sleeper(store, EchoModel(die)).run(threading.Event(), ignore)
    assert store.jobs.counts("/shop")["running"] == 0


def test_what_does_not_pass_the_gates_or_does_not_fit_is_recorded_with_its_reason(store: Store) -> None:
    def reply(request: ChatRequest) -> str:
        if "`Cart.add`" in request.messages[-1].content:
            raise ContextOverflowError("It does not fit.")
        return "It calls `invented_name`."

    slept = sleeper(store, EchoModel(reply)).run(threading.Event(), ignore)
    reasons = {job.reason for job in store.jobs.in_state("failed")}
    assert {answer.intent for answer in store.answers.all()} <= {"where"}  # which needs no model
    assert slept.jobs_failed == len(store.jobs.in_state("failed")) > 5
    assert reasons == {"It does not fit.", "no sentence passed the gates (names 1)", "no sentence passed the gates ()"}


def test_every_job_is_in_the_ledger_with_its_tokens(store: Store) -> None:
    slept = sleeper(store, EchoModel(sound)).run(threading.Event(), ignore)
    totals = store.ledger.totals()["job", "sleep"]
    assert (totals.count, totals.generated_tokens) == (slept.jobs_done, slept.generated_tokens)


def test_notes_about_modules_feed_their_package_and_those_the_repository(store: Store) -> None:
    files = {"web/__init__.py": "", "web/a.py": "def a(): ...\n", "web/b.py": "def b(): ...\n"}
    asleep = Sleeper(shop(files), store, "/shop", Tools(EchoModel(sound), FixedClock()))
    asleep.run(threading.Event(), ignore)
    (package,) = store.answers.for_target(Target("package", "shop"), "purpose")
    (overview,) = store.answers.for_target(Target("repository"), "overview")
    modules = {answer.key for answer in store.answers.for_target(Target("module", "shop/cart.py"))}
    assert modules & set(package.dependencies)
    assert package.key in overview.dependencies
    assert overview.evidence


def test_a_job_that_kills_the_engine_waits_while_others_go_on(store: Store) -> None:
    def reply(request: ChatRequest) -> str:
        if (
            "What is `Cart.add` for?" in request.messages[-1].content
            or "`Cart.add` for" in request.messages[-1].content
        ):
            raise EngineDiedError("It died.")
        return sound(request)

    slept = sleeper(store, EchoModel(reply)).run(threading.Event(), ignore)
    waiting = store.jobs.in_state("waiting", "/shop")
    assert [(str(job.target), job.reason) for job in waiting] == [("shop/cart.py::Cart.add", "It died.")]
    assert slept.answers > 5


def test_an_error_in_one_thought_is_that_thoughts_alone(store: Store) -> None:
    def reply(request: ChatRequest) -> str:
        if "`Cart.add` for" in request.messages[-1].content:
            raise ValueError("odd")
        return sound(request)

    sleeper(store, EchoModel(reply)).run(threading.Event(), ignore)
    assert [job.reason for job in store.jobs.in_state("waiting", "/shop")] == ["ValueError: odd"]


def test_work_that_is_no_longer_wanted_is_taken_back(store: Store) -> None:
    sleeper(store, EchoModel(sound)).plan()
    before = store.jobs.counts("/shop")["waiting"]
    gone = {"shop/cart.py": ""}
    Sleeper(shop(gone), store, "/shop", Tools(EchoModel(sound), FixedClock())).plan()
    assert 0 < store.jobs.counts("/shop")["waiting"] < before


def test_a_comment_makes_no_work(store: Store) -> None:
    sleeper(store, EchoModel(sound)).run(threading.Event(), ignore)
    commented = {
        "shop/cart.py": FILES["shop/cart.py"].replace("        if count", "        # at least one\n        if count")
    }
    edited = Sleeper(shop(commented), store, "/shop", Tools(EchoModel(sound), FixedClock()))
    assert edited.run(threading.Event(), ignore).jobs_done == 0


def test_a_model_that_answers_several_at_once_is_asked_about_one_file_at_a_time(store: Store) -> None:
    asked: list[int] = []

    class Batching(EchoModel):
        def chat_many(self, requests: Sequence[ChatRequest], cancel: threading.Event) -> tuple[ChatResult, ...]:
            asked.append(len(requests))
            return super().chat_many(requests, cancel)

    slept = sleeper(store, Batching(sound, together=4)).run(threading.Event(), ignore)
    assert (slept.answers, slept.jobs_failed) == (slept.jobs_done, 0)
    assert max(asked) == 4
    assert store.ledger.totals()["job", "sleep"].count == slept.jobs_done


def told(request: ChatRequest) -> str:
    """One sentence about each of several symbols; the same about anything else."""
    if "keys" not in request.messages[-1].content:
        return sound(request)
    names = json.loads(request.json_schema)["required"]
    return json.dumps({name: f"`{name}` works with `Cart`." for name in names if name != "Cart.total"})


def test_what_the_symbols_of_a_page_are_for_is_asked_in_one_generation_and_the_unanswered_again(store: Store) -> None:
    asked: list[str] = []

    def reply(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return told(request)

    slept = sleeper(store, EchoModel(reply)).run(threading.Event(), ignore)
    assert store.answers.for_target(ADD, "purpose")[0].text.startswith("`Cart.add` works with `Cart`.")
    assert not any("what is `Cart.add` for?" in text for text in asked)
    assert any("what is `Cart.total` for?" in text for text in asked)
    assert (slept.answers, slept.jobs_failed) == (slept.jobs_done, 0)


def test_answers_of_one_generation_share_its_cost(store: Store) -> None:
    sleeper(store, EchoModel(told)).run(threading.Event(), ignore)
    entries = {
        e.target.symbol: e for e in store.ledger.entries() if e.intent == "purpose" and e.target.level != "topic"
    }
    together = entries["Cart"], entries["Cart.add"], entries["GiftCart"]
    assert len({(e.prompt_tokens, e.cached_tokens, e.generated_tokens) for e in together}) == 1
    assert together[0].cached_tokens > together[0].prompt_tokens / 2


def test_what_was_said_of_a_generation_that_was_cancelled_is_kept(store: Store) -> None:
    cancel = threading.Event()

    def reply(request: ChatRequest) -> str:
        if "keys" in request.messages[-1].content and "`Cart.add`" in request.messages[-1].content:
            cancel.set()
        return told(request)

    class Cut(EchoModel):
        def chat(
            self, request: ChatRequest, cancel: threading.Event, on_text: Callable[[str], None] = discard
        ) -> ChatResult:
            result = super().chat(request, threading.Event(), on_text)
            cut = result.text.partition("`Cart.add`")[0]
            return replace(result, text=cut, finish="cancelled") if cancel.is_set() else result

    sleeper(store, Cut(reply)).run(cancel, ignore)
    assert store.answers.for_target(Target("class", "shop/cart.py", "Cart"), "purpose")
    assert not store.answers.for_target(ADD, "purpose")
    assert store.jobs.counts("/shop")["running"] == 0


def test_one_that_is_too_long_does_not_take_its_neighbours_along(store: Store) -> None:
    def reply(request: ChatRequest) -> str:
        if "`Cart.add` for" in request.messages[-1].content:
            raise ContextOverflowError("It does not fit.")
        return sound(request)

    slept = sleeper(store, EchoModel(reply, together=8)).run(threading.Event(), ignore)
    assert [str(job.target) for job in store.jobs.in_state("failed")] == ["shop/cart.py::Cart.add"]
    assert slept.answers == slept.jobs_done - 1 > 5


def test_a_thought_that_fails_three_times_is_set_aside_with_its_reason_and_blocks_nobody(tmp_path: Path) -> None:
    clock = FixedClock()

    def reply(request: ChatRequest) -> str:
        if "`Cart.add` for" in request.messages[-1].content:
            raise ValueError("odd")
        return sound(request)

    with open_writer(tmp_path / "timed.db", clock.now) as store:
        for _ in range(3):
            Sleeper(shop(), store, "/shop", Tools(EchoModel(reply), clock)).run(threading.Event(), ignore)
            clock.advance(1000)
        (job,) = store.jobs.in_state("set_aside")
        assert (str(job.target), job.attempts, job.reason) == ("shop/cart.py::Cart.add", 3, "ValueError: odd")
        assert store.jobs.counts()["waiting"] == 0


def test_what_was_interrupted_is_taken_up_first_for_the_engine_has_read_its_page(store: Store) -> None:
    interrupted: list[str] = []
    for _ in range(4):
        cancel = threading.Event()

        def reply(_request: ChatRequest, cancel: threading.Event = cancel) -> str:
            cancel.set()
            return SOUND

        sleeper(store, EchoModel(reply)).run(cancel, ignore)
        entry = store.ledger.entries()[0]
        interrupted.append(f"{entry.target} {entry.intent}")
    assert len(set(interrupted)) == 1
