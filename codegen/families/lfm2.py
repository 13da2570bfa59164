"""LFM2, as far as every layer has attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.files.lineages import LIQUID
from codegen.parts.mlp.gates import LFM
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import full_attention
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Computed,
    Family,
    Ignored,
    Inverse,
    Kind,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.lfm2.configuration_lfm2 import Lfm2Config

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.widths import two_thirds


def ffn_hidden_size(hf: Lfm2Config) -> int:
    return (
        two_thirds(hf.intermediate_size, times=hf.block_ffn_dim_multiplier, multiple_of=hf.block_multiple_of)
        if hf.block_auto_adjust_ff_dim
        else hf.intermediate_size
    )


def has_an_mlp(hf: Lfm2Config) -> bool:
    return (
        not hf.block_auto_adjust_ff_dim
        # What is no number above zero is refused as such.
        or min(hf.intermediate_size, hf.block_ffn_dim_multiplier, hf.block_multiple_of) <= 0
        or two_thirds(hf.intermediate_size, times=hf.block_ffn_dim_multiplier, multiple_of=hf.block_multiple_of) > 0
    )


def intermediate_size_of(transformer: TransformerConfig) -> int:
    return transformer.ffn_hidden_size or 0


def block_auto_adjust_ff_dim_of() -> bool:
    return False


def block_ffn_dim_multiplier_of() -> NotCarried:
    return NOT_CARRIED


def block_multiple_of_of() -> NotCarried:
    return NOT_CARRIED


FAMILY = Family(
    config="transformers.models.lfm2.configuration_lfm2.Lfm2Config",
    covers="LFM2 with attention in every layer; the published ones have convolutions in most.",
    parts=(
        SIZES,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        NO_BIAS,
        LFM,
        DENSE,
        LIQUID,
    ),
    targets=(GPT, HYBRID),
    replaces=("intermediate_size", "attention_dropout"),
    rows=(
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "Two thirds of what the config says, rounded up, unless it says not to adjust it.",
            inverse=(
                Inverse("intermediate_size", intermediate_size_of),
                Inverse("block_auto_adjust_ff_dim", block_auto_adjust_ff_dim_of),
                Inverse("block_ffn_dim_multiplier", block_ffn_dim_multiplier_of),
                Inverse("block_multiple_of", block_multiple_of_of),
            ),
        ),
        *positive("intermediate_size", "block_ffn_dim_multiplier", "block_multiple_of"),
        require("intermediate_size", has_an_mlp, "leaves an MLP of no width after block_ffn_dim_multiplier"),
        NO_DROPOUT_IN_ATTENTION,
        full_attention("Megatron has no gated short convolutions"),
        Ignored(
            "full_attn_idxs",
            Kind.INFERENCE,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
        *(
            restates(key, field, "both are one thing, in the words of Liquid's code and in those of the class")
            for key, field in (
                ("block_dim", "hidden_size"),
                ("block_norm_eps", "norm_eps"),
                ("num_heads", "num_attention_heads"),
            )
        ),
    ),
)
