"""What Liquid's models have in common: norms, MLPs with a fixed activation, and convolutions that no layer may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.activations import ACTIVATIONS as TABLE_OF_ACTIVATIONS
from codegen.families.activations import SILU
from codegen.families.decoder import DENSE_KERNELS, EXPERT_KERNELS, KERNELS_WHY, NO_KERNELS_BACK
from codegen.table import Bundle, Constant, Ignored, Kind, Rename, Rows, positive

if TYPE_CHECKING:
    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


def silu_kernels(caller: CallerKernelFields, rope: GPTRope) -> KernelFields:
    return kernels(
        caller,
        activation_func=ACTIVATIONS["silu"],
        gated=True,
        bias=False,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


def silu_expert_kernels(caller: CallerKernelFields, rope: GPTRope) -> KernelFields:
    return kernels(
        caller,
        activation_func=ACTIVATIONS["silu"],
        gated=True,
        bias=False,
        experts=True,
        rope=rope.position_embedding_type == "rope",
    )


LFM: Final = Rows(
    module=__name__,
    tables=(TABLE_OF_ACTIVATIONS,),
    rows=(
        Rename("norm_eps", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        *positive("norm_eps"),
        Constant("gated_linear_unit", True, "w1 and w3: Hugging Face has no flag."),
        Constant("activation_func", SILU, "Hugging Face has no flag: the class has no other."),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to convolutions, which no layer has")
            for name in ("conv_bias", "conv_L_cache")
        ),
    ),
)

SILU_KERNELS: Final = Rows(module=__name__, rows=(Bundle(DENSE_KERNELS, silu_kernels, KERNELS_WHY, NO_KERNELS_BACK),))
SILU_EXPERT_KERNELS: Final = Rows(
    module=__name__,
    rows=(Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), silu_expert_kernels, KERNELS_WHY, NO_KERNELS_BACK),),
)
