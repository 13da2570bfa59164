"""Granite with experts, as far as its residual multiplier is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codegen.families.attention import NO_ATTENTION_BIAS, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.experts import (
    ALL_EXPERTS,
    BALANCING,
    BALANCING_WHY,
    NO_SHARED_EXPERTS,
    ON_HIDDEN_STATE,
    SOFTMAX_SCORES,
)
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.multipliers import MULTIPLIERS
from codegen.families.targets import GPT
from codegen.table import Bundle, Computed, Constant, Family, NoInverse, Rename, Require, Rows, not_negative, positive

if TYPE_CHECKING:
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing


class GraniteExpertsConfig(Protocol):
    """A Granite config with experts."""

    intermediate_size: int
    num_local_experts: int | None
    num_experts_per_tok: int | None
    router_aux_loss_coef: float | None


def expert_size(hf: GraniteExpertsConfig) -> int:
    return hf.intermediate_size


def several_of_the_experts(hf: GraniteExpertsConfig) -> bool:
    return not hf.num_experts_per_tok or not hf.num_local_experts or 2 <= hf.num_experts_per_tok <= hf.num_local_experts


def balancing(hf: GraniteExpertsConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef or 0.0)


BALANCED = Rows(
    module=__name__,
    rows=(
        Bundle(
            BALANCING,
            balancing,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *not_negative("router_aux_loss_coef"),
    ),
)
"""The auxiliary loss, whose coefficient may be None."""

GRANITE_EXPERTS = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, NO_ATTENTION_BIAS, MULTIPLIERS),
        *(ALL_EXPERTS, SOFTMAX_SCORES, BALANCED, KERNELS_OF_EXPERTS),
    ),
    rows=(
        Rename("num_local_experts", "num_moe_experts", required="transformers cannot build experts without a number"),
        Rename("num_experts_per_tok", "moe_router_topk", required="transformers cannot route without it"),
        Computed(
            "moe_ffn_hidden_size",
            expert_size,
            "Every MLP is an expert.",
            inverse=NoInverse("intermediate_size is read back from ffn_hidden_size"),
        ),
        Constant("moe_router_pre_softmax", False, "The softmax is over the chosen experts."),
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        *positive("num_local_experts", "num_experts_per_tok"),
        Require(
            "num_experts_per_tok",
            several_of_the_experts,
            "must be two at least, and at most num_local_experts: Megatron rejects a softmax over the chosen experts "
            "if there is one",
        ),
    ),
)
"""What Granite with experts has, but for shared ones."""

TABLE = Rows(module=__name__, extends=(GRANITE_EXPERTS, NO_SHARED_EXPERTS), rows=())

GRANITEMOE = Family(
    name="granitemoe",
    config_class="transformers.models.granitemoe.configuration_granitemoe.GraniteMoeConfig",
    target=GPT,
    table=TABLE,
    covers="Granite with experts where the residual multiplier is one.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
