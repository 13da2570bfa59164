"""Transformer Engine's layers on a CPU: what lies below their Python, in plain torch.

Their Python decides what matters to a mapping: which norm is fused into which projection, what attention makes of a
window, of sinks or of values of another width, how experts are packed and which tokens go to which. It runs as it is.
Below it are five kernels of one meaning each, and questions to a GPU, which are answered here. As in `emulation.py`,
what stands in for something notes its name when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from mcore_mappers import cpu
from tests.numerics.emulation import (
    emulated,
    gated_delta_kernels,
    mamba_kernels,
    note,
)
from tests.numerics.extension import EXTENSION


class _OnCpu(TorchFunctionMode):
    """Tensors that are asked to be on a GPU stay where all others are, and say that they are there."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func == torch.Tensor.is_cuda.__get__:
            return True
        if func is torch.Tensor.cuda:
            return args[0]
        keywords = dict(kwargs or {})
        if _is_cuda(keywords.get("device")):
            note("cuda_tensors")
            keywords["device"] = "cpu"
        return func(*("cpu" if _is_cuda(each) else each for each in args), **keywords)


def _is_cuda(device: object) -> bool:
    return isinstance(device, str | torch.device) and str(device).startswith("cuda")


class _Hopper:
    """What Transformer Engine asks of a GPU's properties."""

    name = "NVIDIA H100"
    major = 9
    minor = 0
    multi_processor_count = 132


# --- Kernels, with the signatures of `transformer_engine_torch` -------------------------------------------------------


def layernorm_fwd(
    x: Tensor, weight: Tensor, bias: Tensor, eps: float, out: None, quantizer: None, dtype: object, sms: int, zero: bool
) -> tuple[Tensor, Tensor, Tensor]:
    note("te_norms")
    gain = 1 + weight if zero else weight
    return functional.layer_norm(x, weight.shape, gain, bias, eps), x.mean(-1), x.var(-1)


def rmsnorm_fwd(
    x: Tensor, weight: Tensor, eps: float, out: None, quantizer: None, dtype: object, sms: int, zero: bool
) -> tuple[Tensor, None, Tensor]:
    note("te_norms")
    return functional.rms_norm(x, weight.shape, 1 + weight if zero else weight, eps), None, x.var(-1)


def generic_gemm(
    weight: Tensor,
    transa: bool,
    x: Tensor,
    transb: bool,
    out: None,
    quantizer: None,
    dtype: object,
    bias: Tensor | None,
    bias_dtype: object,
    gelu: bool | None,
    gelu_in: object,
    grad: bool,
    *unused: object,
    **keywords: object,
) -> tuple[Tensor, None, None, None]:
    """The product of a forward pass: the weights are (outputs, inputs), and nothing is fused but a bias."""
    note("te_gemm")
    assert transa
    assert not any((transb, gelu, grad, out is not None))
    return functional.linear(x, weight, bias if bias is not None and bias.numel() else None), None, None, None


def te_general_grouped_gemm(
    weights: Sequence[Tensor],
    transa: bool,
    xs: Sequence[Tensor],
    transb: bool,
    outs: Sequence[Tensor],
    dtype: object,
    splits: Sequence[int],
    biases: Sequence[Tensor],
    bias_dtype: object,
    single_output: bool,
    *unused: object,
) -> Sequence[Tensor]:
    """One product for each expert, written into its part of the output."""
    note("te_grouped_gemm")
    assert transa
    assert not transb
    parts = outs[0].split(list(splits)) if single_output else outs
    for index, (weight, x, part) in enumerate(zip(weights, xs, parts, strict=True)):
        bias = biases[index] if biases and biases[index].numel() else None
        if x.numel():
            part.copy_(functional.linear(x, weight, bias))
    return biases


def fused_rope_forward(
    x: Tensor, angles: Tensor, start: None, layout: object, interleaved: bool, *unused: object
) -> Tensor:
    """Rotates the first channels of every head, by as many angles as there are."""
    note("te_rope")
    assert str(layout).endswith("SBHD")
    angles = angles[: x.shape[0]].float()
    rotated, rest = x[..., : angles.shape[-1]], x[..., angles.shape[-1] :]
    if interleaved:
        turned = torch.stack((-rotated[..., 1::2], rotated[..., ::2]), -1).flatten(-2)
    else:
        first, second = rotated.chunk(2, -1)
        turned = torch.cat((-second, first), -1)
    return torch.cat((rotated * angles.cos() + turned * angles.sin(), rest), -1)


KERNELS: Mapping[str, Callable[..., Any]] = {
    "layernorm_fwd": layernorm_fwd,
    "rmsnorm_fwd": rmsnorm_fwd,
    "generic_gemm": generic_gemm,
    "te_general_grouped_gemm": te_general_grouped_gemm,
    "fused_rope_forward": fused_rope_forward,
    "get_num_cublas_streams": lambda: 1,
}


@contextmanager
def _kernels() -> Generator[None]:
    """Transformer Engine's modules import its kernels by name, from one another."""
    modules = [module for name, module in [*sys.modules.items()] if name.startswith("transformer_engine")]
    with ExitStack() as stack:
        for module in modules:
            for name in KERNELS if module.__name__ == EXTENSION else KERNELS.keys() & vars(module).keys():
                stack.enter_context(patch.object(module, name, KERNELS[name]))
        yield


@contextmanager
def _gpu() -> Generator[None]:
    """Answers to what is asked of a GPU before anything is computed."""
    answers: Mapping[str, Callable[..., Any]] = {
        "is_available": lambda: True,
        "get_device_capability": lambda *device: (_Hopper.major, _Hopper.minor),
        "get_device_properties": lambda *device: _Hopper,
        "is_current_stream_capturing": lambda: False,
    }
    with ExitStack() as stack:
        for name, answer in answers.items():
            stack.enter_context(patch.object(torch.cuda, name, answer))
        stack.enter_context(patch.object(torch.Tensor, "record_stream", lambda tensor, stream: None))
        yield


PATCHES = ("current_device", "cuda_streams", "rng_tracker", "compiled_helpers")
"""Of what Megatron's local layers need; tensors that are asked to be on a GPU have `_OnCpu` here."""


def engine_emulated() -> AbstractContextManager[set[str]]:
    """What `emulated` is for Megatron's local layers."""
    patches = [patch for patch in cpu.PATCHES if patch.name in PATCHES]
    return emulated((mamba_kernels, gated_delta_kernels, _gpu, _kernels, _OnCpu), patches)
