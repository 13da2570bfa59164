"""The parameters that layers add to a model, or that have another shape with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .fields import Layers


@dataclass(frozen=True)
class LayerParameter:
    """One parameter of every decoder layer that has the module of it, or of the model."""

    field: str
    """The field of `Layers` with which a model has it, unless that is False."""
    name: str
    """Its name in Megatron, below `decoder.layers.<number>.`: the same in local layers and Transformer Engine's."""
    shape: tuple[str, ...]
    """Of the whole parameter: products of fields of Megatron's config."""
    tensor_parallel_dim: int | None = None
    """The dimension along which ranks of tensor parallelism have parts of it; None where each has all of it."""
    normalization: Literal["LayerNorm"] | None = None
    """With which value of `normalization` a model has it, where that matters."""
    of_model: bool = False
    """Whether the model has it once, beside its layers; then the name is all of its name."""
    without: str | None = None
    """The field of `Layers` with which a model does not have it, if there is one."""


PARAMETERS: Final = (
    LayerParameter(
        "qk_layernorm_over_heads", "self_attention.q_layernorm.weight", ("num_attention_heads * kv_channels",)
    ),
    LayerParameter("qk_layernorm_over_heads", "self_attention.k_layernorm.weight", ("num_query_groups * kv_channels",)),
    LayerParameter("qk_layernorm_after_rope", "self_attention.post_rope_q_layernorm.weight", ("kv_channels",)),
    LayerParameter(
        "qk_layernorm_after_rope",
        "self_attention.post_rope_q_layernorm.bias",
        ("kv_channels",),
        normalization="LayerNorm",
    ),
    LayerParameter("qk_layernorm_after_rope", "self_attention.post_rope_k_layernorm.weight", ("kv_channels",)),
    LayerParameter(
        "qk_layernorm_after_rope",
        "self_attention.post_rope_k_layernorm.bias",
        ("kv_channels",),
        normalization="LayerNorm",
    ),
    LayerParameter("add_proj_bias", "self_attention.linear_proj.bias", ("hidden_size",)),
    LayerParameter("qk_layernorm_by_head", "self_attention.q_layernorm.weight", ("num_attention_heads * kv_channels",)),
    LayerParameter("qk_layernorm_by_head", "self_attention.k_layernorm.weight", ("num_query_groups * kv_channels",)),
    LayerParameter("shared_layernorm", "shared_layernorm.weight", ("hidden_size",), without="layernorm_weight"),
    LayerParameter(
        "shared_layernorm",
        "shared_layernorm.bias",
        ("hidden_size",),
        normalization="LayerNorm",
        without="layernorm_bias",
    ),
    LayerParameter(
        "post_attention_layernorm", "self_attn_bda.post_layernorm.weight", ("hidden_size",), without="layernorm_weight"
    ),
    LayerParameter(
        "post_attention_layernorm",
        "self_attn_bda.post_layernorm.bias",
        ("hidden_size",),
        normalization="LayerNorm",
        without="layernorm_bias",
    ),
    LayerParameter("post_mlp_layernorm", "mlp_bda.post_layernorm.weight", ("hidden_size",), without="layernorm_weight"),
    LayerParameter(
        "post_mlp_layernorm",
        "mlp_bda.post_layernorm.bias",
        ("hidden_size",),
        normalization="LayerNorm",
        without="layernorm_bias",
    ),
    # With rows for padding, as the weight of the layer has them.
    LayerParameter("output_layer_bias", "output_layer.bias", ("vocab_size",), 0, of_model=True),
    LayerParameter("moe_router_softmax_expert_bias", "mlp.router.expert_bias", ("num_moe_experts",)),
)


def parameters(layers: Layers, normalization: str) -> Iterator[LayerParameter]:
    """The parameters of a model with these layers and this kind of norm."""
    present = [name for name in layers.present() if vars(layers)[name] is not False]
    return (
        each
        for each in PARAMETERS
        if each.field in present
        and each.without not in layers.present()
        and each.normalization in (None, normalization)
    )
