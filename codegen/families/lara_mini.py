"""Lara Mini: Gated DeltaNet, windows with rope, and attention without positions, in turns; experts in all layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.windows import LAYERED_WINDOW
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import (
    EXPERTS_ALONE,
    NUMBERED_EXPERTS,
    SEVERAL_NORMALISED_IF_SAID,
    SHARED_EXPERT_WIDTH,
    SOFTMAX_SCORES,
)
from codegen.parts.positions.rope import ROPE
from codegen.parts.recurrent.delta_net import DELTA_NET_DECODER
from codegen.table import Computed, Constant, Family, Ignored, Inverse, Kind, Local, NoInverse, Since, positive

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.lara_mini.configuration_lara_mini import LaraMiniConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.delta_net import (
        FULL,
        LINEAR,
        hybrid_mixer_types,
        mixer_types,
        windowed_mixer_types,
        windowed_types,
    )
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import rope_skips
    from mcore_mappers_runtime.windows import SLIDING


def kinds(hf: LaraMiniConfig, check: Check) -> Sequence[str]:
    return windowed_types(check, hf.layer_types, hf.num_hidden_layers)


def layer_types_back(model: GPTModelConfig) -> list[str]:
    return windowed_mixer_types(model, mixer_types(model))


def hybrid_layer_types_back(model: HybridModelConfig) -> list[str]:
    return windowed_mixer_types(model, hybrid_mixer_types(model))


def linear(kinds: Sequence[str]) -> list[int]:
    return [int(each == LINEAR) for each in kinds]


def sliding(kinds: Sequence[str]) -> list[int]:
    return [int(each == SLIDING) for each in kinds]


def no_rope_freq(kinds: Sequence[str]) -> list[int] | None:
    return rope_skips([int(each == FULL) for each in kinds])


def no_rope_by_symbol(kinds: Sequence[str]) -> list[int] | None:
    return by_symbol(rope_skips([int(each == FULL) for each in kinds]))


IN_LAYER_TYPES = NoInverse("layer_types is read back where it is computed")

FAMILY = Family(
    config="transformers.models.lara_mini.configuration_lara_mini.LaraMiniConfig",
    covers="Lara 4 Mini.",
    parts=(
        DELTA_NET_DECODER,
        ROPE,
        LAYERED_WINDOW,
        ALL_EXPERTS,
        NUMBERED_EXPERTS,
        SHARED_EXPERT_WIDTH,
        SOFTMAX_SCORES,
        SEVERAL_NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        EXPERTS_ALONE,
    ),
    targets=(GPT, HYBRID),
    replaces=("intermediate_size", "sliding", "sliding_window"),
    rows=(
        Local("linear", linear),
        Local("sliding", sliding),
        *positive("sliding_window"),
        Ignored(
            "intermediate_size", Kind.INFERENCE, "the one MLP of a layer, the shared expert, is given its own width"
        ),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
    ),
    gpt=(
        Local("kinds", kinds, inverse=(Inverse("layer_types", layer_types_back),)),
        Computed("no_rope_freq", no_rope_freq, "Attention without a window has no positions.", inverse=IN_LAYER_TYPES),
    ),
    hybrid=(
        Local("kinds", kinds, inverse=(Inverse("layer_types", hybrid_layer_types_back),)),
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "Attention without a window has no positions; every layer has two symbols.",
            inverse=IN_LAYER_TYPES,
        ),
    ),
    since=Since("5.24.0", "There was no such class."),
)
