"""Training-time choices of mixtures of experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

_AUXILIARY = ("aux_loss", "seq_aux_loss", "global_aux_loss")


class LoadBalancingFields(TypedDict, total=False):
    """How training keeps experts equally busy."""

    moe_router_load_balancing_type: str | list[str]
    moe_aux_loss_coeff: float | list[float]


def load_balancing(
    caller: LoadBalancingFields, *, kind: Literal["aux_loss", "seq_aux_loss"], coefficient: float
) -> LoadBalancingFields:
    """The auxiliary loss to suggest; none where the caller chooses a way of balancing that has no such coefficient."""
    chosen = caller.get("moe_router_load_balancing_type", kind)
    if chosen not in _AUXILIARY:
        return {}
    return {"moe_router_load_balancing_type": kind, "moe_aux_loss_coeff": coefficient}


def count_shared_experts(transformer: TransformerConfig) -> int:
    """How many shared experts there are, each as wide as another expert; zero where there are none."""
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width else 0
