"""Phi-3.5-MoE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS, ON_HIDDEN_STATE
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import SOFTMAX_SCORES, experts_alone
from codegen.parts.mlp.gates import GATED_MLP
from codegen.parts.positions.long import LONG_FACTORS
from codegen.parts.positions.rope import GPT_ROPE, ROPE_KEYS, yarn
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    Constant,
    Family,
    Inverse,
    Lacks,
    Local,
    Rename,
    Weight,
    deviation_up_to,
    equal_up_to,
    hard_wired,
    must_be,
    not_negative,
    positive,
    probability,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from transformers.models.phimoe.configuration_phimoe import PhimoeConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.default_rope import default_gpt_rope
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.long_rope import LongRope, of_model, scaled_long_rope, short_alone, with_mscale
    from mcore_mappers_runtime.rope import GPTRope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters


def long(hf: PhimoeConfig, check: Check) -> LongRope:
    return scaled_long_rope(check, rope_parameters_of(hf))


def long_factors_begin(hf: PhimoeConfig) -> int | None:
    return short_alone(rope_parameters_of(hf))


def rope(hf: PhimoeConfig, check: Check) -> GPTRope:
    return default_gpt_rope(
        check,
        of_model(rope_parameters_of(hf)),
        max_position_embeddings=hf.max_position_embeddings,
        partial_rotary=False,
    )


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return with_mscale(gpt_rope_parameters(model), layers)


def two_experts_at_least(hf: PhimoeConfig) -> bool:
    return hf.num_local_experts != 1


FAMILY = Family(
    config="transformers.models.phimoe.configuration_phimoe.PhimoeConfig",
    covers="Phi-3.5-MoE and Phi-mini-MoE.",
    lacks=Lacks(
        "transformers.models.phimoe.modeling_phimoe.sparsemixer",
        "SparseMixer: the second expert is chosen and weighed without the first",
    ),
    parts=(
        SIZES,
        LAYER_NORM,
        GATED_MLP,
        GROUPED_QUERY,
        ROPE_KEYS,
        UNDECLARED_HEAD_DIM,
        ATTENTION_BIAS,
        WINDOW,
        ALL_EXPERTS,
        NO_SHARED_EXPERTS,
        ON_HIDDEN_STATE,
        SOFTMAX_SCORES,
        BALANCED_BY_LOSS,
        ONE_KIND_OF_LAYER,
    ),
    architectures=("PhiMoEForCausalLM",),
    targets=(GPT,),
    replaces=("ffn_hidden_size", "dynamic_ntk"),
    weights=(Weight("output_layer.bias", "lm_head.bias", "padded"),),
    rows=(
        *layer_norm("rms_norm_eps"),
        *experts_alone("intermediate_size"),
        Rename("num_local_experts", "num_moe_experts"),
        Constant("moe_router_topk", 2, "The router chooses two."),
        must_be("num_experts_per_tok", (2,), "the router chooses two, whatever the field says"),
        *positive("num_local_experts", "num_experts_per_tok"),
        require("num_local_experts", two_experts_at_least, "must be two at least: the router chooses two"),
        Constant("moe_router_pre_softmax", True, "Each weight is of a softmax before the expert is chosen."),
        Constant("moe_router_sparse_mixer", True, "sparsemixer: Hugging Face has no flag."),
        Rename("router_jitter_noise", "moe_router_sparse_mixer_eps"),
        *not_negative("router_jitter_noise"),
        # Its numbers are drawn from 1 - noise to 1 + noise: from one on it turns signs.
        *probability("input_jitter_noise"),
        deviation_up_to(
            "expert_input_noise",
            "input_jitter_noise",
            0.01,
            "in training, transformers multiplies what router and experts read by noise, twice, and Megatron does not; "
            "without noise they are equal. Published checkpoints have 0.01 (microsoft/Phi-3.5-MoE-instruct)",
        ),
        Rename("lm_head_bias", "output_layer_bias"),
        Local("long", long, gives=LONG_FACTORS),
        equal_up_to(
            "long_factors",
            "rope_parameters",
            long_factors_begin,
            "the rope of the class divides by short_factor however long a text is, and that of Megatron, like the code "
            "beside published checkpoints, by long_factor in texts longer than original_max_position_embeddings",
        ),
        hard_wired("hidden_dropout", 0.0, "the class has no dropout on the residual stream"),
        hard_wired("expert_dropout", 0.0, "the class has no dropout in experts"),
    ),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
)
