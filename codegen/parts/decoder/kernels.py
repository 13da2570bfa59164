"""Kernels, which follow from what other rows state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.table import Computed, NoInverse, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels


def kernel_fields(
    check: Check,
    caller: CallerKernelFields,
    activation_func: Callable[[torch.Tensor], torch.Tensor],
    gated_linear_unit: bool,
    add_bias_linear: bool,
    num_moe_experts: int | None,
    position_embedding_type: str,
    multi_latent_attention: bool,
    rotary_interleaved: bool,
) -> KernelFields:
    return kernels(
        check,
        caller,
        activation_func=activation_func,
        gated_linear_unit=gated_linear_unit,
        add_bias_linear=add_bias_linear,
        num_moe_experts=num_moe_experts,
        position_embedding_type=position_embedding_type,
        multi_latent_attention=multi_latent_attention,
        rotary_interleaved=rotary_interleaved,
    )


KERNEL_FIELDS: Final = (
    "gradient_accumulation_fusion",
    "cross_entropy_loss_fusion",
    "deallocate_pipeline_outputs",
    "attention_softmax_in_fp32",
    "masked_softmax_fusion",
    "persist_layer_norm",
    "bias_activation_fusion",
    "bias_dropout_fusion",
    "apply_rope_fusion",
    "use_fused_weighted_squared_relu",
    "moe_token_dispatcher_type",
    "moe_grouped_gemm",
    "moe_permute_fusion",
)

KERNELS: Final = Part(
    rows=(
        Computed(
            KERNEL_FIELDS,
            kernel_fields,
            "Kernels that the installed stack has, for the same function.",
            NoInverse("Hugging Face configs do not choose kernels"),
        ),
    )
)
"""Faster kernels for the same function."""
