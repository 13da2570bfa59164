"""GPT-NeoX."""

from __future__ import annotations

from tests.families.layer_norms import AT_ONCE, HEAD_DIM_EQUAL, PARALLEL, ROPE_WIDTH, SMALL, decoder, fused, whole
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import Proof, Refused
from tests.families.ropes import rope
from tests.families.shared import ACTIVATION, ACTIVATIONS, GENERAL
from tests.numerics.transforms import padded_vocabulary
from tests.numerics.weights import Layout, Row

LAYOUT = Layout(
    "gpt_neox.layers.{}.",
    (
        Row("embedding.word_embeddings.weight", ("gpt_neox.embed_in.weight",), padded_vocabulary),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_layernorm.{kind}", ("gpt_neox.final_layer_norm.{kind}",)),
        Row("decoder.final_norm.{kind}", ("gpt_neox.final_layer_norm.{kind}",)),
    ),
    fused("attention"),
)

PROOF = Proof(
    base={**decoder("layer_norm_eps", "head_dim", "num_key_value_heads"), "use_parallel_residual": False},
    cases={
        "default": {},
        "tied": {"tie_word_embeddings": True},
        "at_once": AT_ONCE,
        "at_once_relu": {**AT_ONCE, "hidden_act": "relu", "tie_word_embeddings": True},
        "mlp_biases": {"attention_bias": False},
        "rotary_pct": {"rotary_pct": 0.5, "rotary_emb_base": 700},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "intermediate_size": 72,
            "num_attention_heads": 3,
            "max_position_embeddings": 256,
            "num_hidden_layers": 2,
            "layer_norm_eps": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "tie_word_embeddings": True,
            "hidden_act": "relu",
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **PARTIAL_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        *whole(PARTIAL_ROPE_REFUSED),
        # The class refuses to be built so.
        Refused("odd_heads", "num_attention_heads", {}, {"num_attention_heads": 5}),
        *ROPE_WIDTH,
        PARALLEL,
        Refused(
            "no_attention_bias",
            "attention_bias",
            {"attention_bias": False},
            tries=({"add_bias_linear": False},),
        ),
    ),
    layout=LAYOUT,
    rope=PARTIAL_ROPE,
    hybrid=frozenset({"at_once", "at_once_relu", *(name for name in PARTIAL_ROPES if "llama3" in name)}),
    small={**SMALL, "use_parallel_residual": False},
    zero=frozenset({"initializer_range", "attention_dropout", "hidden_dropout"}),
    equal=HEAD_DIM_EQUAL,
)
