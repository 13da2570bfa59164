"""dots.llm1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import LAYERED_WINDOW, NO_ATTENTION_BIAS, QK_NORM, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, NO_MODEL, ROPE
from codegen.families.experts import BALANCED_BY_BIAS, FIRST_DENSE, ON_HIDDEN_STATE, ROUTER_OF_GROUPS
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.shared_experts import GIVEN_SHARED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Family, Ignored, Kind, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from transformers.models.dots1.configuration_dots1 import Dots1Config


def topk_fits(hf: Dots1Config) -> bool:
    return not hf.num_experts_per_tok or not hf.n_routed_experts or hf.num_experts_per_tok <= hf.n_routed_experts


def groups_fit(hf: Dots1Config) -> bool:
    return (
        not hf.n_group
        or not hf.n_routed_experts
        or (hf.n_routed_experts % hf.n_group == 0 and hf.n_routed_experts >= 2 * hf.n_group)
    )


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, QK_NORM, NO_ATTENTION_BIAS, LAYERED_WINDOW),
        *(FIRST_DENSE, ROUTER_OF_GROUPS, GIVEN_SHARED_EXPERTS, BALANCED_BY_BIAS, KERNELS_OF_EXPERTS),
    ),
    rows=(
        Rename("n_routed_experts", "num_moe_experts", required=NO_MODEL),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        ON_HIDDEN_STATE,
        *positive("n_routed_experts"),
        Require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
        Require(
            "n_group",
            groups_fit,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        Ignored(
            "max_window_layers", Kind.DEAD, "says which layer_types a config gets that is built without; those decide"
        ),
    ),
)

DOTS1 = Family(
    name="dots1",
    config_class="transformers.models.dots1.configuration_dots1.Dots1Config",
    target=GPT,
    table=TABLE,
    covers="dots.llm1.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE, WINDOWS),
)
