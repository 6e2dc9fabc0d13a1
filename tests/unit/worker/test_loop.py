import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.loop import CONSENT, Bench
from fakes.place import FakePlace
from sleeptime.core import messages as say
from sleeptime.core.errors import CorruptStoreError, RepositoryError, WorkerError
from sleeptime.core.types import Target
from sleeptime.lsp.link import Link
from sleeptime.worker.nights import Resident

ROOT = "/somewhere"


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is awaited is another thread's doing
            await asyncio.sleep(0.002)


def nothing(_message: say.AnyWorkerMessage) -> None:
    pass


async def opened(bench: Bench, *, consent: bool = False) -> tuple[Link, list[say.AnyWorkerMessage]]:
    heard: list[say.AnyWorkerMessage] = []
    link = await bench.link(CONSENT if consent else None, heard)
    await link.request(say.OpenRepository(root=ROOT), nothing)
    return link, heard


async def test_opening_a_repository_indexes_it_with_progress_and_watches_it(bench: Bench) -> None:
    link = await bench.link()
    progress: list[say.AnyWorkerMessage] = []
    indexed = await link.request(say.OpenRepository(root=ROOT), progress.append)
    assert isinstance(indexed, say.Indexed)
    assert [type(message) for message in progress] == [say.Progress]
    assert bench.places[ROOT].on_change is not None


async def test_an_unknown_path_is_one_clear_sentence_of_its_own_class(bench: Bench) -> None:
    link = await bench.link()
    with pytest.raises(RepositoryError, match=r"There is no folder /nowhere/at/all\. Check the path\."):
        await link.request(say.OpenRepository(root="/nowhere/at/all"), nothing)


async def test_a_ready_answer_needs_no_model(bench: Bench) -> None:
    link, _ = await opened(bench)
    bench.places[ROOT].ready["why?"] = "because"
    answered = await link.request(say.Ask(root=ROOT, question="why?"), nothing)
    assert isinstance(answered, say.Answered)
    assert (answered.text, answered.source) == ("because", "cache")
    assert bench.models == []


async def test_a_fresh_ask_passes_over_the_ready_answer(bench: Bench) -> None:
    link, _ = await opened(bench)
    bench.places[ROOT].ready["why?"] = "because"
    answered = await link.request(say.Ask(root=ROOT, question="why?", fresh=True), nothing)
    assert isinstance(answered, say.Answered)
    assert answered.source == "live"


async def test_a_live_answer_streams_its_pieces_in_order(bench: Bench) -> None:
    link = await bench.link()
    pieces: list[say.AnyWorkerMessage] = []
    await link.request(say.Ask(root=ROOT, question="what?"), pieces.append)
    assert "".join(piece.text for piece in pieces if isinstance(piece, say.Piece)) == "it is auto"


async def test_a_cancelled_ask_answers_with_what_it_has(bench: Bench) -> None:
    link = await bench.link()
    pieces: list[say.AnyWorkerMessage] = []
    asking = asyncio.create_task(link.request(say.Ask(root=ROOT, question="endless"), pieces.append))
    await until(lambda: any(isinstance(piece, say.Piece) for piece in pieces))
    link.tell(say.Cancel(request=2))
    answered = await asking
    assert isinstance(answered, say.Answered)
    assert answered.cancelled


async def test_cancelling_the_task_here_cancels_the_request_there(bench: Bench) -> None:
    link = await bench.link()
    asking = asyncio.create_task(link.request(say.Ask(root=ROOT, question="endless"), nothing))
    await until(lambda: ("answer", "endless") in bench.places.get(ROOT, Empty).log)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert isinstance(await link.request(say.Ask(root=ROOT, question="next"), nothing), say.Answered)


class Empty:
    log: tuple[Any, ...] = ()


async def test_a_client_that_disconnects_takes_its_requests_with_it(bench: Bench) -> None:
    one, other = await bench.link(), await bench.link()
    asking = asyncio.create_task(one.request(say.Ask(root=ROOT, question="endless"), nothing))
    await until(lambda: ("answer", "endless") in bench.places.get(ROOT, Empty).log)
    await one.close()
    with pytest.raises(WorkerError):
        await asking
    assert isinstance(await other.request(say.Ask(root=ROOT, question="next"), nothing), say.Answered)


async def test_an_asked_sleep_works_until_no_job_is_left_and_needs_no_consent(bench: Bench) -> None:
    link = await bench.link()
    progress: list[say.AnyWorkerMessage] = []
    slept = await link.request(say.Sleep(root=ROOT, minutes=1), progress.append)
    assert isinstance(slept, say.Slept)
    assert (slept.jobs_done, slept.jobs_left, slept.answers) == (3, 0, 3)
    assert "loading the model" in {message.text for message in progress if isinstance(message, say.Progress)}


