import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.store.words import exact_query, name_token, split_name, words_query


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wsgi_app", "wsgi app wsgiapp"),
        ("HTTPResponse", "http response httpresponse"),
        ("getHTTPResponse2", "get http response 2 gethttpresponse2"),
        ("flask", "flask"),
        ("__init__", "init"),
        ("größe", "größe"),
        ("", ""),
    ],
)
def test_names_are_split_by_case_and_underscore(name: str, words: str) -> None:
    assert split_name(name) == words


def test_a_question_becomes_the_words_that_say_something() -> None:
    assert words_query("How does the Session get opened?") == '"session" OR "get" OR "opened"'
    assert words_query("how is it?") == ""


@pytest.fixture(scope="module")
def table() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (a, tokenize=\"ascii tokenchars '_$=#@'\")")
    return connection


@given(name=st.text())
def test_any_name_and_any_question_is_a_query_that_runs(table: sqlite3.Connection, name: str) -> None:
    table.execute("SELECT * FROM t WHERE t MATCH ?", (exact_query("=" + name_token(name)),)).fetchall()
    if query := words_query(name):
        table.execute("SELECT * FROM t WHERE t MATCH ?", (query,)).fetchall()
