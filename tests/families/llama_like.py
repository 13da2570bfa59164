"""Building blocks of proofs for families that differ from Llama in little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.proof import NOTHING, Keywords, Refused, Rope
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, llama3, rope, yarn
from tests.families.shared import ACTIVATION, GENERAL, OTHER_SIZES, THREE_GROUPS

LLAMA3_ROPES: Final = frozenset({"rope_llama3", "rope_llama3_factor"})
"""Cases of `ROPES` that only a GPTModel has."""

SMALL: Keywords = {
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}

COMMON: Mapping[str, Keywords] = {
    "default": {},
    "groups_derived": {"num_key_value_heads": None},
    "padding_token": {"pad_token_id": 5},
    "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
    "spelt_out": {"is_causal": True},
}

# --- Biases -----------------------------------------------------------------------------------------------------------

BIASES: Mapping[str, Keywords] = {
    "biases": {"attention_bias": True, "mlp_bias": True},
    "attention_biases": {"attention_bias": True, "mlp_bias": False},
    "mlp_biases": {"attention_bias": False, "mlp_bias": True},
}
BIASES_REFUSED: Sequence[Refused] = tuple(
    Refused(
        f"{name}_alone",
        "attention_bias",
        {name: True},
        nearest=(NOTHING, {"attention_bias": True, "mlp_bias": True}),
        tries=({"add_qkv_bias": True},),
    )
    for name in ("attention_bias", "mlp_bias")
)
ATTENTION_BIAS = Refused(
    "attention_bias",
    "attention_bias",
    {"attention_bias": True},
    tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
)

# --- Windows ----------------------------------------------------------------------------------------------------------

SLIDING, FULL = "sliding_attention", "full_attention"


def layer_types(*sliding: int) -> Keywords:
    """1 for each layer with a window."""
    return {"layer_types": [SLIDING if each else FULL for each in sliding]}


LAYER_TYPES_REFUSED: Sequence[Refused] = (
    Refused("too_few_layer_types", "layer_types", {}, layer_types(1, 0)),
    Refused("no_layer_types", "layer_types", {}, {"layer_types": None}),
    Refused("unknown_layer_type", "layer_types", {}, {"layer_types": [FULL, "chunked_attention", FULL]}),
)

# --- Rope of pairs of neighbours --------------------------------------------------------------------------------------

INTERLEAVED_ROPES: Mapping[str, Keywords] = {name: keys for name, keys in ROPES.items() if "yarn" not in name}


def _has_yarn(value: Any) -> bool:
    return isinstance(value, dict) and value.get("rope_type") == "yarn"


def _starts_from_yarn(refused: Refused) -> bool:
    changes = (refused.start, refused.change, refused.attributes, *refused.nearest)
    return any(_has_yarn(each.get("rope_parameters")) for each in changes)


INTERLEAVED_ROPE: Final = Rope(
    {name: keys for name, keys in GPT_ROPE.types.items() if name != "yarn"},
    tuple((value, keys | {".rope_type"} if _has_yarn(value) else keys) for value, keys in GPT_ROPE.bad),
)
INTERLEAVED_ROPE_REFUSED: Sequence[Refused] = (
    *(each for each in ROPE_REFUSED if not _starts_from_yarn(each)),
    Refused(
        "original_length_outside",
        "original_max_position_embeddings",
        {},
        {"original_max_position_embeddings": 64},
        start=llama3(8.0),
    ),
    Refused("rope_yarn", "rope_parameters.rope_type", yarn(), nearest=(rope("default"),)),
)
INTERLEAVED_REFUSED: Sequence[Refused] = (*GENERAL, ACTIVATION, THREE_GROUPS, *INTERLEAVED_ROPE_REFUSED)
