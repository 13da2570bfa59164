"""MiMo V2 Flash, as far as all layers are of one kind and values are as wide as keys."""

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
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, yarn
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
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.mimo_v2_flash.configuration_mimo_v2_flash import MiMoV2FlashConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_ropes import common_rope, gpt_layer_ropes, hybrid_layer_ropes, of_a_part
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of


def rope(hf: MiMoV2FlashConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        of_a_part(common_rope(check, rope_parameters_of(hf), hf.layer_types), 0.334),
        max_position_embeddings=hf.max_position_embeddings,
        partial_rotary=True,
    )


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return gpt_layer_ropes(model, layers, partial_rotary=True)


def rope_of_hybrid(hf: MiMoV2FlashConfig, check: Check) -> HybridRope:
    return hybrid_rope(
        check,
        of_a_part(common_rope(check, rope_parameters_of(hf), hf.layer_types), 0.334),
        max_position_embeddings=hf.max_position_embeddings,
        partial_rotary=True,
    )


def rope_parameters_back_of_hybrid(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return hybrid_layer_ropes(model, layers, partial_rotary=True)


def layers_are_alike(sliding: list[int]) -> bool:
    return all(sliding) or not any(sliding)


def groups(hf: MiMoV2FlashConfig, sliding: list[int]) -> int:
    return 2 * hf.num_key_value_heads if all(sliding) else hf.num_key_value_heads


def num_query_groups(groups: int) -> int:
    return groups


def num_key_value_heads_of(transformer: TransformerConfig) -> int:
    said = transformer.num_query_groups or transformer.num_attention_heads
    return said if transformer.window_size is None else said // 2


def heads_fill_groups(hf: MiMoV2FlashConfig, groups: int) -> bool:
    return not groups or hf.num_attention_heads % groups == 0


def softmax_type(sliding: list[int]) -> str:
    return "learnable" if all(sliding) else "vanilla"


def values_are_as_wide(hf: MiMoV2FlashConfig) -> bool:
    return hf.v_head_dim == hf.head_dim


def v_head_dim_of(transformer: TransformerConfig) -> int | None:
    return transformer.kv_channels


def values_are_not_scaled(hf: MiMoV2FlashConfig) -> bool:
    return hf.attention_value_scale in (None, 1.0)


def attention_value_scale_of() -> None:
    return None


FAMILY = Family(
    config="transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig",
    covers="MiMo V2 Flash with one kind of layer, and values as wide as keys and not scaled; the published one has "
    "two kinds and narrower values.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE_KEYS,
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
            "layer_types",
            layers_are_alike,
            "must be the same for every layer: layers with a window have sinks and twice the query groups, and "
            "Megatron's layers have as many each, and all have sinks or none",
        ),
        Local("groups", groups),
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
            "softmax_type",
            softmax_type,
            "Layers with a window have sinks, one for each head.",
            inverse=NoInverse("layer_types, which is read back, says it"),
        ),
        require(
            "v_head_dim",
            values_are_as_wide,
            "must be head_dim: Megatron's values are as wide as its keys",
            inverse=(Inverse("v_head_dim", v_head_dim_of),),
        ),
        require(
            "attention_value_scale",
            values_are_not_scaled,
            "must be None or 1: a factor of values is hard-wired to one in Megatron",
            inverse=(Inverse("attention_value_scale", attention_value_scale_of),),
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
        *positive("routed_scaling_factor"),
        Unread("sliding_window_size", "the class takes sliding_window from it when a config is built, and reads that"),
    ),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn),
    ),
    since=Since("5.13.0", "There was no such class."),
    older=(
        ROUTER_LOGITS_UNDECLARED,
        Otherwise("sliding_window", "5.20.0", "the default was 128", ByDefault(129)),
        Otherwise("sliding_window", "5.20.0", "sliding_window_size was not read", From("sliding_window_size", 1)),
    ),
)
