"""Layers with a norm after attention or MLP, or without one before them."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.ssm.gated_delta_net import GatedDeltaNetSubmodules
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.torch_norm import LayerNormBuilder
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from torch import Tensor

from .change import Change, Parts, nothing, with_submodules, without_norm
from .fields import Layers
from .residuals import Add, Branch
from .untyped import build


class PostLayerNorm(torch.nn.Module):
    """`residual + norm(branch)`, as Glm4DecoderLayer.forward has it for attention and MLP.

    Olmo2DecoderLayer and Exaone4DecoderLayer have it, and no norms before them. This stands in for
    `get_bias_dropout_add` in a spec, and calls that for the sum.
    """

    def __init__(self, config: TransformerConfig, layer_norm: LayerNormBuilder, bias_dropout_add: Any) -> None:
        """Args: `bias_dropout_add`: the spec of what adds."""
        super().__init__()
        self.post_layernorm: Any = layer_norm(
            config=config, hidden_size=config.hidden_size, eps=config.layernorm_epsilon
        )
        self.bias_dropout_add = build(bias_dropout_add)

    def forward(self, training: bool, fused: bool) -> Add:
        add: Add = self.bias_dropout_add(training, fused)

        def normed(branch: Branch, residual: Tensor, prob: float) -> Tensor:
            x, bias = branch
            return add((self.post_layernorm(x if bias is None else x + bias), None), residual, prob)

        return normed


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    held = layer.submodules
    if not isinstance(held, TransformerLayerSubmodules):
        return layer
    changed: dict[str, Any] = {}
    if _has_attention(held):
        if not layers.input_layernorm:
            changed["input_layernorm"] = IdentityOp
            changed["self_attention"] = without_norm(held.self_attention, "linear_qkv", parts)
        if layers.post_attention_layernorm:
            changed["self_attn_bda"] = _normed(held.self_attn_bda, parts)
    if held.mlp is not IdentityOp:
        if not layers.pre_mlp_layernorm:
            changed["pre_mlp_layernorm"] = IdentityOp
            changed["mlp"] = without_norm(held.mlp, "linear_fc1", parts)
        if layers.post_mlp_layernorm:
            changed["mlp_bda"] = _normed(held.mlp_bda, parts)
    return with_submodules(layer, **changed)


def _has_attention(held: TransformerLayerSubmodules) -> bool:
    """Linear attention has its place in a layer, and its norm inside."""
    spec = held.self_attention
    return isinstance(spec, ModuleSpec) and not isinstance(spec.submodules, GatedDeltaNetSubmodules)


def _normed(bias_dropout_add: Any, parts: Parts) -> ModuleSpec:
    params = {"config": parts.config, "layer_norm": parts.layer_norm, "bias_dropout_add": bias_dropout_add}
    return ModuleSpec(module=PostLayerNorm, params=params)


CHANGE: Final = Change(
    ("input_layernorm", "pre_mlp_layernorm", "post_attention_layernorm", "post_mlp_layernorm"), _of_layer, nothing
)
