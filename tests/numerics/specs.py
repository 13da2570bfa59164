"""Local twins of the layer specs that exist for Transformer Engine only, derived from the stock ones.

A twin is the stock spec with each of Transformer Engine's classes replaced by its local counterpart; what the stock
spec gets from a fused norm-and-linear becomes a norm in the slot before it, as in the local GPT spec, so parameters
keep the names they have there.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from megatron.core.models.backends import LocalSpecProvider
from megatron.core.models.gpt import experimental_attention_variant_module_specs as variant_specs
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_layer_local_spec
from megatron.core.models.gpt.moe_module_specs import get_moe_module_spec
from megatron.core.models.hybrid import hybrid_block, hybrid_layer_specs
from megatron.core.models.hybrid.hybrid_block import HybridStack, HybridStackSubmodules
from megatron.core.tensor_parallel.layers import ColumnParallelLinear, RowParallelLinear
from megatron.core.transformer.dot_product_attention import DotProductAttention
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import ModuleSpec, get_submodules
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from megatron.core.transformer.transformer_config import TransformerConfig

# Pairs, not a dictionary: without Transformer Engine its classes are mocks, of which only the identity is reliable.
_LOCAL: tuple[tuple[Any, type], ...] = (
    (hybrid_layer_specs.TEColumnParallelLinear, ColumnParallelLinear),
    (hybrid_layer_specs.TELayerNormColumnParallelLinear, ColumnParallelLinear),
    (hybrid_layer_specs.TELinear, ColumnParallelLinear),
    (hybrid_layer_specs.TERowParallelLinear, RowParallelLinear),
    (hybrid_layer_specs.TEDotProductAttention, DotProductAttention),
    (hybrid_layer_specs.TENorm, WrappedTorchNorm),
)


def _localised(part: Any) -> Any:
    """The part of a spec with every Transformer Engine class in it replaced."""
    for stock, local in _LOCAL:
        if part is stock:
            return local
    if isinstance(part, ModuleSpec) or (dataclasses.is_dataclass(part) and not isinstance(part, type)):
        fields = {field.name: _localised(getattr(part, field.name)) for field in dataclasses.fields(part)}
        return type(part)(**fields)
    if isinstance(part, dict):
        return {name: _localised(value) for name, value in part.items()}
    if isinstance(part, functools.partial):
        keywords = {name: _localised(value) for name, value in part.keywords.items()}
        return functools.partial(part.func, *part.args, **keywords)
    return part


def submodules_of(layer: ModuleSpec) -> Any:
    """`ModuleSpec` says `object`; it is a dataclass of its own for every kind of module."""
    return layer.submodules


def _with(layer: ModuleSpec, **submodules: Any) -> ModuleSpec:
    return dataclasses.replace(layer, submodules=dataclasses.replace(submodules_of(layer), **submodules))


class _DuplicatedLinear(torch.nn.Module):
    """What Transformer Engine's linear layer is to sparse attention's indexer: the same on every rank."""

    def __init__(self, input_size: int, output_size: int, **_: Any) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(output_size, input_size))

    def forward(self, states: torch.Tensor) -> tuple[torch.Tensor, None]:
        return torch.nn.functional.linear(states, self.weight), None


def _with_local_indexer(core_attention: ModuleSpec) -> ModuleSpec:
    names = ("linear_wq_b", "linear_wk", "linear_weights_proj")
    indexer = _with(submodules_of(core_attention).indexer, **dict.fromkeys(names, _DuplicatedLinear))
    return _with(core_attention, indexer=indexer)


def _norm(there: bool) -> Any:
    return WrappedTorchNorm if there else IdentityOp


def _local_experts(stock: Any) -> Any:
    """The stock layer holds grouped experts, made by a backend object rather than named in the spec."""
    local: Any = get_moe_module_spec(use_te=False, num_experts=1, moe_grouped_gemm=False)
    router = stock.keywords["submodules"].router
    return functools.partial(local.func, submodules=dataclasses.replace(local.keywords["submodules"], router=router))


def local_submodules(stock: HybridStackSubmodules, config: TransformerConfig) -> HybridStackSubmodules:
    """The layers of a hybrid model without Transformer Engine."""
    local = _localised(stock)
    # `QKNormConfigResolver` fuses the latent norms into the up projections where the backend can; the local one cannot.
    latent_norm = WrappedTorchNorm if config.qk_layernorm else IdentityOp
    attention = _with(local.mla_layer.submodules.self_attention, q_layernorm=latent_norm, kv_layernorm=latent_norm)
    sparse = _with(
        local.dsa_layer.submodules.self_attention,
        q_layernorm=latent_norm,
        kv_layernorm=latent_norm,
        core_attention=_with_local_indexer(submodules_of(local.dsa_layer.submodules.self_attention).core_attention),
    )
    normed = hybrid_layer_specs.TELayerNormColumnParallelLinear
    attention_layer: Any = stock.attention_layer
    mlp_layer: Any = stock.mlp_layer
    mlp: Any = get_submodules(mlp_layer.submodules.mlp)
    before_attention = attention_layer.submodules.self_attention.submodules.linear_qkv is normed
    before_mlp = mlp.linear_fc1 is normed
    return dataclasses.replace(
        local,
        mamba_layer=_with(local.mamba_layer, norm=WrappedTorchNorm),
        gdn_layer=_with(local.gdn_layer, input_layernorm=WrappedTorchNorm),
        attention_layer=_with(local.attention_layer, input_layernorm=_norm(before_attention)),
        mla_layer=_with(local.mla_layer, self_attention=attention),
        dsa_layer=_with(local.dsa_layer, self_attention=sparse),
        mlp_layer=_with(local.mlp_layer, pre_mlp_layernorm=_norm(before_mlp)),
        moe_layer=_with(local.moe_layer, mlp=_local_experts(submodules_of(local.moe_layer).mlp)),
    )


@contextmanager
def local_hybrid_spec(note: Callable[[], None]) -> Generator[None]:
    """Let a hybrid stack, whatever its spec, have the twins of the layers of that."""
    stock = HybridStack.__init__

    def init(stack: HybridStack, config: TransformerConfig, submodules: HybridStackSubmodules, **kwargs: Any) -> None:
        note()
        stock(stack, config, local_submodules(submodules, config), **kwargs)

    with (
        patch.object(HybridStack, "__init__", init),
        # The final norm is not in the spec.
        patch.object(hybrid_block, "TENorm", WrappedTorchNorm),
    ):
        yield


class _LocalVariantProvider(LocalSpecProvider):
    """The local backend has no such layer."""

    def linear(self) -> type:
        return _DuplicatedLinear


@contextmanager
def local_variant_spec(note: Callable[[], None]) -> Generator[None]:
    """Let a GPT model with linear attention layers take local layers; stock code insists on Transformer Engine's."""
    delta_net = variant_specs.get_gated_delta_net_module_spec
    sparse = variant_specs.get_dsa_module_spec_for_backend

    def backend(config: TransformerConfig) -> LocalSpecProvider:
        note()
        return _LocalVariantProvider()

    def attention_spec(config: TransformerConfig, backend: LocalSpecProvider) -> ModuleSpec:
        layer = get_gpt_layer_local_spec(
            qk_layernorm=config.qk_layernorm,
            multi_latent_attention=config.multi_latent_attention,
            normalization=config.normalization,
            qk_l2_norm=config.qk_l2_norm,
        )
        return dataclasses.replace(submodules_of(layer).self_attention, metainfo={"fuse_input_layernorm": False})

    def delta_net_spec(config: TransformerConfig, backend: LocalSpecProvider) -> ModuleSpec:
        spec = _with(delta_net(config, backend), in_proj=backend.column_parallel_linear())
        return dataclasses.replace(spec, metainfo={"fuse_input_layernorm": False})

    def sparse_spec(config: TransformerConfig, backend: LocalSpecProvider) -> ModuleSpec:
        linear = backend.column_parallel_linear()
        return _with(sparse(config, backend), linear_q_down_proj=linear, linear_kv_down_proj=linear)

    with (
        patch.object(variant_specs, "get_dsa_module_spec_for_backend", sparse_spec),
        patch.object(variant_specs, "_get_backend_spec_provider", backend),
        patch.object(variant_specs, "_get_self_attention_module_spec", attention_spec),
        patch.object(variant_specs, "get_gated_delta_net_module_spec", delta_net_spec),
    ):
        yield
