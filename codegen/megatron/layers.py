"""The parameters that layers of this project have, and Megatron's own layers have not, or not of this shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class LayerParameter:
    """A parameter of a layer, wherever it is in a checkpoint."""

    field: str
    """The field of `Layers` with which a layer has it."""
    name: str
    """Within the layer."""
    shape: tuple[str, ...]
    """By dimension, the fields of the inner config whose product it is, with `*` between them."""
    split: int | None = None
    """The dimension that tensor parallelism divides; None where every rank has the whole."""


PARAMETERS: Final = (
    LayerParameter(
        "qk_layernorm_over_heads", "self_attention.q_layernorm.weight", ("num_attention_heads * kv_channels",)
    ),
    LayerParameter("qk_layernorm_over_heads", "self_attention.k_layernorm.weight", ("num_query_groups * kv_channels",)),
    LayerParameter("post_attention_layernorm", "self_attn_bda.post_layernorm.weight", ("hidden_size",)),
    LayerParameter("post_mlp_layernorm", "mlp_bda.post_layernorm.weight", ("hidden_size",)),
)
