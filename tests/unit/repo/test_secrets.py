import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.repo import find_secret, is_secret_path

RANDOM = "aB3xQ9zL7mK2pR5tV8wY1nC4"


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        (".env", True),
        ("deploy/.env.production", True),
        (".env.example", False),
        ("home/id_rsa", True),
        ("home/id_rsa.pub", False),
        ("certs/server.PEM", True),
        ("config/credentials.json", True),
        ("terraform.tfstate", True),
        ("environment.py", False),
        ("secrets.py", False),
        ("keys.py", False),
    ],
)
def test_files_that_hold_secrets_are_known_by_name(path: str, secret: bool) -> None:
    assert is_secret_path(path) is secret


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN RSA PRIVATE " + "KEY-----\nMII", "private key"),
        ("key = AKIA" + "IOSFODNN7EXAMPLE", "AWS access key"),
        ("token: ghp_" + "a1B2" * 9, "GitHub token"),
        ("glpat-" + RANDOM, "GitLab token"),
        ("xoxb-" + "1234567890-abc", "Slack token"),
        ("AIza" + "a1B2c" * 7, "Google API key"),
        ("sk_live_" + RANDOM, "Stripe key"),
        ("sk-ant-" + RANDOM, "Anthropic key"),
        ("sk-proj-" + RANDOM * 2, "OpenAI key"),
        ("eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0" + ".SflKxwRJSMeKKF2QT4", "JSON web token"),
        (f'DB_PASSWORD = "{RANDOM}"', "assigned secret"),
        (f"{{'api-key': '{RANDOM}'}}", "assigned secret"),
        (f"postgres://user:{RANDOM}@host/db", "password in a URL"),
        ('SECRET_KEY = "dev"', None),
        ('password = "correct-horse-battery-staple"', None),
        ("postgres://user:password@localhost/db", None),
        ("token = get_token_from_the_environment()", None),
        ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", None),
        ("task-" + RANDOM, None),
    ],
)
def test_secrets_in_texts_are_found_by_their_format(text: str, kind: str | None) -> None:
    assert find_secret(f"# some text\n{text}\nmore") == kind


@given(text=st.text())
def test_any_text_is_searched(text: str) -> None:
    find_secret(text)
