import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from sleeptime.core.errors import CorruptStoreError, NewerStoreError, StoreError
from sleeptime.store import Store, open_reader, open_writer, store_path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_may_read_a_store(store: Store) -> None:
    store.set_meta("a", "b")
    assert mode(store.path.parent) == 0o700
    assert {mode(path) for path in store.path.parent.iterdir()} == {0o600}


def test_a_store_is_named_by_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store_path("abc").name == "abc.db"
    assert store_path("abc").parent.name == "stores"


def test_there_is_nothing_to_read_before_the_first_write(tmp_path: Path) -> None:
    assert open_reader(tmp_path / "none.db") is None


def test_a_reader_waits_for_the_writer_to_bring_the_tables_up_to_date(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "old.db").execute("CREATE TABLE t (a)").connection.close()
    assert open_reader(tmp_path / "old.db") is None


def test_a_reader_reads_while_the_writer_is_in_the_middle_of_a_transaction(store: Store) -> None:
    store.set_meta("a", "before")
    reader = open_reader(store.path)
    assert reader is not None
    with store.database.transaction():
        store.set_meta("a", "after")
        assert reader.meta("a") == "before"
    assert reader.meta("a") == "after"
    reader.close()


def test_a_reader_opens_a_store_whose_writer_has_gone(store: Store) -> None:
    store.set_meta("a", "b")
    store.close()
    reader = open_reader(store.path)
    assert reader is not None
    assert reader.meta("a") == "b"
    reader.close()


def test_a_reader_cannot_write_and_still_sees_what_comes_after_it_tried(store: Store) -> None:
    reader = open_reader(store.path)
    assert reader is not None
    with pytest.raises(StoreError):
        reader.set_meta("a", "b")
    store.set_meta("a", "c")
    assert reader.meta("a") == "c"
    reader.close()


def test_a_reader_notices_each_commit(store: Store) -> None:
    reader = open_reader(store.path)
    assert reader is not None
    before = reader.version()
    assert reader.version() == before
    store.set_meta("a", "b")
    assert reader.version() != before
    reader.close()


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail_halfway() -> None:
        with store.database.transaction():
            store.set_meta("a", "b")
            with store.database.transaction():
                store.set_meta("c", "d")
            raise ValueError

    with pytest.raises(ValueError):
        fail_halfway()
    assert store.meta("a") == store.meta("c") == ""
    store.set_meta("a", "again")
    assert store.meta("a") == "again"


def test_a_file_that_is_no_store_is_set_aside_and_the_next_open_makes_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "stores" / "one.db"
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 500)
    with pytest.raises(CorruptStoreError, match=r"one\.db is damaged .* set aside as one\.db\.corrupt-1"):
        open_writer(path)
    assert (path.parent / "one.db.corrupt-1").read_bytes().startswith(b"this is not")
    open_writer(path).close()
    path.write_bytes(b"again" * 500)
    with pytest.raises(CorruptStoreError, match="corrupt-2"):
        open_writer(path)


def test_a_store_with_damaged_pages_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    with open_writer(path) as store:
        for number in range(2000):
            store.set_meta(f"key{number}", "x" * 100)
    content = bytearray(path.read_bytes())
    content[4096 * 30 : 4096 * 60] = b"\xff" * (4096 * 30)
    path.write_bytes(content)
    with pytest.raises(CorruptStoreError):
        open_writer(path)
    assert not path.exists()
    assert (tmp_path / "one.db.corrupt-1").read_bytes() == content


def test_damage_found_while_working_sets_the_store_aside_and_readers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    store = open_writer(path)
    for number in range(2000):
        store.set_meta(f"key{number}", "x" * 100)
    store.close()
    store = open_writer(path)
    reader = open_reader(path)
    assert reader is not None
    assert not reader.replaced()
    store.database.execute("PRAGMA shrink_memory")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(CorruptStoreError):
        store.database.rows("SELECT count(value), max(value) FROM meta")
    assert (tmp_path / "one.db.corrupt-1").exists()
    assert reader.replaced()
    open_writer(path).close()
    assert reader.replaced()
    reader.close()


def test_a_reader_leaves_a_damaged_store_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    path.write_bytes(b"this is not a database" * 500)
    with pytest.raises(CorruptStoreError):
        open_reader(path)
    assert path.exists()


def test_a_store_of_a_newer_version_is_left_alone(store: Store) -> None:
    store.database.execute("PRAGMA user_version = 999")
    store.close()
    with pytest.raises(NewerStoreError, match="newer Sleeptime"):
        open_writer(store.path)
    with pytest.raises(NewerStoreError):
        open_reader(store.path)
    assert store.path.exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_writer(tmp_path / "file" / "one.db")


def test_several_threads_share_a_store(store: Store) -> None:
    def write(number: int) -> None:
        for step in range(50):
            with store.database.transaction():
                store.set_meta("count", str(int(store.meta("count") or 0) + 1))
                store.set_meta(f"{number}.{step}", "x")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.meta("count") == "200"
