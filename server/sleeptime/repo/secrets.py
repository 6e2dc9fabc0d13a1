"""Files and texts that hold secrets: neither is read for notes, and no note that names one is stored.

The rules are well-known file names and token formats as their issuers publish them. A rule that asks for randomness
measures it, so that `SECRET_KEY = "dev"` in a tutorial is no secret.
"""

import math
import re
from collections import Counter
from fnmatch import translate

_SECRET_NAMES = (
    ".env",
    ".env.*",
    "*.env",
    ".netrc",
    "_netrc",
    ".pgpass",
    ".npmrc",
    ".pypirc",
    ".htpasswd",
    ".git-credentials",
    ".dockercfg",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.tfstate",
    "*.tfvars",
    "credentials",
    "credentials.json",
    "client_secret*.json",
    "service-account*.json",
    "service_account*.json",
    "secrets.json",
    "secrets.toml",
    "secrets.yaml",
    "secrets.yml",
    "kubeconfig",
)
_SECRET_NAME = re.compile("|".join(translate(pattern) for pattern in _SECRET_NAMES))
_HARMLESS_ENDINGS = (".example", ".sample", ".template", ".dist", ".pub")

_TOKENS = (
    ("private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ("AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("Slack webhook", r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}"),
    ("Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    ("OpenAI key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    ("Hugging Face token", r"\bhf_[A-Za-z]{34,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
)
_TOKEN = re.compile("|".join(f"(?P<r{number}>{rule})" for number, (_, rule) in enumerate(_TOKENS)))

_ASSIGNED = re.compile(
    r"""(?i)\b[\w.-]{0,40}(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)[\w.-]{0,40}["']?\s*[:=]{1,2}>?\s*"""
    r"""["']([A-Za-z0-9+/_=.~-]{20,200})["']"""
)
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"]{1,80}:([^\s:/@'\"]{8,200})@")

RANDOM_BITS = 3.5
"""Shannon entropy per character: words and paths lie below it, random keys of twenty characters above."""


def is_secret_path(path: str) -> bool:
    """Whether a file of this name holds secrets by convention."""
    name = path.rpartition("/")[2].lower()
    return _SECRET_NAME.match(name) is not None and not name.endswith(_HARMLESS_ENDINGS)


def find_secret(text: str) -> str | None:
    """The kind of the first secret in `text`, or None."""
    if found := _TOKEN.search(text):
        return _TOKENS[int(str(found.lastgroup)[1:])][0]
    if any(_is_random(match[1]) for match in _ASSIGNED.finditer(text)):
        return "assigned secret"
    if any(_is_random(match[1]) for match in _IN_URL.finditer(text)):
        return "password in a URL"
    return None


def _is_random(text: str) -> bool:
    counts = Counter(text)
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    return bits >= RANDOM_BITS and any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
