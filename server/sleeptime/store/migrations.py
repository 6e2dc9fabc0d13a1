"""How the store's tables came to be. Append only: a function that has shipped is never edited.

`PRAGMA user_version` counts the functions that have run. Every function runs inside one transaction.
"""

import sqlite3
from collections.abc import Callable


def m001_first_tables(connection: sqlite3.Connection) -> None:
    """Outlines by content, files by worktree, and what the sleeper writes.

    `outlines` rows with no `data` are contents that were looked at and left alone, for `reason`. Their ids are
    never reused, so that a full-text row left behind by a deleted outline joins with nothing.
    """
    for statement in (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE worktrees (
            id INTEGER PRIMARY KEY, root TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL DEFAULT 0,
            used_at REAL NOT NULL)""",
        """CREATE TABLE outlines (
            id INTEGER PRIMARY KEY AUTOINCREMENT, blob TEXT NOT NULL, language TEXT NOT NULL, version INTEGER NOT NULL,
            symbols INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '', used_at REAL NOT NULL, data BLOB,
            UNIQUE (blob, language, version))""",
        """CREATE TABLE files (
            id INTEGER PRIMARY KEY, worktree INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL, outline INTEGER NOT NULL, UNIQUE (worktree, path))""",
        "CREATE INDEX files_by_outline ON files (outline)",
        """CREATE TABLE skipped (
            worktree INTEGER NOT NULL, path TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (worktree, path)) WITHOUT ROWID""",
        """CREATE VIRTUAL TABLE names USING fts5 (
            tokens, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_$=#@'")""",
        """CREATE VIRTUAL TABLE symbol_words USING fts5 (
            name, scope, docs, body, content='', tokenize="porter unicode61")""",
        """CREATE TABLE answers (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, level TEXT NOT NULL, path TEXT NOT NULL,
            symbol TEXT NOT NULL, intent TEXT NOT NULL, code_hash TEXT NOT NULL, created_at REAL NOT NULL,
            served_at REAL NOT NULL, served INTEGER NOT NULL DEFAULT 0, data BLOB NOT NULL)""",
        "CREATE INDEX answers_by_target ON answers (path, symbol, level, intent)",
        "CREATE INDEX answers_by_code ON answers (code_hash, intent)",
        'CREATE VIRTUAL TABLE answer_words USING fts5 (question, text, tokenize="porter unicode61")',
        """CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, worktree TEXT NOT NULL, level TEXT NOT NULL,
            path TEXT NOT NULL, symbol TEXT NOT NULL, intent TEXT NOT NULL, priority REAL NOT NULL,
            state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
            changed_at REAL NOT NULL)""",
        "CREATE INDEX jobs_by_turn ON jobs (state, worktree, priority DESC, id)",
        """CREATE TABLE ledger (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL,
            level TEXT NOT NULL, path TEXT NOT NULL, symbol TEXT NOT NULL, intent TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, generated_tokens INTEGER NOT NULL,
            seconds REAL NOT NULL)""",
        "CREATE INDEX ledger_by_time ON ledger (at)",
        """CREATE TABLE questions (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, question TEXT NOT NULL, level TEXT NOT NULL, path TEXT NOT NULL,
            symbol TEXT NOT NULL, intent TEXT NOT NULL, outcome TEXT NOT NULL, seconds REAL NOT NULL)""",
        "CREATE INDEX questions_by_time ON questions (at)",
        """CREATE TABLE vectors (
            embedder TEXT NOT NULL, text_hash TEXT NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY (embedder, text_hash)) WITHOUT ROWID""",
    ):
        connection.execute(statement)


def m002_what_a_job_took(connection: sqlite3.Connection) -> None:
    """Processor time and energy in the ledger."""
    for column in ("cpu_seconds", "joules"):
        connection.execute(f"ALTER TABLE ledger ADD COLUMN {column} REAL NOT NULL DEFAULT 0")


def m003_texts_of_symbols(connection: sqlite3.Connection) -> None:
    """Which short text stands for which symbol (-1: the file) of a content at a path: what a vector is about.

    The ids are never reused: the highest tells whether anything was described since.
    """
    connection.execute(
        """CREATE TABLE described (
            id INTEGER PRIMARY KEY AUTOINCREMENT, outline INTEGER NOT NULL, path TEXT NOT NULL, symbol INTEGER NOT NULL,
            text_hash TEXT NOT NULL, UNIQUE (outline, path, symbol))"""
    )


def m004_words_of_bodies(connection: sqlite3.Connection) -> None:
    """What stands inside symbols, by content (`store/bodies.py`). The text is kept, so that a row can be deleted."""
    connection.execute('CREATE VIRTUAL TABLE bodies USING fts5 (name, words, tokenize="porter unicode61")')


def m005_conversations(connection: sqlite3.Connection) -> None:
    """What was asked in turn, and what people said about answers."""
    for statement in (
        """CREATE TABLE turns (
            id INTEGER PRIMARY KEY, thread TEXT NOT NULL, worktree TEXT NOT NULL, asked TEXT NOT NULL,
            asked_at REAL NOT NULL, data BLOB NOT NULL)""",
        "CREATE INDEX turns_by_thread ON turns (thread, id)",
        'CREATE VIRTUAL TABLE turn_words USING fts5 (asked, answered, tokenize="porter unicode61")',
        """CREATE TABLE feedback (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, was_right INTEGER NOT NULL, level TEXT NOT NULL,
            path TEXT NOT NULL, symbol TEXT NOT NULL, intent TEXT NOT NULL, question TEXT NOT NULL,
            text TEXT NOT NULL)""",
    ):
        connection.execute(statement)


def m006_visits(connection: sqlite3.Connection) -> None:
    """How each worktree looked when the person was last there (`visits.py`), and which answer a job ended with."""
    connection.execute(
        """CREATE TABLE visits (
            worktree TEXT NOT NULL, role TEXT NOT NULL, at REAL NOT NULL, head TEXT NOT NULL, files BLOB,
            told INTEGER NOT NULL, PRIMARY KEY (worktree, role)) WITHOUT ROWID"""
    )
    connection.execute("ALTER TABLE jobs ADD COLUMN answer TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_first_tables,
    m002_what_a_job_took,
    m003_texts_of_symbols,
    m004_words_of_bodies,
    m005_conversations,
    m006_visits,
)


def schema_version(connection: sqlite3.Connection) -> int:
    """How many of the migrations have run on this file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Run what has not run yet, each step whole or not at all."""
    for number in range(schema_version(connection), len(MIGRATIONS)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have got here first: its step is not run twice.
            if schema_version(connection) == number:
                MIGRATIONS[number](connection)
                connection.execute(f"PRAGMA user_version = {number + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
