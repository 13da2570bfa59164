"""Gated DeltaNet in place of attention in some layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol

from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Part, Rename, positive, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.delta_net import hybrid_mixer_types, linear_layers, mixer_symbols, mixer_types


class MixedConfig(Protocol):
    """A config with Gated DeltaNet in some layers."""

    num_hidden_layers: int
    layer_types: list[str] | None
    hidden_act: str
    linear_num_key_heads: int
    linear_num_value_heads: int


def linear(hf: MixedConfig, check: Check) -> list[int]:
    return linear_layers(check, hf.layer_types, hf.num_hidden_layers)


def layer_types_back(model: GPTModelConfig) -> list[str]:
    return mixer_types(model)


def hybrid_layer_types_back(model: HybridModelConfig) -> list[str]:
    return hybrid_mixer_types(model)


def variant(linear: list[int]) -> Literal["gated_delta_net"] | None:
    return "gated_delta_net" if any(linear) else None


def frequency(linear: list[int]) -> list[int] | None:
    return linear if any(linear) else None


def no_delta_net_or_heads_fit(hf: MixedConfig, linear: list[int]) -> bool:
    return not any(linear) or hf.linear_num_key_heads < 1 or hf.linear_num_value_heads % hf.linear_num_key_heads == 0


def no_delta_net_or_silu(hf: MixedConfig, linear: list[int]) -> bool:
    # A name that is unknown is refused for that.
    return not any(linear) or hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS


def mixers_of_layers(linear: list[int]) -> str:
    return mixer_symbols(linear)


IN_LAYER_TYPES: Final = NoInverse("layer_types is read back where it is computed")

DELTA_NET_SIZES: Final = Part(
    rows=(
        *(
            Rename(name, name)
            for name in (
                "linear_conv_kernel_dim",
                "linear_key_head_dim",
                "linear_value_head_dim",
                "linear_num_key_heads",
                "linear_num_value_heads",
            )
        ),
        *positive("linear_conv_kernel_dim", "linear_key_head_dim", "linear_value_head_dim"),
        *positive("linear_num_key_heads", "linear_num_value_heads"),
        require(
            "linear_num_value_heads",
            no_delta_net_or_heads_fit,
            "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
        ),
        require(
            "hidden_act",
            no_delta_net_or_silu,
            "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
        ),
    ),
)
"""Gated DeltaNet's sizes, and its activation."""

DELTA_NET_DECODER: Final = Part(
    includes=(DECODER, GROUPED_QUERY, QK_NORM, NO_ATTENTION_BIAS, DELTA_NET_SIZES, GIVEN_HEAD_DIM),
    replaces=("mixers",),
    gpt=(
        Computed(
            "experimental_attention_variant", variant, "None where every layer has attention.", inverse=IN_LAYER_TYPES
        ),
        Computed("linear_attention_freq", frequency, "1 for a layer with Gated DeltaNet.", inverse=IN_LAYER_TYPES),
    ),
    hybrid=(Local("mixers", mixers_of_layers),),
)
"""A decoder with Gated DeltaNet in the layers of which a local `linear` says so, and attention in the others."""

DELTA_NET: Final = Part(
    includes=(DELTA_NET_DECODER, PARTIAL_ROPE),
    rows=(
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by 1 + weight: Hugging Face has no flag."),
        Constant("attention_output_gate", True, "q_proj holds a gate too: Hugging Face has no flag."),
    ),
    gpt=(Local("linear", linear, inverse=(Inverse("layer_types", layer_types_back),)),),
    hybrid=(Local("linear", linear, inverse=(Inverse("layer_types", hybrid_layer_types_back),)),),
)
"""Qwen's decoder with gated attention in some layers and Gated DeltaNet in the others."""
