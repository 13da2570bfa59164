"""Falcon, as far as a layer's MLP comes after its attention, and positions are rotary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import ATTENTION
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION, Dropout, Place, hidden_dropouts
from codegen.parts.decoder.language_model import NO_PADDING_ROW
from codegen.parts.decoder.norms import LAYER_NORM
from codegen.parts.decoder.sizes import SIZES_WITHOUT_PADDING
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.parts.stack.sequential import PARALLEL
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Rename,
    hard_wired,
    must_be,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.falcon.configuration_falcon import FalconConfig


def num_query_groups(hf: FalconConfig) -> int:
    return 1 if hf.multi_query else hf.num_attention_heads


def multi_query_of(transformer: TransformerConfig) -> bool:
    return transformer.num_query_groups == 1


def groups_are_said_once(hf: FalconConfig) -> bool:
    return bool(hf.multi_query) or hf.num_kv_heads == hf.num_attention_heads


def num_kv_heads_of(transformer: TransformerConfig) -> int:
    return transformer.num_attention_heads


def add_bias_linear(hf: FalconConfig) -> bool:
    return bool(hf.bias)


def bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


FAMILY = Family(
    config="transformers.models.falcon.configuration_falcon.FalconConfig",
    covers="Falcon with rotary positions and an MLP after attention; in the published ones they are at once, or ALiBi.",
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
        *(must_be(name, (False,), PARALLEL) for name in ("parallel_attn", "new_decoder_architecture")),
        must_be("alibi", (False,), "Megatron has no ALiBi"),
        Ignored("num_ln_in_parallel_attn", Kind.INFERENCE, "belongs to layers that compute attention and MLP at once"),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        Computed(
            "num_query_groups",
            num_query_groups,
            "One for all heads, or one for each.",
            inverse=(Inverse("multi_query", multi_query_of),),
        ),
        require(
            "num_kv_heads",
            groups_are_said_once,
            "must be num_attention_heads where multi_query is not True: only the new architecture has others",
            inverse=(Inverse("num_kv_heads", num_kv_heads_of),),
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
        Ignored("head_dim", Kind.INFERENCE, "a view of hidden_size and num_attention_heads"),
        Ignored("rotary", Kind.DEAD, "a view of alibi"),
        restates("n_head", "num_attention_heads", "the first files have the first name"),
        restates("n_layer", "num_hidden_layers", "the first files have the first name"),
        hard_wired(
            "apply_residual_connection_post_layernorm", False, "residuals of the class are what the norms are given"
        ),
    ),
)
