"""Command R, Command R+ and Aya 23."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.multipliers import LOGIT_SCALE
from codegen.parts.decoder.norms import NO_NORM_BIAS
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import GATED_MLP
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.sequential import ONE_NORM
from codegen.table import Computed, Family, Inverse, Lacks, NoInverse, Rename, Weight, positive

if TYPE_CHECKING:
    from transformers.models.cohere.configuration_cohere import CohereConfig

    from mcore_mappers_runtime.layers.fields import Layers


def qk_layernorm(hf: CohereConfig) -> bool:
    return bool(hf.use_qk_norm)


def use_qk_norm_of(layers: Layers) -> bool:
    return layers.qk_layernorm_by_head


FAMILY = Family(
    config="transformers.models.cohere.configuration_cohere.CohereConfig",
    covers="Command R, Command R+ and Aya 23.",
    lacks=Lacks("transformers.models.cohere.modeling_cohere.CohereDecoderLayer", "attention and MLP in parallel"),
    parts=(
        SIZES,
        NO_NORM_BIAS,
        GATED_MLP,
        GROUPED_QUERY,
        UNDECLARED_HEAD_DIM,
        INTERLEAVED_ROPE,
        NO_ATTENTION_BIAS,
        LOGIT_SCALE,
        ONE_NORM,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT,),
    weights=(
        Weight("shared_layernorm.weight", "model.layers.{layer}.input_layernorm.weight"),
        Weight("self_attention.q_layernorm.weight", "model.layers.{layer}.self_attn.q_norm.weight", "flattened"),
        Weight("self_attention.k_layernorm.weight", "model.layers.{layer}.self_attn.k_norm.weight", "flattened"),
    ),
    rows=(
        Rename("layer_norm_eps", "layernorm_epsilon", required="transformers adds it to variances"),
        Computed(
            "qk_layernorm", qk_layernorm, "", inverse=NoInverse("use_qk_norm is read back from qk_layernorm_by_head")
        ),
        Computed(
            "qk_layernorm_by_head",
            qk_layernorm,
            "Each head has weights of its own.",
            inverse=(Inverse("use_qk_norm", use_qk_norm_of),),
        ),
        *positive("layer_norm_eps"),
    ),
)
