"""Rows about shared experts that families count in other ways than DeepSeek-V3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.experts import n_shared_experts_of
from codegen.table import Computed, Inverse, Local, Rows, not_negative, positive

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


class MaybeSharedConfig(Protocol):
    """A config that may leave the number of shared experts out."""

    moe_intermediate_size: int
    n_shared_experts: int | None


def n_shared_experts(hf: MaybeSharedConfig, check: Check) -> int:
    return check.given("n_shared_experts", hf.n_shared_experts, "transformers multiplies by it")


def given_shared_experts(hf: MaybeSharedConfig, n_shared_experts: int) -> int | None:
    return hf.moe_intermediate_size * n_shared_experts or None


GIVEN_SHARED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Local("n_shared_experts", n_shared_experts),
        Computed(
            "moe_shared_expert_intermediate_size",
            given_shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("n_shared_experts", n_shared_experts_of),),
        ),
        *positive("moe_intermediate_size"),
        *not_negative("n_shared_experts"),
    ),
)
"""`n_shared_experts`, which must not be None."""


class NumberedSharedConfig(Protocol):
    """A config with another name for the number of shared experts."""

    moe_intermediate_size: int
    num_shared_experts: int


def num_shared_experts(hf: NumberedSharedConfig) -> int | None:
    return hf.moe_intermediate_size * hf.num_shared_experts or None


NUM_SHARED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Computed(
            "moe_shared_expert_intermediate_size",
            num_shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("num_shared_experts", n_shared_experts_of),),
        ),
        *positive("moe_intermediate_size"),
        *not_negative("num_shared_experts"),
    ),
)
"""`num_shared_experts`."""
