"""GPT-J's decoder, and that of its heir."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.megatron.targets import YARN
from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.decoder.gpt2 import GPT2_MULTI_HEAD, GPT2_NAMES
from codegen.parts.decoder.sizes import SEQUENCE_IS_THE_CALLERS
from codegen.parts.stack.sequential import ONE_NORM
from codegen.table import Computed, Constant, Inverse, Part, Rename, Weight, hard_wired, positive, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig

    from mcore_mappers_runtime.widths import channels_of_share, share_of_channels


class RotaryConfig(Protocol):
    """A config that says how many channels of a head are rotated."""

    n_embd: int
    n_head: int
    rotary_dim: int


def rotary_percent(hf: RotaryConfig) -> float:
    return share_of_channels(hf.rotary_dim, hf.n_embd // hf.n_head)


def rotary_dim_back(model: GPTModelConfig) -> int:
    return channels_of_share(model.rotary_percent, model.transformer.kv_channels)


def rotates_pairs(hf: RotaryConfig) -> bool:
    return hf.rotary_dim % 2 == 0


def fits_into_head(hf: RotaryConfig) -> bool:
    # Heads that do not divide the width are refused as such.
    return hf.n_head < 1 or hf.n_embd % hf.n_head != 0 or hf.rotary_dim <= hf.n_embd // hf.n_head


GPTJ_DECODER: Final = Part(
    includes=(GPT2_NAMES, GPT2_MULTI_HEAD, ALL_BIASES, ONE_NORM),
    rows=(
        Rename("n_positions", "seq_length", inverse=SEQUENCE_IS_THE_CALLERS),
        Constant("position_embedding_type", "rope", "Hugging Face has no flag: the class rotates queries and keys."),
        Constant("rotary_base", 10000, "Hugging Face has no field for it."),
        *(Constant(name, None, "Read with YaRN's positions alone.") for name in YARN),
        Computed(
            "rotary_percent",
            rotary_percent,
            "The part of a head that is rotated.",
            inverse=(Inverse("rotary_dim", rotary_dim_back),),
        ),
        Constant("rotary_interleaved", True, "Hugging Face has no flag: the class rotates pairs of neighbours."),
        *positive("rotary_dim"),
        require("rotary_dim", rotates_pairs, "must be even: transformers cannot rotate half a pair of channels"),
        require("rotary_dim", fits_into_head, "must be at most n_embd // n_head: a head has no more channels"),
        Constant("qkv_bias", False, "Queries, keys and values have no bias."),
        Constant("add_proj_bias", False, "The output projection of attention has no bias."),
        Constant("output_layer_bias", True, "Hugging Face has no flag: the output layer of the class has a bias."),
        hard_wired("rotary", True, "the class rotates queries and keys always"),
        hard_wired("scale_attn_weights", True, "the class scales the scores of attention always"),
    ),
    weights=(
        *(Weight(f"shared_layernorm.{kind}", f"transformer.h.{{layer}}.ln_1.{kind}") for kind in ("weight", "bias")),
        Weight("output_layer.bias", "lm_head.bias", "padded"),
    ),
)
"""Attention and MLP at once, neighbours rotated in a part of each head, and biases of MLPs and the output layer."""
