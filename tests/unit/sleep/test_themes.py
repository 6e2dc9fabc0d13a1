import itertools
import threading
from collections.abc import Callable

from fakes.clock import FixedClock
from fakes.outlines import OutlinesInMemory
from sleeptime.core.ports import ChatRequest
from sleeptime.core.types import Answer, Target
from sleeptime.index import Freshness, Sources, concepts, rank, still_holds
from sleeptime.model import EchoModel
from sleeptime.sleep.material import Known
from sleeptime.sleep.parts import whereabouts
from sleeptime.sleep.themes import Theme, themes_of, way_through
from sleeptime.sleep.write import Writer

FILES = {
    "web/main.py": """from web.sessions import open_session, SessionError

def run(environ):
    session = open_session(environ)
    return respond(session)

def respond(session):
    return render(session)

def render(session):
    return str(session)
""",
    "web/sessions.py": """class SessionError(Exception): ...

def open_session(environ):
    if not environ:
        raise SessionError(environ)
    return load(environ)

def load(environ):
    return environ
""",
    "web/config.py": "DEBUG = True\ndef load_config(path): ...\n",
    "tests/conftest.py": "def app(): ...\n",
    "docs/sessions.md": "# Why sessions?\n\nVisitors come back.\n\n## Details\n\nNot now.\n\n# Sessions\n\nUse `open_session`.\n",
}
SESSION = Target("topic", "", "session")


def web(changed: dict[str, str] | None = None) -> Sources:
    outlines = OutlinesInMemory(FILES | (changed or {}))
    return Sources(outlines, outlines.read)


def themes() -> dict[tuple[Target, str], Theme]:
    sources = web()
    found = themes_of(sources, rank(sources.outlines))
    return {(theme.target, intent): theme for theme in found for intent in theme.intents}


def write(intent: str, *said: str) -> Answer:
    replies = itertools.chain(said, itertools.repeat(said[-1]))
    return written(intent, lambda _: next(replies))


def written(intent: str, reply: Callable[[ChatRequest], str]) -> Answer:
    model = EchoModel(reply)
    known = Known(find_members=lambda target, intent: themes()[target, intent].members)
    answer = Writer(web(), model, FixedClock(), known).write(SESSION, intent, threading.Event()).answer
    assert answer is not None
    return answer


def test_the_way_through_a_program_is_what_its_beginning_calls() -> None:
    sources = web()
    names = [target.symbol for target in way_through(sources, rank(sources.outlines))]
    assert names == ["run", "open_session", "respond", "load", "render"]


def test_the_repositorys_own_questions_have_the_code_that_bears_on_them() -> None:
    found = themes()
    repository = Target("repository")
    assert Target("module", "web/config.py") in found[repository, "configuration"].members
    assert Target("class", "web/sessions.py", "SessionError") in found[repository, "error_handling"].members
    assert Target("module", "tests/conftest.py") in found[repository, "testing"].members
    assert [member.path for member in found[SESSION, "explain"].members][1:3] == ["docs/sessions.md", "web/sessions.py"]


def test_where_a_concept_is_implemented_is_stated_without_a_model() -> None:
    answer = write("where", "never asked")
    assert answer.generated_tokens == 0
    assert answer.text.startswith("`session` is implemented by the ")
    assert "the function `open_session` (`web/sessions.py:3`)" in answer.text
    assert "the file" not in answer.text
    assert "is found in" not in answer.text
    assert all(still_holds(evidence, web().lines(evidence.path)) for evidence in answer.evidence)


def test_an_answer_about_a_concept_names_the_parts_that_its_prose_left_out() -> None:
    text = write("explain", "`open_session` makes one.").text
    assert text.startswith("`open_session` makes one. It involves `SessionError`")
    assert "is found in `web/sessions.py`" in text


def test_it_is_stale_once_a_part_says_something_else_and_not_before() -> None:
    answer = write("explain", "`open_session` makes one.")
    body = FILES["web/sessions.py"]
    commented = web({"web/sessions.py": body.replace("    return load", "    # so\n    return load")})
    elsewhere = web({"web/main.py": FILES["web/main.py"].replace("str(session)", "repr(session)")})
    changed = web({"web/sessions.py": body.replace("not environ", "environ is None")})
    fresh = [Freshness(sources, lambda _: None).is_fresh(answer) for sources in (web(), commented, elsewhere, changed)]
    assert fresh == [True, True, True, False]


def test_claims_about_a_concept_are_held_against_all_its_parts() -> None:
    answer = write("explain", "`open_session` raises `SessionError`. `open_session` raises `ValueError`.")
    assert "ValueError" not in answer.text
    assert answer.text.startswith("`open_session` raises `SessionError`. It ")
    assert answer.gates.dropped == {"facts": 1}


def test_of_two_drafts_about_a_concept_the_one_that_names_more_of_its_parts_is_kept() -> None:
    named = "`open_session` may raise `SessionError`."
    assert write("explain", "It is about people.", named).text.startswith(named)
    assert write("explain", "`open_session` is one.", "It is about people.").text.startswith("`open_session` is one.")


def test_where_a_reason_is_asked_a_draft_that_gives_one_is_kept() -> None:
    what, why = "`open_session` makes one.", "`open_session` makes one, so that nobody signs in twice."
    assert write("rationale", what, why).text.startswith(why)
    assert write("explain", what, why).text.startswith(what + " ")


def test_a_draft_that_names_other_parts_than_the_nearest_is_worse_than_one_that_names_it() -> None:
    nearest = "`open_session` makes one."
    assert write("explain", "`SessionError` is raised in `web/sessions.py`.", nearest).text.startswith(nearest)
    assert write("explain", "`SessionError` is raised.", "It is about people.").text.startswith("`SessionError`")


def test_where_a_concept_is_implemented_begins_with_what_is_called_so() -> None:
    files = {
        "web/cli.py": "def routes_command():\n    return 1\n",
        "web/app.py": "class App:\n    def route(self): ...\n    def _method_route(self): ...\n",
    }
    outlines = OutlinesInMemory(files)
    (route,) = (one for one in concepts(outlines, rank(outlines)) if one.name == "route")
    text = whereabouts("route", route.members, Sources(outlines, outlines.read))
    assert text == (
        "`route` is implemented by the method `App.route` (`web/app.py:2`), the function `routes_command` "
        "(`web/cli.py:1`), the method `App._method_route` (`web/app.py:3`)."
    )


def test_a_note_about_a_concept_is_fresh_though_its_members_are_others_now() -> None:
    answer = write("explain", "`open_session` makes one.")
    more = web({"web/main.py": FILES["web/main.py"] + "\n\nclass Session: ...\n"})
    found = {theme.target: theme.members for theme in themes_of(more, rank(more.outlines))}
    assert found[SESSION] != themes()[SESSION, "explain"].members
    assert Freshness(more, lambda _: None).is_fresh(answer)


def test_a_concept_is_read_in_the_documentation_first_and_its_subsections_are_left_out() -> None:
    asked: list[str] = []

    def heard(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return "`open_session` makes one."

    answer = written("rationale", heard)
    assert asked[0].index("Visitors come back.") < asked[0].index("def open_session")
    assert "Not now." not in asked[0]
    assert "docs/sessions.md" in answer.text
    assert "Why sessions?" not in answer.text
