"""Falcon, where positions are rotary."""

from __future__ import annotations

from tests.families.layer_norms import fused
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPE_REFUSED, ROPES, yarn
from tests.families.shared import ACTIVATIONS, GENERAL, required
from tests.numerics.transforms import padded_vocabulary
from tests.numerics.weights import Layout, Row

SEQUENTIAL = {"parallel_attn": False}
NEW = {"parallel_attn": True, "new_decoder_architecture": True, "num_kv_heads": 2}
AT_ONCE = {
    "at_once": {"parallel_attn": True},
    "at_once_of_each_head": {"parallel_attn": True, "multi_query": False, "num_ln_in_parallel_attn": 1},
    "new": NEW,
    "new_of_one_group": {**NEW, "num_kv_heads": 1},
    "new_of_each_head": {**NEW, "num_kv_heads": 4, "num_ln_in_parallel_attn": 2},
    "new_with_one_norm": {**NEW, "num_ln_in_parallel_attn": 1},
    "new_with_biases": {**NEW, "bias": True},
}
SMALL = {
    **SEQUENTIAL,
    "vocab_size": 320,
    "hidden_size": 64,
    "ffn_hidden_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
}

PROOF = Proof(
    base={
        **SEQUENTIAL,
        "vocab_size": 131,
        "hidden_size": 96,
        "ffn_hidden_size": 72,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "layer_norm_epsilon": 0.02,
        "max_position_embeddings": 128,
    },
    cases={
        "default": {},
        "untied": {"tie_word_embeddings": False},
        "groups_of_one_head": {"multi_query": False},
        "groups_unread": {"num_kv_heads": 2},
        "biases": {"bias": True},
        "biases_and_groups": {"bias": True, "multi_query": False},
        "four_times_as_wide": {"ffn_hidden_size": None},
        "norms_of_parallel_layers": {"num_ln_in_parallel_attn": 2},
        **AT_ONCE,
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "ffn_hidden_size": 80,
            "num_attention_heads": 3,
            "max_position_embeddings": 256,
            "num_hidden_layers": 2,
            "layer_norm_epsilon": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "tie_word_embeddings": False,
            "multi_query": False,
            "bias": True,
            "activation": "relu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ROPES,
        **{name: {"activation": each["hidden_act"]} for name, each in ACTIVATIONS.items()},
    },
    refused=(
        *GENERAL,
        *ROPE_REFUSED,
        Refused("activation", "activation", {"activation": "tanh"}, nearest=({}, {"activation": "gelu_new"})),
        Refused("at_once", "parallel_attn", {"parallel_attn": True}),
        # The class cannot run these.
        Refused("new_in_turn", "new_decoder_architecture", {"new_decoder_architecture": True}),
        Refused(
            "two_norms_of_the_older",
            "num_ln_in_parallel_attn",
            {"num_ln_in_parallel_attn": 2},
            start={"parallel_attn": True},
            layers=True,
        ),
        Refused("three_norms", "num_ln_in_parallel_attn", {"num_ln_in_parallel_attn": 3}, start=NEW, layers=True),
        Refused("three_groups", "num_kv_heads", {"num_kv_heads": 3}, start=NEW, layers=True),
        Refused("alibi", "alibi", {"alibi": True}, tries=({"position_embedding_type": "none"},)),
        # The class refuses to be built so.
        Refused("odd_heads", "num_attention_heads", {}, {"num_attention_heads": 5}),
        Refused("two_groups", "num_kv_heads", {"multi_query": False, "num_kv_heads": 2}),
        *(
            Refused(name, name, {name: 0.3}, tries=({"hidden_dropout": 0.3}, {"attention_dropout": 0.3}))
            for name in ("attention_dropout", "hidden_dropout")
        ),
        *required("layer_norm_epsilon", "hidden_dropout", "attention_dropout"),
        Refused("no_width", "ffn_hidden_size", {}, {"ffn_hidden_size": None}),
    ),
    layout=Layout(
        "transformer.h.{}.",
        (
            Row("embedding.word_embeddings.weight", ("transformer.word_embeddings.weight",), padded_vocabulary),
            Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
            Row("decoder.final_layernorm.{kind}", ("transformer.ln_f.{kind}",)),
            Row("decoder.final_norm.{kind}", ("transformer.ln_f.{kind}",)),
        ),
        (
            *fused("self_attention"),
            Row("input_layernorm.{kind}", ("ln_attn.{kind}",)),
            Row("pre_mlp_layernorm.{kind}", ("ln_mlp.{kind}",)),
        ),
    ),
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID | AT_ONCE.keys(),
    small=SMALL,
    values={"activation": ("gelu", "relu", "gelu_new", "tanh", "", None), "rotary": (True, False)},
    equal={
        "activation": "some functions have several names",
        "num_kv_heads": "the number is not read with one group for all heads",
        "bias": "None is False",
        "multi_query": "None is False",
        "parallel_attn": "None is False",
        "new_decoder_architecture": "None is False",
        "num_ln_in_parallel_attn": "layers that compute attention and MLP in turn have two",
    },
    views=dict.fromkeys(("head_dim", "rotary"), "a read-only view of other fields"),
    spellings=frozenset(
        {
            *("dtype", "activation", "rope_parameters", "num_kv_heads", "bias", "multi_query"),
            *("parallel_attn", "new_decoder_architecture", "num_ln_in_parallel_attn"),
        }
    ),
    none=frozenset(
        {
            *("dtype", "num_kv_heads", "bias", "multi_query"),
            *("parallel_attn", "new_decoder_architecture", "num_ln_in_parallel_attn"),
        }
    ),
    zero=frozenset({"initializer_range", "attention_dropout", "hidden_dropout"}),
)
