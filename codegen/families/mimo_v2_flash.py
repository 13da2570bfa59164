"""MiMo V2 Flash: two kinds of layers, of which one has a window, sinks and twice the query groups; narrow values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.positions.by_layer import BASES, BASES_OF_HYBRID, PARTIAL, PARTIAL_OF_HYBRID
from codegen.parts.positions.rope import ORIGINAL_LENGTH
from codegen.table import (
    ByDefault,
    Computed,
    Constant,
    Family,
    From,
    Inverse,
    Local,
    NoInverse,
    Otherwise,
    Rename,
    Since,
    Unread,
    hard_wired,
    implied,
    layered,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.mimo_v2_flash.configuration_mimo_v2_flash import MiMoV2FlashConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.layer_ropes import (
        LayerRopes,
        layer_ropes,
        theta_of,
    )
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_parameters_of
    from mcore_mappers_runtime.windows import FULL, SLIDING, window_skips, window_types


def ropes(hf: MiMoV2FlashConfig, check: Check) -> LayerRopes:
    return layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=0.334)


def own_ropes_rotate_pairs(hf: MiMoV2FlashConfig, ropes: LayerRopes, rope: GPTRope | HybridRope) -> bool:
    return not ropes.own_bases or int(hf.head_dim * rope.rotary_percent) % 2 == 0


def theta_agrees(hf: MiMoV2FlashConfig, check: Check) -> bool:
    said = check.undeclared("rope_theta")
    return said is None or said == theta_of(rope_parameters_of(hf), FULL, said)


def sliding_theta(hf: MiMoV2FlashConfig) -> object:
    return theta_of(rope_parameters_of(hf), SLIDING, None)


def sliding_groups(hf: MiMoV2FlashConfig) -> int:
    return 2 * hf.num_key_value_heads


def has_window(sliding: list[int]) -> list[int]:
    return sliding


def has_experts(expert_layers: list[int]) -> list[int]:
    return expert_layers


def part_agrees(check: Check, ropes: LayerRopes) -> bool:
    said = check.undeclared("partial_rotary_factor")
    return said is None or said == ropes.of_model.get("partial_rotary_factor", 1.0)


def num_query_groups(hf: MiMoV2FlashConfig, sliding: list[int]) -> int:
    return 2 * hf.num_key_value_heads if all(sliding) else hf.num_key_value_heads


def num_key_value_heads_of(model: GPTModelConfig | HybridModelConfig) -> int:
    said = model.transformer.num_query_groups or model.transformer.num_attention_heads
    return said // 2 if all(each == SLIDING for each in window_types(model)) else said


def num_query_groups_by_layer(hf: MiMoV2FlashConfig, sliding: list[int]) -> tuple[int, ...] | None:
    skips = window_skips(sliding)
    return None if skips is None else tuple(hf.num_key_value_heads * (1 + each) for each in skips)


def num_query_groups_by_symbol(hf: MiMoV2FlashConfig, sliding: list[int]) -> tuple[int, ...] | None:
    skips = by_symbol(window_skips(sliding))
    return None if skips is None else tuple(hf.num_key_value_heads * (1 + each) for each in skips)


def heads_fill_groups(hf: MiMoV2FlashConfig, sliding: list[int]) -> bool:
    most = hf.num_key_value_heads * 2 if any(sliding) else hf.num_key_value_heads
    return not most or hf.num_attention_heads % most == 0


def softmax_type(sliding: list[int]) -> str:
    return "learnable" if any(sliding) else "vanilla"


def softmax_offset_freq(sliding: list[int]) -> tuple[int, ...] | None:
    skips = window_skips(sliding)
    return None if skips is None else tuple(skips)


def softmax_offset_freq_by_symbol(sliding: list[int]) -> tuple[int, ...] | None:
    skips = by_symbol(window_skips(sliding))
    return None if skips is None else tuple(skips)


def layers_are_alike(sliding: list[int]) -> bool:
    return all(sliding) or not any(sliding)


def v_channels(hf: MiMoV2FlashConfig) -> int | None:
    return None if hf.v_head_dim == hf.head_dim else hf.v_head_dim


def v_head_dim_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> int | None:
    return model.transformer.kv_channels if layers.v_channels is None else layers.v_channels


def values_are_as_wide(hf: MiMoV2FlashConfig) -> bool:
    return hf.v_head_dim == hf.head_dim


def values_are_no_wider(hf: MiMoV2FlashConfig) -> bool:
    return hf.v_head_dim <= hf.head_dim


def attention_value_scale(hf: MiMoV2FlashConfig) -> float:
    return 1.0 if hf.attention_value_scale is None else hf.attention_value_scale


def attention_value_scale_of(layers: Layers) -> float | None:
    return None if layers.attention_value_scale == 1.0 else layers.attention_value_scale


def values_are_not_scaled(hf: MiMoV2FlashConfig) -> bool:
    return hf.attention_value_scale in (None, 1.0)


_ELSEWHERE = NoInverse("layer_types, which is read back, says it")
_ALIKE = require(
    "layer_types",
    layers_are_alike,
    "must be the same for every layer: layers with a window have sinks, twice the query groups and a rope of their "
    "own, and Megatron's layers have as many groups each, one rope, and all have sinks or none",
)

FAMILY = Family(
    config="transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig",
    covers="MiMo V2 Flash.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ORIGINAL_LENGTH,
        GIVEN_HEAD_DIM,
        LAYERED_WINDOW,
        LISTED_EXPERTS,
        GROUPED_ROUTER,
        BALANCED_BY_BIAS,
        ROUTED_EXPERTS,
    ),
    targets=(GPT, HYBRID),
    replaces=("num_key_value_heads", "sliding_window", "routed_scaling_factor"),
    rows=(
        require(
            "rope_theta",
            theta_agrees,
            "must be what rope_parameters says of full_attention: the class reads that alone",
        ),
        require(
            "partial_rotary_factor",
            part_agrees,
            "must be what rope_parameters says of each rope: the class reads that alone",
        ),
        Local("ropes", ropes),
        Computed(
            "num_query_groups",
            num_query_groups,
            "Layers with a window have twice as many.",
            inverse=(Inverse("num_key_value_heads", num_key_value_heads_of),),
        ),
        require(
            "num_key_value_heads",
            heads_fill_groups,
            "must divide num_attention_heads, twice if layers have a window: every group serves the same number of "
            "query heads",
        ),
        Computed(
            "softmax_type", softmax_type, "Layers with a window have sinks, one for each head.", inverse=_ELSEWHERE
        ),
        require(
            "v_head_dim",
            values_are_no_wider,
            "must be at most head_dim: core attention gets values padded to the width of keys",
        ),
        *layered(
            Computed(
                "v_channels",
                v_channels,
                "",
                inverse=(Inverse("v_head_dim", v_head_dim_of),),
            ),
            otherwise=require(
                "v_head_dim", values_are_as_wide, "must be head_dim: Megatron's values are as wide as its keys"
            ),
        ),
        *layered(
            Computed(
                "attention_value_scale",
                attention_value_scale,
                "",
                inverse=(Inverse("attention_value_scale", attention_value_scale_of),),
            ),
            otherwise=require(
                "attention_value_scale",
                values_are_not_scaled,
                "must be None or 1: a factor of values is hard-wired to one in Megatron",
            ),
        ),
        require(
            "head_dim",
            own_ropes_rotate_pairs,
            "must give ropes an even number of channels to rotate where types of layers have different ones: a "
            "layer's own goes by the channels that the model's rotates, which come in pairs",
        ),
        Constant("moe_shared_expert_intermediate_size", None, "There are no shared experts."),
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        Rename(
            "routed_scaling_factor",
            "moe_router_topk_scaling_factor",
            required="transformers makes it 1 when it builds a config, and multiplies by it",
            unset=1.0,
        ),
        *positive("num_key_value_heads", "sliding_window", "v_head_dim", "moe_intermediate_size"),
        *positive("routed_scaling_factor", "attention_value_scale"),
        *(
            restates(f"swa_{name}", name, "layers of both kinds have the same")
            for name in ("num_attention_heads", "head_dim", "v_head_dim")
        ),
        implied(
            "swa_num_key_value_heads", sliding_groups, "layers with a window have twice as many query groups as others"
        ),
        implied("swa_rope_theta", sliding_theta, "rope_parameters says it of sliding_attention"),
        implied("hybrid_layer_pattern", has_window, "layer_types says which layers have a window: 1 for these"),
        implied("moe_layer_freq", has_experts, "mlp_layer_types says which layers have experts: 1 for these"),
        restates("layernorm_epsilon", "rms_norm_eps", "Xiaomi's code has the first name"),
        hard_wired("add_swa_attention_sink_bias", True, "layers of the class that have a window have sinks"),
        hard_wired("add_full_attention_sink_bias", False, "layers of the class that have no window have no sinks"),
        hard_wired("n_shared_experts", None, "the class has no shared experts"),
        hard_wired("hybrid_block_size", None, "layer_types says which layers of the class have a window"),
        hard_wired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
        Unread("attention_chunk_size", "no layer of the class attends by chunks"),
        Unread("sliding_window_size", "the class takes sliding_window from it when a config is built, and reads that"),
    ),
    gpt=(
        PARTIAL,
        *layered(
            Computed("num_query_groups_by_layer", num_query_groups_by_layer, "", inverse=_ELSEWHERE),
            Computed("softmax_offset_freq", softmax_offset_freq, "", inverse=_ELSEWHERE),
            BASES,
            otherwise=_ALIKE,
        ),
    ),
    hybrid=(
        PARTIAL_OF_HYBRID,
        *layered(
            Computed(
                "num_query_groups_by_layer",
                num_query_groups_by_symbol,
                "",
                inverse=_ELSEWHERE,
            ),
            Computed(
                "softmax_offset_freq",
                softmax_offset_freq_by_symbol,
                "",
                inverse=_ELSEWHERE,
            ),
            BASES_OF_HYBRID,
            otherwise=_ALIKE,
        ),
    ),
    since=Since("5.13.0", "There was no such class."),
    older=(
        ROUTER_LOGITS_UNDECLARED,
        Otherwise("sliding_window", "5.20.0", "the default was 128", ByDefault(129)),
        Otherwise("sliding_window", "5.20.0", "sliding_window_size was not read", From("sliding_window_size", 1)),
    ),
)