async def test_an_asked_sleep_ends_at_its_time(bench: Bench) -> None:
    link, _ = await opened(bench)
    bench.places[ROOT].endless = True
    slept = await link.request(say.Sleep(root=ROOT, minutes=0.001), nothing)
    assert isinstance(slept, say.Slept)
    assert slept.jobs_left == 3


async def test_a_live_question_goes_ahead_of_sleep_which_then_resumes(bench: Bench) -> None:
    link, _ = await opened(bench)
    place = bench.places[ROOT]
    place.endless = True
    sleeping = asyncio.create_task(link.request(say.Sleep(root=ROOT, minutes=1), nothing))
    await until(place.asleep.is_set)
    await link.request(say.Ask(root=ROOT, question="what?"), nothing)
    await until(lambda: place.log.count("sleep") == 2)
    place.endless = False
    await link.request(say.Ask(root=ROOT, question="again?"), nothing)  # makes the endless job give way
    slept = await sleeping
    assert isinstance(slept, say.Slept)
    assert (slept.jobs_done, slept.jobs_left) == (3, 0)
    assert place.log[-1] == "sleep"


async def test_nobody_sleeps_without_consent(bench: Bench) -> None:
    link, _ = await opened(bench)
    await asyncio.sleep(0.05)
    await link.request(say.GetStatus(), nothing)
    assert "sleep" not in bench.places[ROOT].log


async def test_with_consent_and_quiet_it_sleeps_until_nothing_is_left_and_tells(bench: Bench) -> None:
    _, heard = await opened(bench, consent=True)
    await until(lambda: bench.places[ROOT].jobs == 0)
    await until(lambda: heard[-1] == say.Changed(root=ROOT))
    states = [message.state for message in heard if isinstance(message, say.Status)]
    assert states[0] == "indexing"
    assert "asleep" in states
    assert states[-1] == "awake"
    assert bench.places[ROOT].log.count("sleep") == 1


async def test_consent_given_later_starts_the_sleep(bench: Bench) -> None:
    link, _ = await opened(bench)
    import sleeptime

    await link.request(say.Hello(version=sleeptime.__version__, client="test", settings=CONSENT), nothing)
    await until(lambda: bench.places[ROOT].jobs == 0)


async def test_activity_wakes_whatever_is_asleep(bench: Bench) -> None:
    link = await bench.link(CONSENT)
    bench.places[ROOT] = place = bench.open_place(ROOT)
    place.endless = True
    await link.request(say.OpenRepository(root=ROOT), nothing)
    await until(place.asleep.is_set)
    place.endless = False
    link.tell(say.Activity(root=ROOT, kind="request"))
    await until(lambda: place.jobs == 0)
    assert place.log.count("sleep") == 2


async def test_files_that_change_are_indexed_together_and_told(bench: Bench) -> None:
    _, heard = await opened(bench)
    place = bench.places[ROOT]
    assert place.on_change
    await asyncio.to_thread(place.on_change, frozenset({"b.py"}))
    await asyncio.to_thread(place.on_change, frozenset({"a.py"}))
    await until(lambda: {path for m in heard if isinstance(m, say.Changed) for path in m.paths} == {"a.py", "b.py"})


async def test_a_saved_file_is_indexed_even_if_no_watcher_saw_it(bench: Bench) -> None:
    link, _ = await opened(bench)
    link.tell(say.Activity(root=ROOT, kind="save", path="a.py"))
    await until(lambda: ("update", frozenset({"a.py"})) in bench.places[ROOT].log)


async def test_a_watcher_that_lost_events_makes_everything_be_looked_at(bench: Bench) -> None:
    await opened(bench)
    place = bench.places[ROOT]
    assert place.on_change
    await asyncio.to_thread(place.on_change, frozenset())
    await until(lambda: ("update", frozenset()) in place.log)


async def test_lost_events_are_not_forgotten_beside_others(bench: Bench) -> None:
    resident = Resident(FakePlace(ROOT), CONSENT)
    resident.changes.extend([frozenset({"a.py"}), frozenset(), frozenset({"b.py"})])
    assert resident.take_changes() == frozenset()
    assert resident.take_changes() is None


async def test_a_repository_is_let_go_when_its_last_client_leaves(bench: Bench) -> None:
    link, _ = await opened(bench)
    other, _ = await opened(bench)
    await link.close()
    await other.request(say.GetStatus(), nothing)
    assert "closed" not in bench.places[ROOT].log
    await other.close()
    await until(lambda: bench.places[ROOT].log[-2:] == ["unwatched", "closed"])


