"""GPT-2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from transformers.activations import ACT2FN

from tests.families.proof import Keywords, Proof, Refused
from tests.families.shared import GENERAL
from tests.numerics.layouts import GPT2

BASE: Keywords = {
    "vocab_size": 131,
    "n_embd": 64,
    "n_layer": 3,
    "n_head": 4,
    "n_positions": 128,
    "layer_norm_epsilon": 0.02,
    "resid_pdrop": 0.0,
    "embd_pdrop": 0.0,
    "attn_pdrop": 0.0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
CASES: Mapping[str, Keywords] = {
    "default": {},
    "inner": {"n_inner": 96},
    "not_scaled": {"scale_attn_weights": False},
    "not_tied": {"tie_word_embeddings": False},
    "fewer_positions": {"n_positions": 77},
    "padding_token": {"pad_token_id": 5},
    "other_sizes": {
        "vocab_size": 97,
        "n_embd": 48,
        "n_inner": 72,
        "n_layer": 2,
        "n_head": 6,
        "n_positions": 64,
        "layer_norm_epsilon": 1e-5,
    },
    "spelt_out": {"is_causal": True},
    **{name: {"activation_function": name} for name in ("gelu", "gelu_new", "gelu_pytorch_tanh", "relu2", "relu")},
}
REFUSED: Sequence[Refused] = (
    *GENERAL,
    Refused(
        "activation",
        "activation_function",
        {"activation_function": "tanh"},
        nearest=({}, {"activation_function": "gelu"}),
    ),
    Refused("odd_heads", "n_head", {"n_head": 5}),
    Refused("embedding_dropout_alone", "embd_pdrop", {"embd_pdrop": 0.3}, tries=({"hidden_dropout": 0.3},)),
)
VALUES: Final = {"activation_function": tuple(ACT2FN)}
EQUAL: Final[Mapping[str, str]] = {
    "activation_function": "some functions have several names",
    "n_inner": "None is four times n_embd",
}
SPELLINGS: Final = frozenset({"dtype", "activation_function", "n_inner"})
ZERO: Final = frozenset({"initializer_range", "resid_pdrop", "embd_pdrop", "attn_pdrop"})

PROOF = Proof(
    base=BASE,
    cases={
        **CASES,
        "in_float32": {"reorder_and_upcast_attn": True},
        "combined": {
            "n_inner": 96,
            "scale_attn_weights": False,
            "tie_word_embeddings": False,
            "n_positions": 77,
            "activation_function": "gelu",
        },
    },
    refused=(
        *REFUSED,
        Refused(
            "cross_attention",
            "add_cross_attention",
            {"add_cross_attention": True},
        ),
        Refused(
            "scaled_by_layer",
            "scale_attn_by_inverse_layer_idx",
            {"scale_attn_by_inverse_layer_idx": True},
            tries=({"apply_query_key_layer_scaling": True}, {"softmax_scale": 0.125}),
        ),
    ),
    layout=GPT2,
    rope=None,
    hybrid=frozenset(),
    values={**VALUES, "summary_type": ("first", "last", "mean"), "summary_activation": ("tanh", None)},
    equal=EQUAL,
    spellings=SPELLINGS,
    zero=ZERO,
    none=frozenset({"dtype", "n_inner"}),
)
