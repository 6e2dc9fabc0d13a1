import json

from typer.testing import CliRunner

from fakes.shop import ADD, FILES
from sleeptime.cli.app import complete_app
from sleeptime.repo import open_repository
from sleeptime.store import Entry, open_writer, store_path


def run(*arguments):
    return CliRunner().invoke(complete_app(), ["report", *map(str, arguments)])


def shop(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path, store_path(open_repository(tmp_path).identity)


def test_a_repository_that_nobody_indexed_is_refused_in_one_sentence(tmp_path):
    root, _ = shop(tmp_path)
    assert "is not indexed yet" in str(run(root).exception)


def test_where_there_is_nothing_to_tell_it_says_so(tmp_path):
    root, file = shop(tmp_path)
    open_writer(file).close()
    result = run(root, "--html", tmp_path / "page" / "report.html")
    assert result.exit_code == 0
    assert "nothing asked" in result.output
    assert "nothing asked" in (tmp_path / "page" / "report.html").read_text()


def test_it_tells_what_was_spent_in_words_and_as_data(tmp_path):
    root, file = shop(tmp_path)
    with open_writer(file) as store:
        store.ledger.add(Entry(kind="job", source="sleep", target=ADD, seconds=120.0, joules=3600.0))
    assert "2 min, 1 thoughts" in run(root).output
    assert json.loads(run(root, "--json").output)["slept"]["watt_hours"] == 1.0
