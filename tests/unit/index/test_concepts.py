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
