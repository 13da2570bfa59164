"""gpt-oss 20b and 120b: sinks, windows in every other layer, experts with biases and a clamped gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.activations import ACTIVATIONS as TABLE_OF_ACTIVATIONS
from codegen.families.activations import QUICK_GELU
from codegen.families.attention import LAYERED_WINDOW
from codegen.families.decoder import (
    DENSE_KERNELS,
    EXPERT_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    RMS_NORM,
    ROPE,
    SIZES,
)
from codegen.families.experts import ALL_EXPERTS, BALANCED_BY_LOSS, NO_SHARED_EXPERTS, SOFTMAX_SCORES
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.routers import LOCAL_EXPERTS, NORMALISED
from codegen.families.targets import GPT
from codegen.table import Bundle, Constant, Family, Ignored, Kind, MustBe, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from transformers.models.gpt_oss.configuration_gpt_oss import GptOssConfig

    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


def window_is_given(hf: GptOssConfig) -> bool:
    return hf.sliding_window is not None


def biased_expert_kernels(caller: CallerKernelFields, rope: GPTRope) -> KernelFields:
    return kernels(
        caller,
        activation_func=ACTIVATIONS["quick_gelu"],
        gated=True,
        bias=True,
        experts=True,
        rope=rope.position_embedding_type == "rope",
    )


CLAMPED_GATE: Final = Rows(
    module=__name__,
    rows=(
        Constant("gated_linear_unit", True, "gate_up_proj holds both: Hugging Face has no flag."),
        Constant("activation_func", QUICK_GELU, "x * sigmoid(1.702 * x), in which the class has swiglu_alpha."),
        Constant("glu_linear_offset", 1.0, "The gate multiplies 1 + up: Hugging Face has no flag."),
        Rename("swiglu_limit", "activation_func_clamp_value"),
        MustBe("swiglu_alpha", (1.702,), "Megatron's quick_gelu hard-wires it"),
        *positive("swiglu_limit"),
    ),
)
"""The gate of MLPs and experts, which clamps both of its inputs."""

TABLE = Rows(
    module=__name__,
    extends=(
        *(SIZES, RMS_NORM, GROUPED_QUERY, ROPE, LAYERED_WINDOW),
        *(ALL_EXPERTS, LOCAL_EXPERTS, NO_SHARED_EXPERTS, SOFTMAX_SCORES, NORMALISED, BALANCED_BY_LOSS),
        *(GIVEN_HEAD_DIM, CLAMPED_GATE),
    ),
    drop=("sliding_window",),
    tables=(TABLE_OF_ACTIVATIONS,),
    rows=(
        Constant("softmax_type", "learnable", "sinks, one for each head: Hugging Face has no flag."),
        Constant("add_bias_linear", True, "All projections, experts and routers of the class have biases."),
        MustBe(
            "attention_bias",
            (True,),
            "experts and routers have biases always, and Megatron has those only together with biases of attention",
        ),
        Require(
            "sliding_window",
            window_is_given,
            "must be given: transformers makes a mask with it, whether a layer uses it or not",
        ),
        Ignored("hidden_act", Kind.DEAD, "the experts of the class compute a clamped gate of their own"),
        *positive("sliding_window"),
        Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), biased_expert_kernels, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

GPT_OSS = Family(
    name="gpt_oss",
    config_class="transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig",
    target=GPT,
    table=TABLE,
    covers="gpt-oss 20b and 120b.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE, WINDOWS),
)
