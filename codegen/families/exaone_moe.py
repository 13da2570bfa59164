"""K-EXAONE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import NUM_SHARED_EXPERTS, ON_HIDDEN_STATE
from codegen.parts.experts.groups import GROUPS_AT_ZERO, GROUPS_HOLD_EXPERTS, ROUTER_OF_GROUPS
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.positions.rope import ROPE
from codegen.table import Computed, Family, Ignored, Kind, NoInverse, Rename, positive, require

if TYPE_CHECKING:
    from transformers.models.exaone_moe.configuration_exaone_moe import ExaoneMoeConfig

    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import rope_skips


def topk_fits(hf: ExaoneMoeConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


def groups_fit(hf: ExaoneMoeConfig) -> bool:
    return not hf.n_group or (hf.num_experts % hf.n_group == 0 and hf.num_experts >= 2 * hf.n_group)


def groups_hold_experts(hf: ExaoneMoeConfig) -> bool:
    return (
        not hf.n_group
        or hf.num_experts % hf.n_group != 0
        or hf.num_experts < 2 * hf.n_group
        or hf.num_experts_per_tok > hf.num_experts
        or hf.num_experts_per_tok <= hf.topk_group * (hf.num_experts // hf.n_group)
    )


def no_rope_freq(sliding: list[int]) -> list[int] | None:
    return rope_skips([int(not each) for each in sliding])


def no_rope_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(rope_skips([int(not each) for each in sliding]))


SAID_BY_LAYER_TYPES = NoInverse("layer_types, which is read back, says which layers have a window, and those have rope")

FAMILY = Family(
    config="transformers.models.exaone_moe.configuration_exaone_moe.ExaoneMoeConfig",
    covers="K-EXAONE.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        NO_BIAS,
        LAYERED_WINDOW,
        LISTED_EXPERTS,
        ROUTER_OF_GROUPS,
        NUM_SHARED_EXPERTS,
        BALANCED_BY_BIAS,
        ON_HIDDEN_STATE,
    ),
    targets=(GPT, HYBRID),
    replaces=("sliding_window",),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        *positive("sliding_window", "num_experts"),
        require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        require(
            "n_group",
            groups_fit,
            "must divide num_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        require("topk_group", groups_hold_experts, GROUPS_HOLD_EXPERTS),
        Ignored(
            "sliding_window_pattern",
            Kind.INFERENCE,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
        Ignored(
            "first_k_dense_replace",
            Kind.DEAD,
            "only fills in mlp_layer_types where a config is built without them; mlp_layer_types decides",
        ),
    ),
    gpt=(
        Computed(
            "no_rope_freq", no_rope_freq, "1 for a layer without positions: each without a window.", SAID_BY_LAYER_TYPES
        ),
    ),
    hybrid=(
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "1 for a layer without positions; every layer has two symbols.",
            SAID_BY_LAYER_TYPES,
        ),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, GROUPS_AT_ZERO),
)
