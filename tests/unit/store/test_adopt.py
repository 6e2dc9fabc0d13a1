from pathlib import Path

from sleeptime.core.types import Job, Outline, Target
from sleeptime.store import Asked, Entry, FileRow, Store, encode_outline, open_writer


def filled(path: Path) -> Store:
    store = open_writer(path)
    ids = store.modules.put_outlines([encode_outline("blob", Outline("python", docstring="Sessions."))])
    store.modules.update_files("/first", [FileRow("a.py", 1, 1, ids["blob", "python"])])
    store.adopt(["root"])
    target = Target("module", "a.py")
    store.jobs.plan([Job(0, key, target, "purpose", 1.0) for key in ("done", "waiting")])
    job = store.jobs.claim_key("done")
    assert job is not None
    store.jobs.finish(job, "k")
    store.ledger.add(Entry(kind="job", source="sleep", target=target))
    store.ledger.add_question(Asked(question="Q", target=target, intent="purpose", outcome="cache", seconds=0.1))
    return store


def test_a_fresh_clone_knows_what_its_sibling_knows_but_not_where_it_stood(tmp_path: Path) -> None:
    filled(tmp_path / "first.db").close()
    with open_writer(tmp_path / "second.db") as store:
        assert store.adopt(["root", "other"])
        assert ("blob", "python") in store.modules.known([("blob", "python")])
        assert store.modules.worktrees() == []
        assert store.jobs.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 0, "set_aside": 0}
        assert store.ledger.totals() == {}
        assert store.ledger.questions() == []
        ids = store.modules.known([("blob", "python")])
        store.modules.update_files("/second", [FileRow("b.py", 1, 1, ids["blob", "python"])])
        assert [hit.target.path for hit in store.search.code("/second", "sessions")] == ["b.py"]
    with open_writer(tmp_path / "third.db") as third:
        assert third.adopt(["other"])


def test_another_project_is_not_adopted(tmp_path: Path) -> None:
    filled(tmp_path / "first.db").close()
    with open_writer(tmp_path / "second.db") as store:
        assert not store.adopt(["else"])
        assert not store.adopt([])
        assert store.modules.is_empty()


def test_a_sibling_in_use_is_adopted_and_a_damaged_one_passed_over(tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_bytes(b"nonsense" * 1000)
    with filled(tmp_path / "first.db") as first, open_writer(tmp_path / "second.db") as store:
        assert store.adopt(["root"])
        assert first.modules.worktrees() == ["/first"]
    assert (tmp_path / "damaged.db").exists()


def test_only_its_owner_may_read_an_adopted_store(tmp_path: Path) -> None:
    filled(tmp_path / "first.db").close()
    with open_writer(tmp_path / "second.db") as store:
        store.adopt(["root"])
        assert (tmp_path / "second.db").stat().st_mode & 0o777 == 0o600
        assert not store.replaced()
