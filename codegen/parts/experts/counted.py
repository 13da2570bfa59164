"""How many experts there are, how wide they are, and which all tokens share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Inverse, Local, Part, Rename, must_be, not_negative, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.experts import count_shared_experts

NO_SHARED_EXPERTS: Final = Part(
    rows=(
        Constant("moe_shared_expert_intermediate_size", None, "There are no shared experts."),
        Constant("moe_shared_expert_gate", False, "There are no shared experts."),
    ),
)
"""No expert is shared by all tokens."""

ON_HIDDEN_STATE: Final = Part(rows=(Constant("moe_latent_size", None, "Experts work on the hidden state itself."),))
"""Experts that work on the hidden state itself."""

ROUTED_EXPERTS: Final = Part(
    rows=(
        Rename("n_routed_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
    ),
    includes=(ON_HIDDEN_STATE,),
)
"""Experts in DeepSeek's words."""

UNBIASED_EXPERTS: Final = Part(
    rows=(
        must_be(
            "mlp_bias",
            (False,),
            "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
        ),
    )
)
"""MLPs without biases, in classes whose `mlp_bias` leaves experts without."""


class SharedExpertsConfig(Protocol):
    """A config that counts shared experts, each as wide as another expert."""

    moe_intermediate_size: int
    n_shared_experts: int


def shared_experts(hf: SharedExpertsConfig) -> int | None:
    return hf.moe_intermediate_size * hf.n_shared_experts or None


def n_shared_experts_of(transformer: TransformerConfig) -> int:
    return count_shared_experts(transformer)


COUNTED_SHARED_EXPERTS: Final = Part(
    rows=(
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("n_shared_experts", n_shared_experts_of),),
        ),
        *positive("moe_intermediate_size"),
        *not_negative("n_shared_experts"),
    ),
)
"""As many shared experts as `n_shared_experts` says, each as wide as another."""


class MaybeSharedConfig(Protocol):
    """A config that may leave the number of shared experts out."""

    moe_intermediate_size: int
    n_shared_experts: int | None


def n_shared_experts(hf: MaybeSharedConfig, check: Check) -> int:
    return check.given("n_shared_experts", hf.n_shared_experts, "transformers multiplies by it")


def given_shared_experts(hf: MaybeSharedConfig, n_shared_experts: int) -> int | None:
    return hf.moe_intermediate_size * n_shared_experts or None


GIVEN_SHARED_EXPERTS: Final = Part(
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
"""As many shared experts as `n_shared_experts` says, which may be None by its type."""


class NumberedSharedConfig(Protocol):
    """A config with another name for the number of shared experts."""

    moe_intermediate_size: int
    num_shared_experts: int


def num_shared_experts(hf: NumberedSharedConfig) -> int | None:
    return hf.moe_intermediate_size * hf.num_shared_experts or None


NUM_SHARED_EXPERTS: Final = Part(
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
"""As many shared experts as `num_shared_experts` says."""
