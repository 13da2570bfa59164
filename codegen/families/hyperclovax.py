"""HyperCLOVA X."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import SCALES
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, NoInverse, Rename, Since, Weight, layered, must_be

FAMILY = Family(
    config="transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig",
    covers="HyperCLOVA X.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, SCALES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Rename("logits_scaling", "mup_output_mult"),
        *layered(
            Rename("use_post_norm", "post_attention_layernorm"),
            Rename(
                "use_post_norm",
                "post_mlp_layernorm",
                inverse=NoInverse("it is read back from post_attention_layernorm, which is the same"),
            ),
            otherwise=must_be(
                "use_post_norm", (False,), "Megatron has no norms between attention or MLP and the residual stream"
            ),
        ),
    ),
    weights=(
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_norm1.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_norm2.weight"),
    ),
    since=Since("5.9.0", "There was no such class."),
)
