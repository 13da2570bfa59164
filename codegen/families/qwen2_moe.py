"""Qwen1.5 and Qwen2 with experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import GATED_SHARED_EXPERT, NORMALISED_IF_SAID, NUMBERED_EXPERTS, SOFTMAX_SCORES
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.table import Constant, Family, Ignored, Inverse, Kind, Rename, require

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


FAMILY = Family(
    config="transformers.models.qwen2_moe.configuration_qwen2_moe.Qwen2MoeConfig",
    covers="Qwen1.5-MoE and Qwen2 57B-A14B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        LAYERED_WINDOW,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        GATED_SHARED_EXPERT,
        SOFTMAX_SCORES,
        NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    replaces=("sliding_window",),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone can have biases."),
        Rename("qkv_bias", "add_qkv_bias"),
        require(
            "sliding_window",
            window_is_given,
            "must be given: transformers makes a mask with it, whether a layer uses it or not",
        ),
        require("sliding_window", window_is_usable, "must be above zero, or zero if no layer is sliding_attention"),
        require(
            "use_sliding_window",
            window_is_used,
            "must be True where sliding_window is a number of tokens: else the class sets that to 0 when it is built",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
        Ignored(
            "max_window_layers",
            Kind.DEAD,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
    ),
)
