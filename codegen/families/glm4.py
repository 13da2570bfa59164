"""GLM-4-0414 and GLM-Z1."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.norms import SANDWICH_NORMS
from codegen.parts.positions.partial import INTERLEAVED_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Lacks, Rename, Weight

FAMILY = Family(
    config="transformers.models.glm4.configuration_glm4.Glm4Config",
    covers="GLM-4-0414 and GLM-Z1.",
    lacks=Lacks(
        "transformers.models.glm4.modeling_glm4.Glm4DecoderLayer.post_mlp_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(DECODER, GROUPED_QUERY, INTERLEAVED_PARTIAL_ROPE, GIVEN_HEAD_DIM, SANDWICH_NORMS, ONE_KIND_OF_LAYER),
    targets=(GPT,),
    weights=(
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_self_attn_layernorm.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_mlp_layernorm.weight"),
    ),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
    ),
)
