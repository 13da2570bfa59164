"""LFM3, as far as every layer has attention, without a gate and without norms after it."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import LFM
from codegen.parts.positions.by_layer import LAYER_ROPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Since, must_be

FAMILY = Family(
    config="transformers.models.lfm3.configuration_lfm3.Lfm3Config",
    covers="LFM3 with attention in every layer, no gates and no norms after attention and MLP; published "
    "ones have all of these.",
    parts=(SIZES, GROUPED_QUERY, LAYER_ROPES, GIVEN_HEAD_DIM, QK_NORM, ATTENTION_BIAS, LAYERED_WINDOW, LFM, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        must_be("use_sandwich_norm", (False,), "Megatron has no norms after attention and MLP, before the residual"),
        must_be("use_attention_gate", (False,), "it is one for each head, and Megatron's one for each channel"),
    ),
    since=Since("5.23.0", "There was no such class."),
)
