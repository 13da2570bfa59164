"""How experts are kept equally busy in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, NoInverse, Part, not_negative

if TYPE_CHECKING:
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing


class AuxiliaryLossConfig(Protocol):
    """A config with the coefficient of a loss that keeps experts equally busy."""

    router_aux_loss_coef: float


def balancing_by_loss(hf: AuxiliaryLossConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef)


BALANCING: Final = ("moe_router_load_balancing_type", "moe_aux_loss_coeff")

BALANCING_WHY: Final = "Training only; left out where the caller balances in a way that has no coefficient."

NO_BALANCING_BACK: Final = NoInverse("the Hugging Face config has no field for DeepSeek's balancing")

BALANCED_BY_LOSS: Final = Part(
    rows=(
        Computed(
            BALANCING,
            balancing_by_loss,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *not_negative("router_aux_loss_coef"),
    ),
)
"""The auxiliary loss of which Hugging Face has the coefficient."""


def balancing_by_bias(caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4)


BALANCED_BY_BIAS: Final = Part(rows=(Computed(BALANCING, balancing_by_bias, BALANCING_WHY, NO_BALANCING_BACK),))
"""DeepSeek's balancing: by the bias of each expert, and a small loss in each sequence."""
