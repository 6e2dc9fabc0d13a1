from sleeptime.store import Store, Visit


def test_a_visit_is_remembered_by_worktree_and_role(store: Store) -> None:
    visit = Visit(5.0, "c1", {"é.py": "b1", "gone.py": ""})
    store.visits.put("/w", "seen", visit)
    assert store.visits.get("/w", "seen") == visit
    assert store.visits.get("/w", "base") is None
    assert store.visits.get("/other", "seen") is None
    store.visits.touch("/w", 9.0)
    assert store.visits.get("/w", "seen") == Visit(9.0, "c1", visit.files)


def test_a_new_base_is_untold_until_it_was_told(store: Store) -> None:
    assert not store.visits.is_untold("/w")
    store.visits.put("/w", "base", Visit(5.0, "", None))
    assert store.visits.is_untold("/w")
    assert store.visits.get("/w", "base") == Visit(5.0, "", None)
    store.visits.tell("/w")
    assert not store.visits.is_untold("/w")
