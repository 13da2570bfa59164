"""Qwen1.5 and Qwen2 with experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import LAYERED_WINDOW, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ROPE
from codegen.families.experts import (
    BALANCED_BY_LOSS,
    NORMALISED_IF_SAID,
    SOFTMAX_SCORES,
    STEPPED_EXPERTS,
)
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.routers import GATED_SHARED_EXPERT, NUMBERED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Constant, Family, Ignored, Inverse, Kind, Rename, Require, Rows

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.qwen2_moe.configuration_qwen2_moe import Qwen2MoeConfig


def window_is_given(hf: Qwen2MoeConfig) -> bool:
    return hf.sliding_window is not None


def window_is_usable(hf: Qwen2MoeConfig, sliding: list[int]) -> bool:
    return hf.sliding_window is None or hf.sliding_window > 0 or (hf.sliding_window == 0 and not any(sliding))


def window_is_used(hf: Qwen2MoeConfig) -> bool:
    return hf.use_sliding_window or not hf.sliding_window


def use_sliding_window_of(transformer: TransformerConfig) -> bool:
    return transformer.window_size is not None


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, LAYERED_WINDOW),
        *(STEPPED_EXPERTS, NUMBERED_EXPERTS, GATED_SHARED_EXPERT),
        *(SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
    ),
    drop=("sliding_window",),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone can have biases."),
        Rename("qkv_bias", "add_qkv_bias"),
        Require(
            "sliding_window",
            window_is_given,
            "must be given: transformers makes a mask with it, whether a layer uses it or not",
        ),
        Require("sliding_window", window_is_usable, "must be above zero, or zero if no layer is sliding_attention"),
        Require(
            "use_sliding_window",
            window_is_used,
            "must be True where sliding_window is a number of tokens: else the class sets that to 0 when it is built",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
        Ignored(
            "max_window_layers", Kind.DEAD, "says which layer_types a config gets that is built without; those decide"
        ),
    ),
)

QWEN2_MOE = Family(
    name="qwen2_moe",
    config_class="transformers.models.qwen2_moe.configuration_qwen2_moe.Qwen2MoeConfig",
    target=GPT,
    table=TABLE,
    covers="Qwen1.5-MoE and Qwen2 57B-A14B.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE, WINDOWS),
)
