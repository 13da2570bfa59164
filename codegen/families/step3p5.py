"""Step-3.5: a gate for each head, and heads, ropes and bounds of gated MLPs by the kind of layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import ROUTED_EXPERTS, UNBIASED_EXPERTS
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ONE_NORMALISED, ROUTER_LOGITS_UNDECLARED, SCORED_BY_SIGMOID, UNGROUPED
from codegen.parts.files.lineages import when_built
from codegen.parts.mlp.activations import SILU
from codegen.parts.positions.by_layer import (
    BASES,
    BASES_OF_HYBRID,
    PARTIAL_BACK,
    PARTIAL_OF_HYBRID,
    PARTS,
    PARTS_OF_HYBRID,
)
from codegen.parts.positions.rope import GPT_ROPE, ROPE_KEYS, yarn
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Lacks,
    Local,
    NoInverse,
    Override,
    Rename,
    Since,
    hard_wired,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.step3p7.configuration_step3p7 import Step3p7TextConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.glu_bounds import bounds_by_symbol, glu_bounds, listed_bounds
    from mcore_mappers_runtime.hybrid import by_symbol, of_mixers
    from mcore_mappers_runtime.layer_ropes import LayerRopes, layer_ropes
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_bands import high_freq_factor, in_stock_bands, low_freq_factor, of_megatrons_length
    from mcore_mappers_runtime.windows import SLIDING, window_types


def num_attention_heads(hf: Step3p7TextConfig, num_sliding_heads: int, sliding: list[int]) -> int:
    return num_sliding_heads if all(sliding) else hf.num_attention_heads


def num_attention_heads_of(model: GPTModelConfig | HybridModelConfig) -> int:
    return model.transformer.num_attention_heads


def num_sliding_heads(hf: Step3p7TextConfig, check: Check) -> int:
    return check.given(
        "num_sliding_attention_heads",
        hf.num_sliding_attention_heads,
        "the class makes it num_attention_heads when a config is built",
    )


def num_sliding_heads_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> int:
    of_layers = layers.num_attention_heads_by_layer or ()
    found = zip(window_types(model), of_mixers(model, of_layers), strict=False)
    return next((heads for kind, heads in found if kind == SLIDING), model.transformer.num_attention_heads)


def heads_by_layer(hf: Step3p7TextConfig, num_sliding_heads: int, sliding: list[int]) -> list[int] | None:
    heads = [num_sliding_heads if each else hf.num_attention_heads for each in sliding]
    return None if len(set(heads)) < 2 else heads


def num_attention_heads_by_layer(heads_by_layer: list[int] | None) -> tuple[int, ...] | None:
    return None if heads_by_layer is None else tuple(heads_by_layer)


def num_attention_heads_by_symbol(heads_by_layer: list[int] | None) -> tuple[int, ...] | None:
    heads = by_symbol(heads_by_layer)
    return None if heads is None else tuple(heads)


def full_heads_fill_groups(hf: Step3p7TextConfig, sliding: list[int]) -> bool:
    return not hf.num_key_value_heads or all(sliding) or hf.num_attention_heads % hf.num_key_value_heads == 0


def sliding_heads_fill_groups(hf: Step3p7TextConfig, num_sliding_heads: int, sliding: list[int]) -> bool:
    return (
        not hf.num_key_value_heads
        or not num_sliding_heads
        or not any(sliding)
        or num_sliding_heads % hf.num_key_value_heads == 0
    )


def ropes(hf: Step3p7TextConfig, check: Check) -> LayerRopes:
    return layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=1.0, parts_differ=True)


def banded(ropes: LayerRopes) -> dict[str, object]:
    return of_megatrons_length(ropes.of_model)


def rope(hf: Step3p7TextConfig, check: Check, banded: dict[str, object]) -> GPTRope:
    return gpt_rope(
        check, in_stock_bands(banded), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )


def rope_scaling_low_freq_factor(banded: dict[str, object]) -> float:
    return low_freq_factor(banded)


def rope_scaling_high_freq_factor(banded: dict[str, object]) -> float:
    return high_freq_factor(banded)


def own_ropes_rotate_pairs(hf: Step3p7TextConfig, ropes: LayerRopes, rope: GPTRope | HybridRope) -> bool:
    parts = (rope.rotary_percent, *ropes.own_parts.values()) if ropes.own_bases else ()
    return not any(int(hf.head_dim * part) % 2 for part in parts)


def own_ropes_rotate(hf: Step3p7TextConfig, ropes: LayerRopes) -> bool:
    return all(int(hf.head_dim * part) for part in ropes.own_parts.values())


def scalar(hf: Step3p7TextConfig, check: Check) -> float:
    return check.given(
        "query_pre_attn_scalar", hf.query_pre_attn_scalar, "the class makes it head_dim when a config is built"
    )


def softmax_scale(scalar: float) -> float:
    return float(scalar**-0.5)


def query_pre_attn_scalar_of(transformer: TransformerConfig) -> float:
    found = (transformer.softmax_scale or 1.0) ** -2
    return round(found) if math.isclose(found, round(found)) else found


def of_mlps(hf: Step3p7TextConfig, check: Check) -> tuple[float | None, ...] | None:
    return glu_bounds(check, "swiglu_limits_shared", hf.swiglu_limits_shared, [1] * hf.num_hidden_layers)


def of_experts(hf: Step3p7TextConfig, check: Check, expert_layers: list[int]) -> tuple[float | None, ...] | None:
    return glu_bounds(check, "swiglu_limits", hf.swiglu_limits, expert_layers)


def mlp_bounds(of_mlps: tuple[float | None, ...] | None) -> tuple[float | None, ...] | None:
    return of_mlps


def expert_bounds(of_experts: tuple[float | None, ...] | None) -> tuple[float | None, ...] | None:
    return of_experts


def mlp_bounds_by_symbol(of_mlps: tuple[float | None, ...] | None) -> tuple[float | None, ...] | None:
    return bounds_by_symbol(of_mlps)


def expert_bounds_by_symbol(of_experts: tuple[float | None, ...] | None) -> tuple[float | None, ...] | None:
    return bounds_by_symbol(of_experts)


def swiglu_limits_shared_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> list[float | None] | None:
    return listed_bounds(model, layers.mlp_glu_clamp_by_layer)


def swiglu_limits_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> list[float | None] | None:
    return listed_bounds(model, layers.moe_expert_glu_clamp_by_layer)


def num_moe_experts(hf: Step3p7TextConfig) -> int:
    return hf.n_routed_experts or hf.num_local_experts


def num_moe_experts_of(transformer: TransformerConfig) -> int | None:
    return transformer.num_moe_experts


def experts_suffice(hf: Step3p7TextConfig) -> bool:
    return hf.num_experts_per_tok <= hf.n_routed_experts


_HEADS = NoInverse("num_attention_heads and num_sliding_attention_heads are read back where they are computed")
_WITH_ROPE = NoInverse("rope_parameters, which is read back, says it")
_BOUNDS = NoInverse("the bounds are read back where they are listed")

FAMILY = Family(
    config="transformers.models.step3p7.configuration_step3p7.Step3p7TextConfig",
    covers="Step-3.5, and the language model of Step-3.7.",
    body="transformers.models.step3p7.modeling_step3p7.Step3p7TextModel",
    lacks=Lacks(
        "transformers.models.step3p7.modeling_step3p7.Step3p7Attention.gate_per_head",
        "one gate on the output of a whole head of attention",
    ),
    overrides=(Override("num_attention_heads", "sliding_attention", "num_sliding_attention_heads"),),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE_KEYS,
        GIVEN_HEAD_DIM,
        QK_NORM,
        LAYERED_WINDOW,
        LISTED_EXPERTS,
        SCORED_BY_SIGMOID,
        UNGROUPED,
        BALANCED_BY_BIAS,
        ROUTED_EXPERTS,
        UNBIASED_EXPERTS,
    ),
    targets=(GPT, HYBRID),
    replaces=(
        *("num_attention_heads", "num_key_value_heads", "hidden_act", "activation_func"),
        *("moe_router_dtype", "n_routed_experts"),
    ),
    rows=(
        Constant("attention_output_gate_by_head", True, "g_proj of every layer."),
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by 1 + weight: Hugging Face has no flag."),
        Constant("activation_func", SILU, "The class makes hidden_act that when a config is built."),
        must_be("hidden_act", ("silu",), "the class makes it that when a config is built, whatever a file says"),
        Constant("add_bias_linear", False, "No linear layer of the class has a bias."),
        must_be(
            "attention_bias",
            (False,),
            "it biases the projections of attention but that of the gates, which in Megatron is one with the others",
        ),
        Local(
            "num_sliding_heads",
            num_sliding_heads,
            inverse=(Inverse("num_sliding_attention_heads", num_sliding_heads_of),),
        ),
        Local("heads_by_layer", heads_by_layer),
        Computed(
            "num_attention_heads",
            num_attention_heads,
            "Layers with a window may have another number.",
            inverse=(Inverse("num_attention_heads", num_attention_heads_of),),
        ),
        Rename("num_key_value_heads", "num_query_groups"),
        require(
            "num_key_value_heads",
            full_heads_fill_groups,
            "must divide num_attention_heads: every group serves the same number of query heads",
        ),
        require(
            "num_sliding_attention_heads",
            sliding_heads_fill_groups,
            "must be a multiple of num_key_value_heads: every group serves the same number of query heads",
        ),
        Local("ropes", ropes),
        require(
            "head_dim",
            own_ropes_rotate_pairs,
            "must give ropes an even number of channels to rotate where types of layers have different ones: a "
            "layer's own rotates pairs",
        ),
        require("head_dim", own_ropes_rotate, "must leave every rope channels to rotate"),
        Local("scalar", scalar),
        Computed(
            "softmax_scale",
            softmax_scale,
            "",
            inverse=(Inverse("query_pre_attn_scalar", query_pre_attn_scalar_of),),
        ),
        Local("of_mlps", of_mlps, inverse=(Inverse("swiglu_limits_shared", swiglu_limits_shared_of),)),
        Local("of_experts", of_experts, inverse=(Inverse("swiglu_limits", swiglu_limits_of),)),
        Computed(
            "num_moe_experts",
            num_moe_experts,
            "Two names of one number.",
            inverse=(
                Inverse("n_routed_experts", num_moe_experts_of),
                Inverse("num_local_experts", num_moe_experts_of),
            ),
        ),
        Rename("share_expert_dim", "moe_shared_expert_intermediate_size"),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
        Rename("num_experts_per_tok", "moe_router_topk"),
        Rename("moe_router_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        Constant(
            "moe_router_enable_expert_bias", True, "e_score_correction_bias, which every router of the class has."
        ),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
        ),
        ONE_NORMALISED,
        require("num_experts_per_tok", experts_suffice, "must be at most n_routed_experts"),
        *positive("num_attention_heads", "num_sliding_attention_heads", "num_key_value_heads", "query_pre_attn_scalar"),
        *positive("n_routed_experts", "num_experts_per_tok", "moe_intermediate_size", "share_expert_dim"),
        *positive("num_local_experts", "moe_router_scaling_factor"),
        Ignored("layer_scale_init_value", Kind.INFERENCE, "is of the vision model beside this one"),
        must_be("gating", (True, "per-head"), "the class multiplies by one gate of each head, and cannot by others"),
        must_be("use_bidirectional_attention", (False,), "Megatron's attention is causal"),
        *(
            Ignored(name, Kind.INFERENCE, "is about layers that predict further tokens, which the class does not build")
            for name in ("num_nextn_predict_layers", "mtp_layer_types", "mtp_mlp_layer_types")
        ),
        when_built("attention_other_setting", "num_sliding_attention_heads"),
        when_built("moe_layers_enum", "mlp_layer_types"),
        hard_wired("use_head_wise_attn_gate", True, "every head of the class has a gate"),
        hard_wired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("moe_router_activation", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("use_moe_router_bias", True, "every router of the class has a bias by which it chooses"),
        hard_wired("norm_expert_weight", True, "the class makes the weights of a token's experts add up to one always"),
        hard_wired("n_shared_experts", 1, "share_expert_dim says how wide all shared experts are together"),
    ),
    gpt=(
        Local("banded", banded),
        Computed("rope_scaling_low_freq_factor", rope_scaling_low_freq_factor, "", _WITH_ROPE),
        Computed("rope_scaling_high_freq_factor", rope_scaling_high_freq_factor, "", _WITH_ROPE),
        Local("rope", rope, (PARTIAL_BACK,), GPT_ROPE, yarn),
        BASES,
        PARTS,
        Computed("num_attention_heads_by_layer", num_attention_heads_by_layer, "", _HEADS),
        Computed("mlp_glu_clamp_by_layer", mlp_bounds, "", _BOUNDS),
        Computed("moe_expert_glu_clamp_by_layer", expert_bounds, "", _BOUNDS),
    ),
    hybrid=(
        PARTIAL_OF_HYBRID,
        BASES_OF_HYBRID,
        PARTS_OF_HYBRID,
        Computed("num_attention_heads_by_layer", num_attention_heads_by_symbol, "", _HEADS),
        Computed("mlp_glu_clamp_by_layer", mlp_bounds_by_symbol, "", _BOUNDS),
        Computed("moe_expert_glu_clamp_by_layer", expert_bounds_by_symbol, "", _BOUNDS),
    ),
    since=Since("5.18.0", "There was no such class."),
    older=(ROUTER_LOGITS_UNDECLARED,),
)
