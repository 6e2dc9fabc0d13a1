"""The folder's public face."""

import subprocess
import sys

import sleeptime.model


def test_all_is_true():
    assert all(hasattr(sleeptime.model, name) for name in sleeptime.model.__all__)


def test_importing_it_loads_no_engine():
    program = (
        "import sys, sleeptime.model, sleeptime.model.llama_cpp, sleeptime.model.embed,"
        "sleeptime.model.transformers, sleeptime.model.openai_api;"
        "heavy = {'torch', 'transformers', 'xllamacpp', 'huggingface_hub', 'openai', 'keyring', 'llguidance'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
