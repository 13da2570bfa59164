"""Granite with experts and an MLP that all tokens share, as far as its residual multiplier is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codegen.families.granitemoe import GRANITE_EXPERTS
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Computed, Constant, Family, Inverse, Rows, not_negative

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


class SharedMLPConfig(Protocol):
    """A config with a width for an MLP that all tokens share."""

    shared_intermediate_size: int


def shared_expert_size(hf: SharedMLPConfig) -> int | None:
    return hf.shared_intermediate_size or None


def shared_intermediate_size_of(transformer: TransformerConfig) -> int:
    return transformer.moe_shared_expert_intermediate_size or 0


TABLE = Rows(
    module=__name__,
    extends=(GRANITE_EXPERTS,),
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

GRANITEMOESHARED = Family(
    name="granitemoeshared",
    config_class="transformers.models.granitemoeshared.configuration_granitemoeshared.GraniteMoeSharedConfig",
    target=GPT,
    table=TABLE,
    covers="Granite with experts and a shared MLP where the residual multiplier is one.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
