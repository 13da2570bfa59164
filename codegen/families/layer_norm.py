"""LayerNorm, and the MLP without a gate that comes with it in most families: what GPT-2 began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.activations import ACTIVATIONS
from codegen.families.decoder import DENSE_KERNELS, KERNELS_WHY, NO_KERNELS_BACK
from codegen.table import Bundle, Choice, Constant, Rename, Row, Rows, positive

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


def layer_norm(epsilon: str) -> tuple[Row, ...]:
    """The rows of LayerNorm with weight and bias, whose epsilon is in the field `epsilon`."""
    return (Rename(epsilon, "layernorm_epsilon"), LAYER_NORM, *positive(epsilon))


LAYER_NORM: Final = Constant("normalization", "LayerNorm", "Hugging Face has no flag: the class is LayerNorm.")


def plain_mlp(activation: str) -> tuple[Row, ...]:
    """The rows of an MLP of two linear layers, whose activation is in the field `activation`."""
    return (
        Constant("gated_linear_unit", False, "Two linear layers and no gate: Hugging Face has no flag."),
        Choice(activation, "activation_func", ACTIVATIONS),
    )


ALL_BIASES: Final = Constant("add_bias_linear", True, "Every linear layer but the output layer has a bias.")


def biased_kernels(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor], rope: GPTRope
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=False,
        bias=True,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


def biased_kernels_without_rope(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]
) -> KernelFields:
    return kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False)


BIASED_KERNELS: Final = Rows(
    module=__name__, rows=(Bundle(DENSE_KERNELS, biased_kernels, KERNELS_WHY, NO_KERNELS_BACK),)
)
"""For MLPs without a gate and with biases, and those that may have none."""

BIASED_KERNELS_WITHOUT_ROPE: Final = Rows(
    module=__name__, rows=(Bundle(DENSE_KERNELS, biased_kernels_without_rope, KERNELS_WHY, NO_KERNELS_BACK),)
)
"""The same, in models without rotary positions."""
