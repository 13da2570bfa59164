"""GLM-4-9B and what came before it in the same class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import (
    DECODER,
    DENSE_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    NO_MODEL,
    ONE_KIND_OF_LAYER,
)
from codegen.families.partial_rope import INTERLEAVED_PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Bundle, Constant, Family, Rename, Rows, positive

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from mcore_mappers._kernels import CallerKernelFields, KernelFields, kernels


# Megatron rejects fused rope of neighbours with older versions of TransformerEngine, so it is not suggested.
def kernels_without_rope(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]
) -> KernelFields:
    return kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=False, rope=False)


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, INTERLEAVED_PARTIAL_ROPE),
    rows=(
        ONE_KIND_OF_LAYER,
        Rename("head_dim", "kv_channels", required=NO_MODEL),
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        *positive("head_dim"),
        Bundle(DENSE_KERNELS, kernels_without_rope, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

# No hybrid: HybridModel lays the angles out in halves, whatever rotary_interleaved says.
GLM = Family(
    name="glm",
    config_class="transformers.models.glm.configuration_glm.GlmConfig",
    target=GPT,
    table=TABLE,
    covers="GLM-4-9B and what came before it in the same class.",
)
