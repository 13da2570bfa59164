"""LFM2, as far as every layer has attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.activations import ACTIVATIONS as TABLE_OF_ACTIVATIONS
from codegen.families.activations import SILU
from codegen.families.attention import NO_BIAS, QK_NORM, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DENSE_KERNELS, GROUPED_QUERY, KERNELS_WHY, NO_KERNELS_BACK, ROPE, SIZES
from codegen.families.full_attention import full_attention
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import (
    Bundle,
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Rename,
    Rows,
    positive,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.lfm2.configuration_lfm2 import Lfm2Config

    from mcore_mappers._carried import NOT_CARRIED, NotCarried
    from mcore_mappers._kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers._rope import GPTRope
    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers._widths import two_thirds


def ffn_hidden_size(hf: Lfm2Config) -> int:
    return (
        two_thirds(hf.intermediate_size, times=hf.block_ffn_dim_multiplier, multiple_of=hf.block_multiple_of)
        if hf.block_auto_adjust_ff_dim
        else hf.intermediate_size
    )


def intermediate_size_of(transformer: TransformerConfig) -> int:
    return transformer.ffn_hidden_size or 0


def block_auto_adjust_ff_dim_of() -> bool:
    return False


def block_ffn_dim_multiplier_of() -> NotCarried:
    return NOT_CARRIED


def block_multiple_of_of() -> NotCarried:
    return NOT_CARRIED


def silu_kernels(caller: CallerKernelFields, rope: GPTRope) -> KernelFields:
    return kernels(
        caller,
        activation_func=ACTIVATIONS["silu"],
        gated=True,
        bias=False,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


TABLE = Rows(
    module=__name__,
    extends=(SIZES, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, QK_NORM, NO_BIAS),
    drop=("intermediate_size", "attention_dropout"),
    tables=(TABLE_OF_ACTIVATIONS,),
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
        Constant("attention_dropout", 0.0, "The class has no dropout in attention."),
        Rename("norm_eps", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        *positive("norm_eps"),
        Constant("gated_linear_unit", True, "w1 and w3: Hugging Face has no flag."),
        Constant("activation_func", SILU, "Hugging Face has no flag: the class has no other."),
        full_attention("Megatron has no gated short convolutions"),
        Ignored(
            "full_attn_idxs",
            Kind.INFERENCE,
            "says which layer_types a config gets that is built without; those decide",
        ),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to convolutions, which no layer has")
            for name in ("conv_bias", "conv_L_cache")
        ),
        Bundle(DENSE_KERNELS, silu_kernels, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

LFM2 = Family(
    name="lfm2",
    config_class="transformers.models.lfm2.configuration_lfm2.Lfm2Config",
    target=GPT,
    table=TABLE,
    covers="LFM2 with attention in every layer; the published ones have convolutions in most.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
