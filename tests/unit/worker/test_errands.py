from typing import Any

from fakes.loop import CONSENT, Bench
from sleeptime.core import messages as say
from sleeptime.core.types import Target

ROOT = "/somewhere"
FILE = Target("module", "a.py")


async def asked(bench: Bench, message: say.ClientMessage, heard: list[say.AnyWorkerMessage] | None = None) -> Any:
    link = await bench.link(CONSENT, heard)
    await link.request(say.OpenRepository(root=ROOT), lambda _: None)
    return await link.request(message, lambda _: None)


async def test_a_person_pauses_sleep_and_the_status_says_so(bench: Bench) -> None:
    link = await bench.link(CONSENT)
    await link.request(say.Control(action="pause"), lambda _: None)
    await link.request(say.OpenRepository(root=ROOT), lambda _: None)
    while True:
        status = await link.request(say.GetStatus(root=ROOT), lambda _: None)
        assert isinstance(status, say.Status)
        if (status.state, status.detail) == ("paused", "you paused it"):
            break
    assert bench.places[ROOT].jobs == 3
    await link.request(say.Control(action="resume"), lambda _: None)
    while bench.places[ROOT].jobs:
        await link.request(say.GetStatus(root=ROOT), lambda _: None)


async def test_what_is_said_about_a_target_reaches_its_repository_and_is_told(bench: Bench) -> None:
    heard: list[say.AnyWorkerMessage] = []
    assert isinstance(await asked(bench, say.Control(action="forget", root=ROOT, target=FILE), heard), say.Status)
    assert ("forget", FILE) in bench.places[ROOT].log
    assert say.Changed(root=ROOT, paths=("a.py",)) in heard


async def test_feedback_and_deleted_threads_reach_the_repository(bench: Bench) -> None:
    await asked(bench, say.Feedback(root=ROOT, key="k", right=False))
    await asked(bench, say.DeleteThread(root=ROOT, thread="t"))
    assert {("rated", "k", False), ("deleted", "t")} <= set(
        map(tuple, filter(lambda e: type(e) is tuple, bench.places[ROOT].log))
    )
