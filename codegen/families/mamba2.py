"""Mamba-2, as Codestral Mamba has it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from codegen.megatron.targets import HYBRID
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION, hidden_dropouts
from codegen.parts.decoder.language_model import LANGUAGE_MODEL, TOKENS
from codegen.parts.mlp.activations import SILU
from codegen.parts.positions.learned import NO_POSITIONS
from codegen.parts.recurrent.bamba import norm_of_all_groups
from codegen.parts.recurrent.mamba import chunk_holds_a_step
from codegen.parts.stack.pattern import COUNTED_SYMBOLS, PATTERN, num_hidden_layers_back, num_layers
from codegen.table import (
    Choice,
    Computed,
    Constant,
    Domain,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Rename,
    ValueTable,
    layers,
    must_be,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.mamba2.configuration_mamba2 import Mamba2Config

    from mcore_mappers_runtime.layer_kinds import HybridPattern


def pattern(hf: Mamba2Config) -> HybridPattern:
    return HybridPattern("M" * hf.num_hidden_layers, "M", mtp_fits=True, layers="M" * hf.num_hidden_layers)


def heads(hf: Mamba2Config) -> int:
    return hf.num_heads


def head_dim(hf: Mamba2Config) -> int:
    return hf.head_dim


def groups_fit(hf: Mamba2Config) -> bool:
    return hf.n_groups < 1 or hf.num_heads % hf.n_groups == 0


def expand_fits(hf: Mamba2Config) -> bool:
    return hf.num_heads < 1 or hf.head_dim < 1 or hf.hidden_size * hf.expand == hf.num_heads * hf.head_dim


def expand_of(transformer: TransformerConfig) -> int:
    return (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size


def steps_are_free(hf: Mamba2Config) -> bool:
    return tuple(hf.time_step_limit) == (0.0, math.inf)


def rank_is_a_number(hf: Mamba2Config) -> bool:
    return isinstance(hf.time_step_rank, int) and hf.time_step_rank >= 0


def time_step_limit_back() -> tuple[float, float]:
    return (0.0, math.inf)


MAMBA_ACTIVATIONS = ValueTable(
    name="MAMBA_ACTIVATIONS",
    values={"silu": SILU, "swish": SILU},
    doc="The one activation function of Megatron's Mamba layers, by its names in transformers' ACT2FN.",
)

NOT_ATTENDING = "No layer attends, but tensor parallelism must divide the number, as it must that of Mamba's heads."

HEADS_BACK = NoInverse("num_heads is read back from mamba_num_heads")

FIRST_TIME_STEPS: Final = (Kind.INITIALISATION, "draws the initial time steps of new Mamba layers")

FAMILY = Family(
    config="transformers.models.mamba2.configuration_mamba2.Mamba2Config",
    covers="Mamba-2, as Codestral Mamba has it.",
    parts=(LANGUAGE_MODEL, TOKENS, NO_POSITIONS, COUNTED_SYMBOLS),
    targets=(HYBRID,),
    replaces=("is_causal", "tie_last_hidden_states"),
    rows=(
        Local("pattern", pattern),
        Computed("num_layers", num_layers, "", inverse=(Inverse("num_hidden_layers", num_hidden_layers_back),)),
        PATTERN,
        Rename("hidden_size", "hidden_size"),
        Rename("num_heads", "mamba_num_heads"),
        Rename("head_dim", "mamba_head_dim"),
        Rename("state_size", "mamba_state_dim"),
        Rename("n_groups", "mamba_num_groups"),
        Computed("num_attention_heads", heads, NOT_ATTENDING, inverse=HEADS_BACK),
        Computed("num_query_groups", heads, NOT_ATTENDING, inverse=HEADS_BACK),
        Computed(
            "kv_channels",
            head_dim,
            "No layer attends.",
            inverse=NoInverse("head_dim is read back from mamba_head_dim"),
        ),
        Constant("multi_latent_attention", False, "No layer attends."),
        Constant("ffn_hidden_size", None, "No layer has an MLP."),
        Constant("gated_linear_unit", False, "No layer has an MLP."),
        Constant("add_bias_linear", False, "Mamba's projections have no biases."),
        Constant("layernorm_epsilon", 1e-5, "layer_norm_epsilon can be no other."),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        Choice("hidden_act", "activation_func", MAMBA_ACTIVATIONS),
        Rename("tie_word_embeddings", "share_embeddings_and_output_weights"),
        Rename("initializer_range", "init_method_std"),
        Rename("residual_in_fp32", "fp32_residual_connection"),
        NO_DROPOUT_IN_ATTENTION,
        *hidden_dropouts(),
        *layers("num_hidden_layers"),
        *positive("hidden_size", "num_heads", "head_dim", "state_size", "n_groups"),
        *positive("expand"),
        *not_negative("initializer_range"),
        must_be("conv_kernel", (4,), "Megatron's Mamba layers hard-wire that"),
        must_be("use_conv_bias", (True,), "Megatron's Mamba layers hard-wire that"),
        must_be("use_bias", (False,), "Megatron's Mamba projections have no biases"),
        must_be("layer_norm_epsilon", (1e-5,), "Megatron hard-wires that in the gated norm of its Mamba layers"),
        require("n_groups", groups_fit, "must divide num_heads"),
        require(
            "expand",
            expand_fits,
            "must be how many times wider than hidden_size all heads together are: transformers builds no other model",
            inverse=(Inverse("expand", expand_of),),
        ),
        require(
            "time_step_limit",
            steps_are_free,
            "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
            inverse=(Inverse("time_step_limit", time_step_limit_back),),
        ),
        require(
            "chunk_size",
            chunk_holds_a_step,
            "must be above zero; any such size computes the same",
            inverse=NoInverse("it sets the chunks in which the scan runs, not what it computes"),
        ),
        *(Ignored(name, *FIRST_TIME_STEPS, Domain.POSITIVE) for name in ("time_step_min", "time_step_max")),
        Ignored("time_step_floor", *FIRST_TIME_STEPS),
        Ignored(
            "rescale_prenorm_residual", Kind.INITIALISATION, "scales the initial weights of Mamba's output projection"
        ),
        require(
            "time_step_rank",
            rank_is_a_number,
            "must be a number of zero or above: 'auto' is replaced by one where a config is built, and not later",
            inverse=NoInverse("the class keeps it, and projects time steps through no lower rank"),
        ),
        Ignored("layer_types", Kind.INFERENCE, "every layer is of one kind; the cache of generation looks here"),
        Ignored("pad_token_id", Kind.DEAD, "the embedding of the class has no padding row"),
    ),
    older=(norm_of_all_groups("n_groups"),),
)
