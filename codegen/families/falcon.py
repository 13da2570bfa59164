"""Falcon, as far as positions are rotary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import ATTENTION
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION, Dropout, Place, hidden_dropouts
from codegen.parts.decoder.language_model import NO_PADDING_ROW
from codegen.parts.decoder.norms import LAYER_NORM
from codegen.parts.decoder.sizes import SIZES_WITHOUT_PADDING
from codegen.parts.files.lineages import NAMED_OTHERWISE
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.parts.stack.sequential import NOT_IN_HYBRIDS, PARALLEL
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Rename,
    Weight,
    hard_wired,
    layered,
    must_be,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.falcon.configuration_falcon import FalconConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers


def num_kv_heads(hf: FalconConfig, check: Check) -> int:
    if not hf.new_decoder_architecture:
        return 1 if hf.multi_query else hf.num_attention_heads
    return check.given("num_kv_heads", hf.num_kv_heads, "the new architecture has so many")


def num_query_groups(num_kv_heads: int) -> int:
    return num_kv_heads


def multi_query_of(transformer: TransformerConfig) -> bool:
    return transformer.num_query_groups == 1


def groups_are_said_once(hf: FalconConfig) -> bool:
    return bool(hf.new_decoder_architecture or hf.multi_query) or hf.num_kv_heads == hf.num_attention_heads


def groups_are_equal(hf: FalconConfig) -> bool:
    return (
        not hf.new_decoder_architecture
        or not hf.num_kv_heads
        or not hf.num_attention_heads
        or hf.num_attention_heads % hf.num_kv_heads == 0
    )


def num_kv_heads_of(transformer: TransformerConfig, layers: Layers) -> int | None:
    two_norms = layers.parallel_mlp and not layers.shared_layernorm
    one_group = transformer.num_query_groups == 1
    return transformer.num_attention_heads if one_group and not two_norms else transformer.num_query_groups


def parallel_mlp(hf: FalconConfig) -> bool:
    return bool(hf.parallel_attn)


def parallel_attn_of(layers: Layers) -> bool:
    return layers.parallel_mlp


def shared_layernorm(hf: FalconConfig) -> bool:
    return bool(hf.parallel_attn) and (not hf.new_decoder_architecture or hf.num_ln_in_parallel_attn == 1)


def new_decoder_architecture_of(transformer: TransformerConfig, layers: Layers) -> bool:
    return layers.parallel_mlp and (
        not layers.shared_layernorm or transformer.num_query_groups not in (1, transformer.num_attention_heads)
    )


def num_ln_in_parallel_attn_of(transformer: TransformerConfig, layers: Layers) -> int | NotCarried | None:
    if not layers.parallel_mlp:
        return NOT_CARRIED
    if not layers.shared_layernorm:
        return 2
    return None if transformer.num_query_groups in (1, transformer.num_attention_heads) else 1


def in_turn(hf: FalconConfig) -> bool:
    return not hf.parallel_attn


def new_is_at_once(hf: FalconConfig) -> bool:
    return not hf.new_decoder_architecture or bool(hf.parallel_attn)


def norms_are_there(hf: FalconConfig) -> bool:
    if not hf.parallel_attn:
        return True
    if hf.new_decoder_architecture:
        return hf.num_ln_in_parallel_attn in (None, 1, 2)
    return hf.num_ln_in_parallel_attn != 2


def add_bias_linear(hf: FalconConfig) -> bool:
    return bool(hf.bias)


def bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


FAMILY = Family(
    config="transformers.models.falcon.configuration_falcon.FalconConfig",
    covers="Falcon 7B, 11B, 40B and 180B; not those with ALiBi.",
    parts=(
        SIZES_WITHOUT_PADDING,
        DERIVED_HEAD_DIM,
        ATTENTION,
        ROPE,
        LAYER_NORM,
        ONE_KIND_OF_LAYER,
        NO_PADDING_ROW,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("intermediate_size", "attention_dropout", "hidden_dropout", "tie_last_hidden_states"),
    rows=(
        must_be("alibi", (False,), "Megatron has no ALiBi"),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        Local("num_kv_heads", num_kv_heads),
        Computed(
            "num_query_groups",
            num_query_groups,
            "One for all heads, or one for each, in the older architecture.",
            inverse=(Inverse("multi_query", multi_query_of),),
        ),
        require(
            "num_kv_heads",
            groups_are_said_once,
            "must be num_attention_heads where multi_query is not True: only the new architecture has others",
            inverse=(Inverse("num_kv_heads", num_kv_heads_of),),
        ),
        require(
            "num_kv_heads",
            groups_are_equal,
            "must divide num_attention_heads: every group serves the same number of query heads",
        ),
        Rename("ffn_hidden_size", "ffn_hidden_size", required=True),
        *plain_mlp("activation"),
        Computed(
            "add_bias_linear", add_bias_linear, "Of attention and MLP alike.", inverse=(Inverse("bias", bias_of),)
        ),
        Rename("layer_norm_epsilon", "layernorm_epsilon", required=True),
        NO_DROPOUT_IN_ATTENTION,
        *hidden_dropouts(Dropout("attention_dropout", Place.ATTENTION), Dropout("hidden_dropout", Place.MLP)),
        *positive("num_kv_heads", "ffn_hidden_size", "layer_norm_epsilon"),
        require(
            "num_ln_in_parallel_attn",
            norms_are_there,
            "must be 1 or 2, or 1 without new_decoder_architecture: transformers cannot run a layer with other norms",
            inverse=(Inverse("num_ln_in_parallel_attn", num_ln_in_parallel_attn_of),),
        ),
        *positive("num_ln_in_parallel_attn"),
        Ignored("head_dim", Kind.INFERENCE, "a view of hidden_size and num_attention_heads"),
        Ignored("rotary", Kind.DEAD, "a view of alibi"),
        restates("n_head", "num_attention_heads", NAMED_OTHERWISE),
        restates("n_layer", "num_hidden_layers", NAMED_OTHERWISE),
        hard_wired(
            "apply_residual_connection_post_layernorm", False, "residuals of the class are what the norms are given"
        ),
    ),
    gpt=(
        *layered(
            Computed("parallel_mlp", parallel_mlp, "", inverse=(Inverse("parallel_attn", parallel_attn_of),)),
            Computed(
                "shared_layernorm",
                shared_layernorm,
                "The new architecture has a norm before each, unless it is said to have one.",
                inverse=NoInverse("new_decoder_architecture and num_ln_in_parallel_attn are read back by themselves"),
            ),
            otherwise=require("parallel_attn", in_turn, f"must be False: {PARALLEL}"),
        ),
        require(
            "new_decoder_architecture",
            new_is_at_once,
            "must be False where parallel_attn is: layers of the new architecture compute attention and MLP at once",
            inverse=(Inverse("new_decoder_architecture", new_decoder_architecture_of),),
        ),
    ),
    hybrid=(*(must_be(name, (False,), NOT_IN_HYBRIDS) for name in ("parallel_attn", "new_decoder_architecture")),),
    weights=tuple(
        Weight(f"shared_layernorm.{kind}", f"transformer.h.{{layer}}.input_layernorm.{kind}")
        for kind in ("weight", "bias")
    ),
)
