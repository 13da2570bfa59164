"""Where the two models of a comparison run, and what is different there. The one place that knows.

On a CPU, Megatron's local layers and the emulations of `emulation.py`; or Transformer Engine's layers, of which only
the kernels are emulated (`engine.py`). On a GPU, the latter and the kernels that training runs: nothing is replaced; or
the former, with what they lack emulated, which needs nothing but torch.

All in float32, because a comparison in bfloat16 could not tell an epsilon of 1e-5 from one of 1e-6.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import torch
from megatron.core.tensor_parallel.random import model_parallel_cuda_manual_seed
from megatron.training.models.hybrid import HybridModelConfig

from codegen.pages.proven import Kind
from tests.numerics.emulation import emulated, emulated_on_gpu
from tests.numerics.engine import engine_emulated
from tests.numerics.runtime import CPU_FIELDS, MegatronConfig, single_process

# Caller fields. Everything else is what the mapper suggests for a stack with Transformer Engine.
CUDA_FIELDS: Mapping[str, Any] = {
    "transformer_impl": "transformer_engine",
    # Every weight is copied, so initialising them would only cost time.
    "perform_initialization": False,
    "params_dtype": torch.float32,
    # transformers' models hold no multi-token prediction layers to compare with.
    "mtp_num_layers": None,
}
# Of what the mapper suggests, two things run as kernels of their own, which nothing stands in for.
ENGINE_FIELDS: Mapping[str, Any] = {
    **CUDA_FIELDS,
    "use_cpu_initialization": True,
    "moe_permute_fusion": False,
    "gradient_accumulation_fusion": False,
}

# The layers of a CPU, made on the GPU: no kernel of a package beside torch, and none that torch would compile.
LOCAL_FIELDS: Mapping[str, Any] = {**CPU_FIELDS, "use_cpu_initialization": False}

# Float32 matrix products would otherwise be rounded to 10 bits: torch has flags, and what runs below torch reads these.
# Transformer Engine asks cuBLAS for TF32 whenever all is float32, which only the first turns off; mamba-ssm and
# flash-linear-attention are written in Triton, whose products are TF32 unless the second says otherwise.
WITHOUT_TF32: Mapping[str, str] = {"NVIDIA_TF32_OVERRIDE": "0", "TRITON_F32_DEFAULT": "ieee"}

# By the symbol of a layer of a hybrid model: the packages of its kernels, and their names for import.
KERNELS: Mapping[str, Mapping[str, str]] = {
    "M": {"mamba-ssm": "mamba_ssm", "causal-conv1d": "causal_conv1d"},
    "G": {"flash-linear-attention": "fla"},
}


class DeviceError(RuntimeError):
    """This machine cannot run the comparison that was asked for."""


@dataclass(frozen=True)
class Device:
    """One of the ways to run a comparison."""

    kind: Kind
    tensors: Literal["cpu", "cuda"]
    """Where both models and the tokens are."""
    fields: Mapping[str, Any]
    """The caller's fields of every mapped config."""
    tolerance: float
    """How far apart logits may be at least, in standard deviations; a case may have reason to allow more."""
    emulated: Callable[[], AbstractContextManager[set[str]]]
    """What stands in for stock code, as long as it lasts; yields the names of what has run."""


@contextmanager
def _nothing() -> Generator[set[str]]:
    yield set()


CPU = Device("cpu", "cpu", CPU_FIELDS, 0.0, emulated)
ENGINE = Device("cpu-te", "cpu", ENGINE_FIELDS, 0.0, engine_emulated)
# On a CPU both models call the same torch functions, and differ by 5e-6. Here one calls torch and the other cuBLASLt
# through Transformer Engine, norms and rotations fused into other kernels, its unfused attention (the only one that it
# has in float32) and grouped products of experts: all sum in another order. Mistakes begin at 1e-3 (test_harness.py).
CUDA = Device("cuda", "cuda", CUDA_FIELDS, 1e-4, _nothing)
# Both models call torch here, with products of other sizes, which cuBLAS sums in other orders.
LOCAL = Device("cuda-local", "cuda", LOCAL_FIELDS, 1e-4, emulated_on_gpu)

DEVICES: Mapping[Kind, Device] = {each.kind: each for each in (CPU, ENGINE, CUDA, LOCAL)}
ENGINES = (ENGINE.kind, CUDA.kind)
"""Those with Transformer Engine's layers."""


def missing(kind: Kind) -> Sequence[str]:
    """What a comparison needs and this machine does not have."""
    needs = {
        "a CUDA device that torch can use": not kind.startswith("cuda") or torch.cuda.is_available(),
        "Transformer Engine (transformer-engine[pytorch])": kind not in ENGINES or has_engine(),
    }
    return [name for name, there in needs.items() if not there]


def has_engine() -> bool:
    """Whether Transformer Engine is installed."""
    return find_spec("transformer_engine") is not None


def choose(kind: Kind) -> Device:
    """The device of that kind, made ready. To be called before anything runs on a GPU.

    Raises:
        DeviceError: with all that is missing.
    """
    if lacking := missing(kind):
        raise DeviceError(f"cannot compare on {kind}: this machine lacks {' and '.join(lacking)}")
    device = DEVICES[kind]
    if device.tensors == "cpu":
        return device
    if torch.cuda.is_initialized():
        raise DeviceError(f"cannot compare on {kind}: CUDA is in use already, and its libraries have chosen TF32")
    os.environ.update(WITHOUT_TF32)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.cuda.set_device(0)
    return device


@contextmanager
def processes(device: Device) -> Generator[None]:
    """Process groups of one rank in which both models can be built."""
    with single_process("gloo" if device.tensors == "cpu" else "nccl"):
        if device.tensors == "cuda":
            # Megatron's layers ask for its states of random numbers, although nothing here is drawn from them.
            model_parallel_cuda_manual_seed(1)
        yield


def lacking_kernels(device: Device, config: MegatronConfig) -> list[str]:
    """The packages without which a model cannot run on the device."""
    if device.kind != CUDA.kind:
        return []
    symbols = set(config.hybrid_layer_pattern or "") if isinstance(config, HybridModelConfig) else set[str]()
    if config.transformer.experimental_attention_variant == "gated_delta_net":
        symbols.add("G")
    packages = {name: module for symbol in sorted(symbols & KERNELS.keys()) for name, module in KERNELS[symbol].items()}
    return [name for name, module in packages.items() if find_spec(module) is None]
