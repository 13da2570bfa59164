"""LayerNorm without a bias, or without any parameter."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import torch
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from torch import Tensor
from torch.nn.functional import layer_norm

from .change import Change, Parts, unmet, with_submodules, without_norm
from .fields import Layers


class PlainLayerNorm(torch.nn.LayerNorm):
    """`weight * (x - mean) / sqrt(variance + eps)`, as CohereLayerNorm.forward has it, or without the weight.

    OlmoLayerNorm.forward has it without. Megatron's own norms, those of Transformer Engine among them, have both.
    """

    def __init__(self, config: TransformerConfig, hidden_size: int, eps: float, *, weight: bool) -> None:
        stock: Any = super()
        stock.__init__(hidden_size, eps, elementwise_affine=weight, bias=False)
        for parameter in self.parameters():
            # As Megatron's norms say that gradients of parts of a sequence are to be summed.
            vars(parameter)["sequence_parallel"] = config.sequence_parallel

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  torch's name
        """A residual stream in float32 is normed in that, whatever the dtype of the weight is."""
        weight = next((each.type_as(input) for each in self.parameters()), None)
        return layer_norm(input, self.normalized_shape, weight, None, self.eps)


def builder_of(layers: Layers, stock: Any) -> Any:
    """What builds the norms of a model: `stock`, as Megatron has them, where these have both parameters."""
    return stock if layers.layernorm_bias else partial(PlainLayerNorm, weight=layers.layernorm_weight)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    held = layer.submodules
    if layers.layernorm_bias or not isinstance(held, TransformerLayerSubmodules):
        return layer
    changed: dict[str, Any] = {}
    if held.self_attention is not IdentityOp:
        changed["input_layernorm"] = parts.layer_norm
        changed["self_attention"] = without_norm(held.self_attention, "linear_qkv", parts)
    if held.mlp is not IdentityOp:
        changed["pre_mlp_layernorm"] = parts.layer_norm
        changed["mlp"] = without_norm(held.mlp, "linear_fc1", parts)
    return with_submodules(layer, **changed)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if layers.layernorm_bias:
        return [] if layers.layernorm_weight else ["layernorm_weight=False needs layernorm_bias=False"]
    wanted = {
        "normalization": (config.normalization, "LayerNorm"),
        "layernorm_zero_centered_gamma": (config.layernorm_zero_centered_gamma, False),
        "multi_latent_attention": (config.multi_latent_attention, False),
        "qk_layernorm": (config.qk_layernorm and not layers.qk_layernorm_by_head, False),
    }
    return unmet("layernorm_bias=False", wanted)


CHANGE: Final = Change(("layernorm_bias", "layernorm_weight"), _of_layer, _lacking, hybrid=False)
