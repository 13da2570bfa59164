"""OLMo's first models."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.norms import LAYER_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import GATED_MLP
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Lacks, OlderRope, must_be

FAMILY = Family(
    config="transformers.models.olmo.configuration_olmo.OlmoConfig",
    covers="OLMo 1B and 7B; not those that clip queries, keys and values.",
    lacks=Lacks("transformers.models.olmo.modeling_olmo.OlmoLayerNorm", "LayerNorm without weight and bias"),
    parts=(
        SIZES,
        LAYER_NORM,
        GATED_MLP,
        GROUPED_QUERY,
        UNDECLARED_HEAD_DIM,
        ROPE,
        NO_ATTENTION_BIAS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT,),
    rows=(
        Constant("layernorm_bias", False, "Norms of the class have no parameters."),
        Constant("layernorm_weight", False, "Norms of the class have no parameters."),
        Constant("layernorm_epsilon", 1e-5, "The class has no other."),
        must_be("clip_qkv", (None,), "Megatron does not clamp queries, keys and values"),
    ),
    older_rope=OlderRope(keys=dict.fromkeys(("linear", "dynamic"), ("type", "factor"))),
)
