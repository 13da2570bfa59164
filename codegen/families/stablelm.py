"""StableLM 3B, StableLM 2 1.6B and Zephyr, and Stable Code."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.dropouts import Dropout, Place, hidden_dropouts
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import GATED_MLP
from codegen.parts.positions.learned import ROPE_WIDTH
from codegen.parts.positions.partial import CUT_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.parts.stack.sequential import ONE_NORM_IF_AT_ONCE
from codegen.table import Family, Rename, Weight, must_be

FAMILY = Family(
    config="transformers.models.stablelm.configuration_stablelm.StableLmConfig",
    covers="StableLM 3B, StableLM 2 1.6B and Zephyr, and Stable Code.",
    parts=(
        LAYER_NORM,
        SIZES,
        GATED_MLP,
        GROUPED_QUERY,
        DERIVED_HEAD_DIM,
        CUT_PARTIAL_ROPE,
        NO_BIAS,
        ONE_NORM_IF_AT_ONCE,
        ROPE_WIDTH,
        ONE_KIND_OF_LAYER,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    weights=tuple(
        Weight(f"shared_layernorm.{kind}", f"model.layers.{{layer}}.input_layernorm.{kind}")
        for kind in ("weight", "bias")
    ),
    rows=(
        *layer_norm("layer_norm_eps"),
        *hidden_dropouts(Dropout("hidden_dropout", Place.MLP)),
        Rename("use_qkv_bias", "add_qkv_bias"),
        must_be("qk_layernorm", (False,), "every head has a norm of its own, and Megatron has one for all heads"),
    ),
)
