from pathlib import Path

from sleeptime.core.messages import Answered
from sleeptime.core.types import Target
from sleeptime.store import Store, open_writer

ADD = Target("symbol", "a.py", "Cart.add")


def answered(text: str, target: Target | None = ADD, intent: str = "errors") -> Answered:
    return Answered(
        question="?", text=text, evidence=(), source="facts", model="", created_at=1.0, target=target, intent=intent
    )


def ticking(path: Path) -> Store:
    seconds = iter(range(1, 100))
    return open_writer(path / "s.db", lambda: float(next(seconds)))


def test_a_thread_is_its_turns_in_order(tmp_path: Path) -> None:
    threads = ticking(tmp_path).threads
    threads.add("t", "w", "What does it raise?", answered("ValueError"))
    threads.add("t", "w", "and who calls it?", answered("nobody"))
    assert [(turn.asked, turn.answered.text) for turn in threads.turns("t")] == [
        ("What does it raise?", "ValueError"),
        ("and who calls it?", "nobody"),
    ]
    assert threads.turns("unknown") == []


def test_the_topic_is_the_latest_target_that_was_certain(tmp_path: Path) -> None:
    threads = ticking(tmp_path).threads
    assert threads.topic("t") is None
    threads.add("t", "w", "What does `Cart.add` raise?", answered("ValueError"))
    threads.add("t", "w", "and in general?", answered("nothing known", None, ""))
    assert threads.topic("t") == (ADD, "errors")


def test_threads_are_found_by_what_was_said_in_them_the_latest_first(tmp_path: Path) -> None:
    threads = ticking(tmp_path).threads
    threads.add("one", "w", "What does it raise?", answered("ValueError"))
    threads.add("two", "w", "Who sells tea?", answered("the cart"))
    threads.add("one", "w", "and tea?", answered("no"))
    threads.add("elsewhere", "other worktree", "tea?", answered("yes"))
    assert [(thread.id, thread.title, thread.turns) for thread in threads.find("w")] == [
        ("one", "What does it raise?", 2),
        ("two", "Who sells tea?", 1),
    ]
    assert [thread.id for thread in threads.find("w", "tea")] == ["one", "two"]
    assert [thread.id for thread in threads.find("w", "ValueError")] == ["one"]
    assert [thread.id for thread in threads.find("w", "tea", limit=1)] == ["one"]
    assert threads.find("w", "zeppelin") == threads.find("w", '"; --') == []


def test_a_deleted_thread_is_gone_and_found_no_more(tmp_path: Path) -> None:
    threads = ticking(tmp_path).threads
    for thread in ("one", "two", "three"):
        threads.add(thread, "w", f"tea {thread}", answered("tea"))
    threads.delete("one")
    threads.delete("unknown")
    assert [thread.id for thread in threads.find("w", "tea")] == ["three", "two"]
    threads.delete_all()
    assert threads.find("w") == threads.find("w", "tea") == []