async def test_a_damaged_store_fails_once_and_is_opened_anew_next_time(bench: Bench) -> None:
    link, _ = await opened(bench)
    bench.places[ROOT].error = CorruptStoreError("The store is damaged; it was set aside.")
    with pytest.raises(CorruptStoreError, match="set aside"):
        await link.request(say.OpenRepository(root=ROOT), nothing)
    assert "closed" in bench.places.pop(ROOT).log
    assert isinstance(await link.request(say.OpenRepository(root=ROOT), nothing), say.Indexed)


async def test_thinking_of_one_target_answers_and_tells_that_notes_changed(bench: Bench) -> None:
    link, heard = await opened(bench)
    answered = await link.request(say.Think(root=ROOT, target=Target("symbol", "a.py", "f")), nothing)
    assert isinstance(answered, say.Answered)
    assert answered.text == "about a.py::f"
    assert say.Changed(root=ROOT, paths=("a.py",)) in heard


async def test_nonsense_on_the_wire_is_refused_and_the_connection_goes_on(bench: Bench) -> None:
    heard: list[say.AnyWorkerMessage] = []
    link = await bench.link(heard=heard)
    link._writer.write(b"{nonsense\n")
    assert isinstance(await link.request(say.GetStatus(), nothing), say.Status)
    assert isinstance(heard[0], say.Failed)


async def test_another_version_is_refused_with_both_numbers(bench: Bench) -> None:
    link = await bench.link()
    with pytest.raises(WorkerError, match=r"version 0\.1\.0, not 99\.0"):
        await link.request(say.Hello(version="99.0", client="test", settings=CONSENT), nothing)


async def test_the_status_names_the_model_with_its_reason(bench: Bench) -> None:
    status = await (await bench.link()).request(say.GetStatus(), nothing)
    assert isinstance(status, say.Status)
    assert (status.state, status.model, status.model_reason) == ("awake", "echo", "It was asked for.")


async def test_the_worker_ends_when_nobody_is_left_for_a_while(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "s")
    await bench.start(linger_seconds=0.01)
    assert bench.ended
    await asyncio.wait_for(bench.ended, 10)
    bench.server.close()


async def test_the_worker_stays_while_somebody_is_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "s")
    await bench.start(linger_seconds=1)
    link = await bench.link()
    await asyncio.sleep(1.2)
    assert bench.ended
    assert not bench.ended.done()
    await link.close()
    await asyncio.wait_for(bench.ended, 10)
    bench.server.close()


async def test_shutdown_answers_first_and_then_hangs_up(bench: Bench) -> None:
    link = await bench.link()
    assert isinstance(await link.request(say.Shutdown(), nothing), say.Status)
    await asyncio.wait_for(link.lost.wait(), 10)
    with pytest.raises(WorkerError, match="stopped in the middle"):
        await link.request(say.GetStatus(), nothing)


async def test_what_changed_is_offered_in_the_status_and_told_when_asked(bench: Bench) -> None:
    link, heard = await opened(bench)
    place = bench.places[ROOT]
    place.news = "3 files changed"
    assert place.on_change
    await asyncio.to_thread(place.on_change, frozenset({".git/HEAD"}))

    def offers() -> list[str]:
        return [message.briefing for message in heard if isinstance(message, say.Status)]

    await until(lambda: offers()[-1] == "3 files changed")
    told = await link.request(say.Brief(root=ROOT, since="friday"), nothing)
    assert isinstance(told, say.Answered)
    assert told.text == "since friday"
    assert offers()[-1] == ""


async def test_activity_is_noted_once_a_minute_for_what_changes_afterwards(bench: Bench) -> None:
    link, _ = await opened(bench)
    for _ in range(3):
        link.tell(say.Activity(root=ROOT, kind="change", path="a.py"))
    await until(lambda: ("look", True) in bench.places[ROOT].log)
    await link.request(say.GetStatus(), nothing)
    assert bench.places[ROOT].log.count(("look", True)) == 1


async def test_questions_are_forgotten_when_the_person_says_so(bench: Bench) -> None:
    link, _ = await opened(bench)
    await link.request(say.ForgetQuestions(root=ROOT), nothing)
    assert "forgot" in bench.places[ROOT].log


async def test_a_commands_settings_do_not_take_the_place_of_an_editors(bench: Bench) -> None:
    editor = await bench.link(CONSENT, client="editor")
    bench.places[ROOT] = place = bench.open_place(ROOT)
    place.jobs = 0
    await editor.request(say.OpenRepository(root=ROOT), nothing)
    command = await bench.link()
    await command.request(say.OpenRepository(root=ROOT), nothing)
    place.jobs = 2
    assert place.on_change
    await asyncio.to_thread(place.on_change, frozenset({"a.py"}))
    await until(lambda: place.jobs == 0)
