"""K-EXAONE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import LAYERED_WINDOW, NO_BIAS, QK_NORM, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ROPE
from codegen.families.experts import BALANCED_BY_BIAS, ON_HIDDEN_STATE, ROUTER_OF_GROUPS
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.shared_experts import NUM_SHARED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Computed, Family, Ignored, Kind, NoInverse, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from transformers.models.exaone_moe.configuration_exaone_moe import ExaoneMoeConfig

    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import rope_skips


def topk_fits(hf: ExaoneMoeConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


def groups_fit(hf: ExaoneMoeConfig) -> bool:
    return not hf.n_group or (hf.num_experts % hf.n_group == 0 and hf.num_experts >= 2 * hf.n_group)


def no_rope_freq(sliding: list[int]) -> list[int] | None:
    return rope_skips([int(not each) for each in sliding])


def no_rope_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(rope_skips([int(not each) for each in sliding]))


SAID_BY_LAYER_TYPES = NoInverse("layer_types, which is read back, says which layers have a window, and those have rope")

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, QK_NORM, NO_BIAS, LAYERED_WINDOW),
        *(LISTED_EXPERTS, ROUTER_OF_GROUPS, NUM_SHARED_EXPERTS, BALANCED_BY_BIAS, KERNELS_OF_EXPERTS),
    ),
    drop=("sliding_window",),
    rows=(
        Computed(
            "no_rope_freq", no_rope_freq, "1 for a layer without positions: each without a window.", SAID_BY_LAYER_TYPES
        ),
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        ON_HIDDEN_STATE,
        *positive("sliding_window", "num_experts"),
        Require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        Require(
            "n_group",
            groups_fit,
            "must divide num_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        Ignored(
            "sliding_window_pattern",
            Kind.INFERENCE,
            "says which layer_types a config gets that is built without; those decide",
        ),
        Ignored(
            "first_k_dense_replace",
            Kind.DEAD,
            "says which mlp_layer_types a config gets that is built without; those decide",
        ),
    ),
)

EXAONE_MOE = Family(
    name="exaone_moe",
    config_class="transformers.models.exaone_moe.configuration_exaone_moe.ExaoneMoeConfig",
    target=GPT,
    table=TABLE,
    covers="K-EXAONE.",
    hybrid=as_hybrid(
        TABLE,
        *EXPERTS,
        HYBRID_ROPE,
        WINDOWS,
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "1 for a layer without positions; every layer has two symbols.",
            SAID_BY_LAYER_TYPES,
        ),
    ),
)
