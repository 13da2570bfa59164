"""Everything in which the Megatron side of a comparison differs from the stock code that runs on a GPU.

Stock megatron-core hard-wires CUDA in a few places, for which `mcore_mappers.cpu` has patches, and some of its parts
exist only as Transformer Engine, mamba-ssm or flash-linear-attention kernels. Each function below replaces one such
part with plain torch, for as long as `emulated()` lasts. Two rules keep the proof honest:

- an emulation reads the Megatron config exactly where the replaced code reads it, and adds no decision of its own;
- an emulation notes its name when it really runs, so that every comparison can say what was not stock in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
from megatron.core.ssm import mamba_mixer
from megatron.core.ssm.gated_delta_net import common as gdn_common
from megatron.core.ssm.gated_delta_net import gdn
from megatron.core.tensor_parallel.layers import ColumnParallelLinear
from megatron.core.transformer import attention, multi_latent_attention
from megatron.core.transformer.dot_product_attention import DotProductAttention
from megatron.core.transformer.moe import moe_layer
from megatron.core.transformer.moe.experts import SequentialMLP
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor
from torch.nn import functional

from mcore_mappers import cpu
from tests.numerics import kernels, specs


def note(name: str) -> None:
    """Say that an emulation has run, where patches say it."""
    cpu.ran.add(name)


# --- Parts that the local layer spec lacks ---------------------------------------------------------------------------


class _ZeroCentredNorm(torch.nn.Module):
    """TE's norms with `zero_centered_gamma`: the stored weight is the distance from one."""

    def __init__(self, config: TransformerConfig, hidden_size: int, eps: float) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(hidden_size))
        layer_norm = config.normalization == "LayerNorm"
        self.bias = torch.nn.Parameter(torch.zeros(hidden_size)) if layer_norm else None
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        if self.bias is not None:
            return functional.layer_norm(x, self.weight.shape, 1 + self.weight, self.bias, self.eps)
        return functional.rms_norm(x, self.weight.shape, 1 + self.weight, self.eps)


def zero_centred_norms() -> AbstractContextManager[Any]:
    """`WrappedTorchNorm`, the norm of the local spec, asserts that gamma is not zero centred."""
    stock = WrappedTorchNorm.__new__

    def new(
        cls: type[WrappedTorchNorm], config: TransformerConfig, hidden_size: int, eps: float = 1e-5, **unused: Any
    ) -> Any:
        if not config.layernorm_zero_centered_gamma:
            return stock(cls, config, hidden_size, eps, **unused)
        note("zero_centred_norms")
        return _ZeroCentredNorm(config, hidden_size, eps)

    return patch.object(WrappedTorchNorm, "__new__", new)


