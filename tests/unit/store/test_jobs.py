from typing import Any

from sleeptime.core.types import Answer, GateResults, Job, Target
from sleeptime.store import Store
from sleeptime.store.jobs import BACK_OFF_SECONDS


def job(key: str, priority: float = 1.0) -> Job:
    return Job(id=0, key=key, target=Target("module", f"{key}.py"), intent="purpose", priority=priority)


def answer(key: str) -> Answer:
    target = Target("module", "a.py")
    return Answer(key, target, "purpose", "?", "!", (), "c", "echo", "p", 0.0, GateResults(1.0, 1.0))


def test_planning_the_same_work_twice_is_one_row(store: Store) -> None:
    assert store.jobs.plan([job("a"), job("b")]) == 2
    assert store.jobs.plan([job("a"), job("b"), job("c")]) == 1
    assert store.jobs.counts()["waiting"] == 3


def test_the_job_of_highest_priority_is_claimed_and_the_oldest_of_equals(store: Store) -> None:
    store.jobs.plan([job("low", 1), job("high", 5), job("first", 3), job("second", 3)])
    claimed = [store.jobs.claim() for _ in range(5)]
    assert [found.key if found else None for found in claimed] == ["high", "first", "second", "low", None]
    assert claimed[0] is not None
    assert (claimed[0].state, claimed[0].attempts, claimed[0].target.path) == ("running", 1, "high.py")


def test_planning_again_moves_a_waiting_job_but_not_a_done_one(store: Store) -> None:
    store.jobs.plan([job("a", 5), job("b", 1)])
    done = store.jobs.claim()
    assert done is not None
    store.answers.put(answer("k"))
    store.jobs.finish(done, "k")
    store.jobs.plan([job("a", 9), job("b", 7)])
    assert store.jobs.by_key("a").state == "done"
    assert store.jobs.by_key("b").priority == 7


def test_a_done_job_whose_answer_is_gone_waits_again_with_all_its_tries(store: Store) -> None:
    store.jobs.plan([job("a", 5)])
    store.answers.put(answer("k"))
    store.jobs.finish(store.jobs.claim(), "k")
    store.answers.delete(["k"])
    store.jobs.plan([job("a", 9)])
    assert (store.jobs.by_key("a").state, store.jobs.by_key("a").attempts) == ("waiting", 0)


def test_a_job_is_tried_three_times_and_then_set_aside(store: Store, time: Any) -> None:
    store.jobs.plan([job("a")])
    states = []
    while claimed := store.jobs.claim():
        states.append(store.jobs.fail(claimed, "the gates refused it"))
        time.seconds += 4 * BACK_OFF_SECONDS
    assert states == ["waiting", "waiting", "set_aside"]
    assert [(found.key, found.reason) for found in store.jobs.in_state("set_aside")] == [("a", "the gates refused it")]


def test_a_job_that_failed_lets_others_go_first_and_waits_longer_the_second_time(store: Store, time: Any) -> None:
    store.jobs.plan([job("poison", 9), job("other", 1)])
    store.jobs.fail(store.jobs.claim(), "it died")
    assert store.jobs.claim().key == "other"
    assert store.jobs.claim() is None
    time.seconds += BACK_OFF_SECONDS
    store.jobs.fail(store.jobs.claim(), "it died")
    time.seconds += BACK_OFF_SECONDS
    assert store.jobs.claim() is None
    time.seconds += 3 * BACK_OFF_SECONDS
    assert store.jobs.claim().key == "poison"


def test_outcomes_are_counted_by_level_and_intent(store: Store) -> None:
    store.jobs.plan([job("a"), job("b"), job("c")])
    store.jobs.finish(store.jobs.claim(), "")
    store.jobs.drop(store.jobs.claim(), "no sentence passed the gates")
    assert set(store.jobs.outcomes().values()) == {(1, 1)}


def test_an_interrupted_job_waits_again_and_the_try_does_not_count(store: Store) -> None:
    store.jobs.plan([job("a")])
    for _ in range(5):
        claimed = store.jobs.claim()
        assert claimed is not None
        store.jobs.release(claimed)
    assert store.jobs.next(1)[0].attempts == 0


def test_after_a_crash_running_jobs_wait_again_until_they_crashed_three_times(store: Store, time: Any) -> None:
    store.jobs.plan([job("a")])
    for _ in range(3):
        time.seconds += 4 * BACK_OFF_SECONDS
        assert store.jobs.claim() is not None
        assert store.jobs.release_running() == 1
    assert store.jobs.claim() is None
    assert store.jobs.counts()["set_aside"] == 1


def test_a_dropped_job_is_not_tried_again_until_someone_asks(store: Store) -> None:
    store.jobs.plan([job("a")])
    claimed = store.jobs.claim()
    assert claimed is not None
    store.jobs.drop(claimed, "near-duplicate")
    assert store.jobs.plan([job("a")]) == 0
    assert store.jobs.claim() is None
    store.jobs.retry("a")
    assert store.jobs.claim() is not None


def test_worktrees_do_not_take_each_others_jobs(store: Store) -> None:
    store.jobs.plan([job("a")], worktree="/one")
    assert store.jobs.claim("/two") is None
    assert store.jobs.counts("/two")["waiting"] == 0
    store.jobs.plan([job("a")], worktree="/two")
    assert store.jobs.claim("/one") is None
    assert store.jobs.claim("/two") is not None


def test_one_job_can_be_taken_ahead_of_the_others(store: Store) -> None:
    store.jobs.plan([job("a", 9), job("b", 1)])
    assert store.jobs.claim_key("b").key == "b"
    assert store.jobs.claim_key("b") is None
    assert store.jobs.claim_key("unknown") is None


def test_only_waiting_jobs_are_withdrawn(store: Store) -> None:
    store.jobs.plan([job("a", 9), job("b", 1)])
    store.jobs.claim()
    store.jobs.withdraw(["a", "b", "unknown"])
    assert store.jobs.counts() == {"waiting": 0, "running": 1, "done": 0, "failed": 0, "set_aside": 0}
