from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import concepts, named_after
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
