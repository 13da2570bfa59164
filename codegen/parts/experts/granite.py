"""Granite's experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import MULTIPLIERS
from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import NORMALISED, SOFTMAX_SCORES, experts_alone
from codegen.table import Computed, Constant, Inverse, NoInverse, Part, Rename, not_negative, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing


class GraniteExpertsConfig(Protocol):
    """A Granite config with experts."""

    num_local_experts: int | None
    num_experts_per_tok: int | None
    router_aux_loss_coef: float | None


def experts_suffice(hf: GraniteExpertsConfig) -> bool:
    return not hf.num_experts_per_tok or not hf.num_local_experts or hf.num_experts_per_tok <= hf.num_local_experts


def balancing(hf: GraniteExpertsConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef or 0.0)


BALANCED: Final = Part(
    rows=(
        Computed(
            BALANCING,
            balancing,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *not_negative("router_aux_loss_coef"),
    ),
)
"""An auxiliary loss whose coefficient may be None."""

GRANITE_EXPERTS: Final = Part(
    includes=(
        *(DECODER, GROUPED_QUERY, UNDECLARED_HEAD_DIM, ATTENTION_BIAS, MULTIPLIERS),
        *(ALL_EXPERTS, SOFTMAX_SCORES, NORMALISED, BALANCED, ON_HIDDEN_STATE),
    ),
    replaces=("ffn_hidden_size",),
    rows=(
        Rename("num_local_experts", "num_moe_experts", required=True),
        Rename("num_experts_per_tok", "moe_router_topk", required=True),
        *experts_alone("intermediate_size"),
        *positive("num_local_experts", "num_experts_per_tok"),
        require("num_experts_per_tok", experts_suffice, "must be at most num_local_experts"),
    ),
)
"""Granite's experts."""


class SharedMLPConfig(Protocol):
    """A config with a width for an MLP that all tokens share."""

    shared_intermediate_size: int


def shared_expert_size(hf: SharedMLPConfig) -> int | None:
    return hf.shared_intermediate_size or None


def shared_intermediate_size_of(transformer: TransformerConfig) -> int:
    return transformer.moe_shared_expert_intermediate_size or 0


GRANITE_SHARED_MLP: Final = Part(
    includes=(GRANITE_EXPERTS,),
    rows=(
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_expert_size,
            "None where there is no shared MLP.",
            inverse=(Inverse("shared_intermediate_size", shared_intermediate_size_of),),
        ),
        Constant("moe_shared_expert_gate", False, "The shared MLP is added as it is."),
        *not_negative("shared_intermediate_size"),
    ),
)
"""Granite's experts, and an MLP that all tokens share."""
