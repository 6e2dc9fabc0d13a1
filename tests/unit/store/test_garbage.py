import random

from sleeptime.core.types import Answer, GateResults, Outline, Reference, Span, Symbol, Target
from sleeptime.store import FileRow, Store, encode_outline

HERE = Span(0, 0, 1, 0)


def content(number: int) -> Outline:
    """An outline of some size that does not compress away."""
    dice = random.Random(number)
    names = [f"name_{dice.getrandbits(40):x}" for _ in range(100)]
    symbols = tuple(Symbol(name, name, "function", HERE, HERE, docstring=f"Does {name}.") for name in names[:20])
    return Outline("python", symbols, (), tuple(Reference(name, "", "call", 0, 0) for name in names))


def fill(store: Store, time, count: int, replaced: int) -> None:
    """`count` contents, of which the first `replaced` are no longer held by any file, the first for longest."""
    for number in range(count):
        time.seconds += 1
        ids = store.modules.put_outlines([encode_outline(f"{number}", content(number))])
        store.modules.update_files("/one", [FileRow(f"{number}.py", 1, 1, ids[f"{number}", "python"])])
    for number in range(replaced):
        time.seconds += 1
        store.modules.update_files("/one", [], [f"{number}.py"])


def stored(store: Store) -> set[int]:
    return {int(blob) for (blob,) in store.database.rows("SELECT blob FROM outlines")}


def test_a_store_within_its_size_is_left_alone(store: Store, time) -> None:
    fill(store, time, 10, 10)
    assert store.collect_garbage(1 << 30) == 0
    assert stored(store) == set(range(10))


def test_contents_left_longest_ago_go_first_and_those_in_use_never(store: Store, time, monkeypatch) -> None:
    monkeypatch.setattr("sleeptime.store.garbage.CHUNK_ROWS", 5)
    fill(store, time, 60, 40)
    before = store.size_bytes()
    freed = store.collect_garbage(before * 3 // 4)
    assert 0 < freed < before
    kept = stored(store)
    assert set(range(40, 60)) < kept
    assert kept == set(range(min(kept), 60))
    store.collect_garbage(1)
    assert stored(store) == set(range(40, 60))


def test_what_was_dropped_leaves_the_indexes_whole(store: Store, time) -> None:
    fill(store, time, 30, 20)
    store.collect_garbage(1)
    for index in ("names", "symbol_words"):
        store.database.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
    name = content(25).symbols[0].name
    assert store.outlines("/one").paths_mentioning(name) == ["25.py"]
    assert [hit.target.path for hit in store.search.code("/one", name)][:1] == ["25.py"]
    gone = content(3).symbols[0].name
    assert store.database.rows("SELECT rowid FROM names WHERE names MATCH ?", (f'"{gone}"',)) == []


def test_the_file_shrinks(store: Store, time) -> None:
    fill(store, time, 60, 60)
    store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store.path.stat().st_size
    store.collect_garbage(1)
    assert store.path.stat().st_size < before / 2


def test_answers_go_last_and_those_served_longest_ago_first(store: Store, time, monkeypatch) -> None:
    monkeypatch.setattr("sleeptime.store.garbage.CHUNK_ROWS", 1)
    for number in range(30):
        text = " ".join(reference.name for reference in content(number).references) * 3
        answer = Answer(
            f"{number}", Target("module", "a.py"), "purpose", "?", text, (), "c", "echo", "p", 1.0, GateResults(1, 1)
        )
        store.answers.put(answer)
    time.seconds += 10
    store.answers.mark_served(["0"])
    store.collect_garbage(store.size_bytes() * 3 // 4)
    kept = {answer.key for answer in store.answers.all()}
    assert "0" in kept
    assert "1" not in kept
    assert "29" in kept