class _LatentDotProductAttention(DotProductAttention):
    """`DotProductAttention` with a value head of its own width, which `TEDotProductAttention` has."""

    def __init__(self, *args: Any, k_channels: int, v_channels: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden_size_per_partition = v_channels * self.num_attention_heads_per_partition
        note("latent_attention")


def latent_attention() -> AbstractContextManager[Any]:
    """MLA passes `k_channels` and `v_channels` to its core attention; the local one does not take them."""
    stock = multi_latent_attention.build_module

    def build(module: Any, *args: Any, **kwargs: Any) -> Any:
        return stock(_with_own_values(module), *args, **kwargs)

    return patch.object(multi_latent_attention, "build_module", build)


def _with_own_values(module: Any) -> Any:
    """The same class or spec, but of a local core attention, or of what extends that, one with such values."""
    if module is DotProductAttention:
        return _LatentDotProductAttention
    if isinstance(module, ModuleSpec) and vars(module)["params"].get("core") is DotProductAttention:
        return dataclasses.replace(module, params={**vars(module)["params"], "core": _LatentDotProductAttention})
    return module


def norm_without_spec() -> AbstractContextManager[Any]:
    """A hybrid attention layer with q/k norms takes `TENorm`, which is None without Transformer Engine."""

    def norm(config: TransformerConfig, hidden_size: int, eps: float) -> Any:
        note("norm_without_spec")
        return WrappedTorchNorm(config, hidden_size, eps)

    return patch.object(attention, "TENorm", norm)


class _DuplicatedLinear(ColumnParallelLinear):
    """`TELinear(parallel_mode="duplicated")`, on one rank."""

    def __init__(self, *args: Any, parallel_mode: str, **kwargs: Any) -> None:
        assert parallel_mode == "duplicated"
        super().__init__(*args, gather_output=False, **kwargs)
        note("latent_projections")


@contextmanager
def latent_projections() -> Generator[None]:
    """Latent mixture-of-experts layers need Transformer Engine for their two projections."""
    with patch.object(moe_layer, "HAVE_TE", True), patch.object(moe_layer, "TELinear", _DuplicatedLinear):
        yield


def hybrid_layers() -> AbstractContextManager[Any]:
    """The stock spec of a hybrid model's layers exists for Transformer Engine only."""
    return specs.local_hybrid_spec(lambda: note("hybrid_layers"))


def linear_attention_layers() -> AbstractContextManager[Any]:
    """So does the spec of a GPT model in which some layers are Gated DeltaNet."""
    return specs.local_variant_spec(lambda: note("linear_attention_layers"))


def biased_experts() -> AbstractContextManager[Any]:
    """Local experts with biases fail under autograd: the bias is added in place to what a custom function returned.

    Transformer Engine's grouped experts have no such step. A copy of the tensor in between changes no number.
    """
    stock = SequentialMLP.__init__

    def init(self: SequentialMLP, *args: Any, **kwargs: Any) -> None:
        stock(self, *args, **kwargs)
        if self.config.add_bias_linear:
            note("biased_experts")
            for name, module in self.local_experts.named_modules():
                if name.endswith("linear_fc2"):
                    module.register_forward_hook(lambda module, inputs, outputs: (outputs[0].clone(), outputs[1]))

    return patch.object(SequentialMLP, "__init__", init)


# --- Kernels ----------------------------------------------------------------------------------------------------------


@contextmanager
def mamba_kernels() -> Generator[None]:
    """Mamba-2 layers need the mamba-ssm package: a scan, a fused convolution and scan, a gated norm."""

    def noted(kernel: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def call(*args: Any, **kwargs: Any) -> Tensor:
            note("mamba_kernels")
            return kernel(*args, **kwargs)

        return call

    with (
        patch.object(mamba_mixer, "HAVE_MAMBA_SSM", True),
        patch.object(mamba_mixer, "ExtendedRMSNorm", kernels.GatedRMSNorm),
        patch.object(mamba_mixer, "mamba_chunk_scan_combined", noted(kernels.mamba_scan)),
        patch.object(mamba_mixer, "mamba_split_conv1d_scan_combined", noted(kernels.mamba_conv_scan)),
    ):
        yield


@contextmanager
def gated_delta_kernels() -> Generator[None]:
    """Gated DeltaNet needs flash-linear-attention; for deterministic mode Megatron has its delta rule in torch."""

    def delta_rule(*args: Any, **kwargs: Any) -> Any:
        note("gated_delta_kernels")
        return gdn.torch_chunk_gated_delta_rule(*args, **kwargs)

    with (
        patch.object(gdn_common, "HAVE_FLA", True),
        patch.object(gdn_common, "l2norm", kernels.l2_norm),
        patch.object(gdn, "chunk_gated_delta_rule", delta_rule),
        patch.object(gdn, "causal_conv1d", kernels.delta_conv),
    ):
        yield


EMULATIONS: tuple[Callable[[], AbstractContextManager[Any]], ...] = (
    zero_centred_norms,
    latent_attention,
    norm_without_spec,
    latent_projections,
    hybrid_layers,
    linear_attention_layers,
    biased_experts,
    mamba_kernels,
    gated_delta_kernels,
)


@contextmanager
def emulated(
    emulations: Sequence[Callable[[], AbstractContextManager[Any]]] = EMULATIONS,
    patches: Iterable[cpu.Patch] = cpu.PATCHES,
) -> Generator[set[str]]:
    """All patches and emulations at once; yields the names of those that have run so far."""
    with cpu.patched(patches) as ran, ExitStack() as stack:
        for emulation in emulations:
            stack.enter_context(emulation())
        yield ran


@contextmanager
def emulated_on_gpu() -> Generator[set[str]]:
    """What Megatron's local layers lack on a GPU too. What else they ask for is there.

    Helpers that Megatron compiles run as written: compiling needs a compiler of C, which no wheel brings, and time.
    """
    cpu.ran.clear()
    with torch.compiler.set_stance("force_eager"), ExitStack() as stack:
        for emulation in EMULATIONS:
            stack.enter_context(emulation())
        yield cpu.ran
