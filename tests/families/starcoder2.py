"""StarCoder2."""

from __future__ import annotations

from tests.families.layer_norms import SMALL_GROUPED, decoder
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER_REFUSED, NO_HEAD_DIM, OTHER_SIZES
from tests.numerics.layouts import STARCODER2

TOKENS = {"bos_token_id": 1, "eos_token_id": 2}

PROOF = Proof(
    base={**decoder("norm_epsilon"), **TOKENS},
    cases={
        "default": {},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "no_biases": {"use_bias": False},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "padding_token": {"pad_token_id": 5},
        "not_tied": {"tie_word_embeddings": False},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "norm_epsilon": 1e-5},
        "spelt_out": {"is_causal": True},
        "combined": {
            "use_bias": False,
            "sliding_window": 5,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        Refused(
            "embedding_dropout_alone",
            "embedding_dropout",
            {"embedding_dropout": 0.3},
            tries=({"hidden_dropout": 0.3},),
        ),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        NO_HEAD_DIM,
    ),
    layout=STARCODER2,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    small={**SMALL_GROUPED, **TOKENS, "head_dim": 16},
    # The width of a head can be left out.
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=frozenset({"initializer_range", "attention_dropout", "residual_dropout", "embedding_dropout"}),
    none=frozenset({"dtype", "sliding_window"}),
)
