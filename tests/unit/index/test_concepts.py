import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import Concept, concepts, named_after
from sleeptime.index.concepts import words_of

FILES = {
    "web/sessions.py": "class SessionInterface:\n    def open_session(self): ...\n\nclass NullSession: ...\n",
    "web/app.py": "def open_session(): ...\ndef get_value(): ...\ndef get_values(): ...\n",
    "web/errors.py": "class NotFound(Exception): ...\n\ndef handle_errors(): ...\n",
    "tests/test_session.py": "def test_session(): ...\ndef test_session_again(): ...\n",
    "docs/sessions.py": "def session_example(): ...\n",
}


def found() -> dict[str, tuple[Target, ...]]:
    return {concept.name: concept.members for concept in concepts(OutlinesInMemory(FILES), {})}


def test_a_word_that_several_definitions_share_is_a_concept_with_its_files() -> None:
    members = found()["session"]
    assert Target("module", "web/sessions.py") in members
    assert Target("class", "web/sessions.py", "SessionInterface") in members
    assert Target("symbol", "web/app.py", "open_session") in members


def test_tests_and_documentation_define_no_concepts() -> None:
    assert all(member.path.startswith("web/") for members in found().values() for member in members)


def test_words_that_all_programs_have_and_the_projects_own_name_are_none() -> None:
    assert not {"get", "value", "web"} & set(found())


def test_the_strongest_concept_weighs_one_and_the_rest_less() -> None:
    weights = [concept.weight for concept in concepts(OutlinesInMemory(FILES), {})]
    assert weights[0] == 1.0
    assert weights == sorted(weights, reverse=True)


def test_an_empty_repository_has_no_concepts() -> None:
    assert concepts(OutlinesInMemory({}), {}) == ()


def test_definitions_are_found_by_the_words_of_their_names() -> None:
    assert named_after(frozenset({"error"}), OutlinesInMemory(FILES), {}) == (
        Target("module", "web/errors.py"),
        Target("symbol", "web/errors.py", "handle_errors"),
    )


def test_names_are_taken_apart_into_words_in_the_singular() -> None:
    assert words_of("RequestContexts") == ["request", "context"]
    assert words_of("HTTPAdapter") == ["http", "adapter"]
    assert words_of("_parse_cookies") == ["parse", "cookie"]
    assert words_of("status_class") == ["status", "class"]


DOCUMENTED = FILES | {
    "web/config.py": "def load_config(): ...\n\nclass Config: ...\n",
    "docs/manual.md": "# Why sessions?\n\nThey last.\n\n# Sessions and cookies\n\n# Configuration\n\n# Plugins\n",
    "docs/plugins.rst": "Plugins\n=======\n\nWritten by others.\n",
    "CHANGELOG.md": "# Session fixes\n",
}


def documented() -> dict[str, Concept]:
    return {concept.name: concept for concept in concepts(OutlinesInMemory(DOCUMENTED), {})}


def test_a_concept_knows_the_sections_of_the_documentation_on_it_and_explanations_come_first() -> None:
    assert [section.symbol for section in documented()["session"].sections] == ["Why sessions?", "Sessions and cookies"]


def test_what_the_documentation_spells_out_is_the_concept_that_the_code_abbreviates() -> None:
    assert [section.symbol for section in documented()["config"].sections] == ["Configuration"]


def test_what_only_the_documentation_speaks_of_is_a_concept_without_members() -> None:
    plugins = documented()["plugin"]
    assert plugins.members == ()
    assert {section.path for section in plugins.sections} == {"docs/manual.md", "docs/plugins.rst"}


def test_a_log_of_changes_documents_nothing() -> None:
    assert all(s.path != "CHANGELOG.md" for concept in documented().values() for s in concept.sections)


def test_inflections_of_a_word_are_one_concept_called_as_most_of_the_code_calls_it() -> None:
    files = {"web/rules.py": "def route(): ...\ndef add_route(): ...\n\nclass Routing: ...\n"}
    found = {concept.name: len(concept.members) for concept in concepts(OutlinesInMemory(files), {})}
    assert found == {"route": 3}


def test_what_is_raised_when_a_thing_fails_tells_least_about_it() -> None:
    files = {"web/net.py": "class LostConnection(IOError): ...\n\ndef open_connection():\n    return 1\n"}
    (connection,) = concepts(OutlinesInMemory(files), {})
    assert [member.symbol for member in connection.members] == ["open_connection", "LostConnection"]


def test_what_is_long_tells_more() -> None:
    body = "".join(f"    def step_{number}(self): ...\n" for number in range(40))
    files = {"web/auth.py": f"class AuthToken: ...\n\nclass AuthFlow:\n{body}"}
    auth = next(one for one in concepts(OutlinesInMemory(files), {}) if one.name == "auth")
    order = [member.symbol for member in auth.members if member.level == "class"]
    assert order == ["AuthFlow", "AuthToken"]


def members_of(name: str, files: dict[str, str]) -> list[str]:
    concept = next(one for one in concepts(OutlinesInMemory(files), {}) if one.name == name)
    return [member.symbol or member.path for member in concept.members]


def test_what_is_called_by_nothing_but_the_concept_comes_first() -> None:
    text = (
        "class RequestDataError(Exception): ...\n\n" + "def route_command():\n    return 1\n\n" + "def route(): ...\n"
    )
    assert members_of("route", {"web/a.py": text}) == ["route", "route_command"]
    text = "class HTTPAdapter: ...\n\nclass BaseAdapter: ...\n\nclass Adapter: ...\n"
    assert members_of("adapter", {"web/a.py": text}) == ["Adapter", "BaseAdapter", "HTTPAdapter"]


def test_what_handles_a_failure_at_a_thing_comes_after_the_thing() -> None:
    text = "def raise_routing_exception():\n    return 1\n\ndef list_all_the_routes(): ...\n"
    assert members_of("route", {"web/a.py": text}) == ["list_all_the_routes", "raise_routing_exception"]


def test_classes_of_a_file_of_exceptions_are_failures_whatever_they_are_called() -> None:
    files = {"web/exceptions.py": "class TooManyFields(Suspicious): ...\n", "web/a.py": "def add_field(): ...\n"}
    assert members_of("field", files) == ["add_field", "TooManyFields"]


def test_what_only_happens_to_have_the_word_is_no_member() -> None:
    body = "".join(f"    def step_{number}(self): ...\n" for number in range(100))
    text = f"class Session:\n{body}\n\nclass Other:\n    _last_used_session_number = 1\n"
    assert members_of("session", {"web/sessions.py": text}) == ["Session", "web/sessions.py"]


@pytest.mark.parametrize(
    "old",
    [
        '@deprecated("use Session")\ndef session(): ...\n',
        'def session():\n    """Returns a session.\n\n    .. deprecated:: 1.0\n    """\n    return make()\n',
        'def session():\n    """Makes a session."""\n    return Session()\n',
    ],
    ids=["decorated", "documented", "another name for the class"],
)
def test_what_is_deprecated_and_what_only_makes_the_class_are_no_members_beside_the_class(old: str) -> None:
    files = {"web/a.py": f"class Session: ...\n\n{old}"}
    assert members_of("session", files) == ["Session"]


def test_what_is_deprecated_is_a_member_where_nothing_else_is() -> None:
    text = "@deprecated\ndef open_plugin(): ...\n\n@deprecated\ndef close_plugin(): ...\n"
    assert sorted(members_of("plugin", {"web/a.py": text})) == ["close_plugin", "open_plugin"]
