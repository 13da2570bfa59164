"""MiniCPM: scales by the depth and the width of a model."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.families.described import GENERAL_DESCRIBED, ROPE_DESCRIBED
from tests.families.multipliers import DEPTH_SCALES, DEPTH_SCALES_REFUSED, UNSCALED_BY_DEPTH
from tests.families.proof import Keywords, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    NO_GROUPS,
    OTHER_SIZES,
    PER_LAYER,
    REMOTE,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA

# In heads of 24 channels. A text of 64 tokens is longer than half as many.
FACTORS = [1.0 + pair * pair / 8 for pair in range(12)]
LONG: Keywords = {"short_factor": FACTORS, "long_factor": FACTORS, "original_max_position_embeddings": 128}
_EARLIER = "the code beside checkpoints keeps what the longest text had, and the model it is compared with does not"


def _longrope(**keys: Any) -> Keywords:
    return rope("longrope", **{**LONG, **keys})


def _named(value: Any, keys: frozenset[str]) -> frozenset[str]:
    """What is refused of a rope that nobody can map."""
    if isinstance(value, dict) and value.get("rope_type") == "longrope":
        return frozenset({".short_factor", ".long_factor", ".original_max_position_embeddings"})
    return keys


PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "head_dim"},
        # Heads wide enough that Llama 3's rope scales some channels and not others.
        "hidden_size": 96,
        "tie_word_embeddings": False,
        **UNSCALED_BY_DEPTH,
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        **DEPTH_SCALES,
        "groups_derived": {"num_key_value_heads": None},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "head_dim"},
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
        },
        "combined": {
            "scale_emb": 12,
            "scale_depth": 1.4,
            "dim_model_base": 24,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            **rope("linear", factor=2.5),
        },
        "longrope": _longrope(),
        "longrope_stretched": _longrope(original_max_position_embeddings=32),
        "longrope_factors": _longrope(short_factor=[1.5] * 12, long_factor=[1.5] * 12),
        "minicpm4": {"scale_emb": 12, "scale_depth": 1.4, "dim_model_base": 24, **_longrope()},
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL_DESCRIBED,
        *(row for row in ROPE_DESCRIBED if row.name != "rope_longrope"),
        Refused("longrope", "rope_parameters", _longrope()),
        Refused(
            "longrope_by_length",
            "rope_parameters",
            _longrope(long_factor=[2.0] * 12),
            nearest=(_longrope(),),
            equal=_EARLIER,
            layers=True,
        ),
        Refused(
            "longrope_attention_factor",
            "max_position_embeddings",
            _longrope(attention_factor=1.3),
            nearest=(_longrope(),),
            layers=True,
        ),
        *(
            Refused(
                f"longrope_{key}",
                f"rope_parameters.{key}",
                {},
                {"rope_parameters": {**_longrope()["rope_parameters"], key: value}},
                start=_longrope(),
                unseen="the model cannot be run",
                layers=True,
            )
            for key, value in (("original_max_position_embeddings", 1),)
        ),
        *DEPTH_SCALES_REFUSED,
        ACTIVATION,
        THREE_GROUPS,
        PER_LAYER,
        NO_GROUPS,
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("experts", "num_experts", {"num_experts": 8}, equal=REMOTE),
        Refused("sparse_attention", "sparse_config", {"sparse_config": {"topk": 64}}, equal=REMOTE),
        Refused(
            "heads_that_do_not_fill",
            "num_attention_heads",
            {"num_attention_heads": 9, "num_key_value_heads": 9},
            unseen="the model cannot be built",
        ),
    ),
    layout=LLAMA,
    rope=dataclasses.replace(
        GPT_ROPE,
        types={**GPT_ROPE.types, "longrope": ("short_factor", "long_factor", "original_max_position_embeddings")},
        bad=tuple((value, _named(value, keys)) for value, keys in GPT_ROPE.bad),
    ),
    hybrid=NOT_HYBRID,
    shallow={"num_hidden_layers": 1, "scale_depth": 1.0},
)
