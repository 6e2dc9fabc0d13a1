import sqlite3

import pytest

from sleeptime.store import migrations


def test_migrating_twice_changes_nothing() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.migrate(connection)
    tables = connection.execute("SELECT sql FROM sqlite_master").fetchall()
    migrations.migrate(connection)
    assert connection.execute("SELECT sql FROM sqlite_master").fetchall() == tables
    assert migrations.schema_version(connection) == len(migrations.MIGRATIONS)


def test_a_step_that_fails_leaves_the_tables_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    def second(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE later (a)")
        raise sqlite3.OperationalError("disk full")

    connection = sqlite3.connect(":memory:", isolation_level=None)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, second))
    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(connection)
    assert migrations.schema_version(connection) == len(migrations.MIGRATIONS) - 1
    assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchall()


def test_the_names_of_migrations_count_up() -> None:
    numbers = [function.__name__[:4] for function in migrations.MIGRATIONS]
    assert numbers == [f"m{number:03}" for number in range(1, len(numbers) + 1)]
