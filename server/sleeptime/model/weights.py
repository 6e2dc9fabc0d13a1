"""Loading a causal model and its tokenizer through transformers: on which device, in which precision."""

import importlib.util
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sleeptime.core.errors import ModelError, ModelMissingError

Device = Literal["cuda", "mps", "cpu"]
Quantisation = Literal["none", "8bit", "4bit"]


class Loaded(NamedTuple):
    """`network` is a `PreTrainedModel` in evaluation mode; `precision` is part of the model's name."""

    network: Any
    tokenizer: Any
    device: Device
    precision: str


def best_device() -> Device:
    """CUDA, else Apple's GPU, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def load(place: Path, quantisation: Quantisation = "none", device: Device | None = None) -> Loaded:
    """The model in a folder as the hub has it, or in one GGUF file (its blocks are unpacked: several times its size).

    Raises:
        ModelMissingError: there is nothing at `place`.
        ModelError: it cannot be loaded, or this device cannot have that quantisation.
    """
    if not place.exists():
        raise ModelMissingError(f"There is no model at {place}.", "Set model.name to a folder or a .gguf file.")
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    device = device or best_device()
    precision, options = _how(device, quantisation)
    where = {"gguf_file": place.name} if place.is_file() else {}
    folder = place.parent if place.is_file() else place
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, **where)
        network = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **where, **options)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise ModelError(f"transformers could not load {place}: {_first_line(error)}.") from error
    if "device_map" not in options:
        network = network.to(device)
    return Loaded(network.eval(), tokenizer, device, precision)


def _how(device: Device, quantisation: Quantisation) -> tuple[str, dict[str, Any]]:
    precision, dtype = _precision(device)
    options: dict[str, Any] = {"dtype": dtype}
    if quantisation != "none":
        options["quantization_config"] = _bitsandbytes(device, quantisation, dtype)
        precision = f"int{quantisation[0]}"
    import torch

    if quantisation != "none" or (device == "cuda" and torch.cuda.device_count() > 1):
        _require("accelerate", "spreading a model over devices")
        options["device_map"] = "auto"
    return precision, options


def _precision(device: Device) -> tuple[str, Any]:
    """On a CPU without bf16 instructions bf16 made prefill six times and a batch of eight twice slower than fp32."""
    import torch

    if device == "cpu":
        return "fp32", torch.float32
    if device == "cuda" and torch.cuda.is_bf16_supported():
        return "bf16", torch.bfloat16
    return "fp16", torch.float16


def _bitsandbytes(device: Device, quantisation: Quantisation, dtype: Any) -> Any:
    if device != "cuda":
        raise ModelError(
            f"{quantisation} weights need a CUDA GPU; this is {device}.",
            "Use a Q4 .gguf file with llama.cpp here, or set model.quantisation to none.",
        )
    _require("bitsandbytes", f"{quantisation} weights")
    from transformers import BitsAndBytesConfig

    if quantisation == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)


def _require(package: str, purpose: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise ModelError(f"The package {package} is needed for {purpose}.", f"Run `pip install {package}`.")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:300]
