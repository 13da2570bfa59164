"""MiniCPM3: latent attention that rotates halves, and scales by the depth and the width of a model."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.families.latents import LATENT, LATENT_REFUSED, OTHER_LATENT_SIZES, PLAIN_QUERIES
from tests.families.multipliers import DEPTH_SCALES
from tests.families.proof import Keywords, Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, rope, yarn
from tests.families.shared import ACTIVATIONS, NO_DROPOUT, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import DEEPSEEK

FACTORS = [1.0, 1.5, 3.0, 7.0]
LONG: Keywords = {"short_factor": FACTORS, "long_factor": FACTORS, "original_max_position_embeddings": 128}


def _longrope(**keys: Any) -> Keywords:
    return rope("longrope", **{**LONG, **keys})


def _named(value: Any, keys: frozenset[str]) -> frozenset[str]:
    """What is refused of a rope that nobody can map."""
    if isinstance(value, dict) and value.get("rope_type") == "longrope":
        return frozenset({".short_factor", ".long_factor", ".original_max_position_embeddings"})
    return keys


PROOF = Proof(
    base={**LATENT, "scale_emb": 3, "scale_depth": 1.0, "dim_model_base": 32},
    cases={
        "default": {},
        **PLAIN_QUERIES,
        **DEPTH_SCALES,
        "depth_derived": {"scale_depth": None},
        "base_derived": {"dim_model_base": None},
        "values_derived": {"v_head_dim": None},
        "groups_derived": {"num_key_value_heads": None},
        "epsilon": {"rms_norm_eps": 1e-5},
        "other_sizes": OTHER_LATENT_SIZES,
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "untied": {"tie_word_embeddings": False},
        "combined": {
            "scale_emb": 12,
            "scale_depth": 1.4,
            "dim_model_base": 24,
            "tie_word_embeddings": False,
            "rms_norm_eps": 1e-5,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "longrope": _longrope(),
        "longrope_of_half_the_length": _longrope(original_max_position_embeddings=64, attention_factor=1.0),
        "longrope_factors": _longrope(short_factor=[1.5] * 4, long_factor=[1.5] * 4),
        **MLA_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *(row for row in LATENT_REFUSED if row.name != "rope_longrope"),
        NO_DROPOUT,
        NO_HEAD_DIM,
        NO_GROUPS,
        *(
            Refused(f"{name}_none", name, {}, {name: None}, unseen="the model cannot be run")
            for name in ("v_head_dim", "scale_depth", "dim_model_base")
        ),
        Refused("head_dim", "head_dim", {}, {"head_dim": 16}),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused(
            "longrope_by_length",
            "rope_parameters.long_factor",
            _longrope(long_factor=[2.0] * 4, original_max_position_embeddings=32, attention_factor=1.0),
            nearest=(_longrope(original_max_position_embeddings=32, attention_factor=1.0),),
        ),
        Refused(
            "longrope_attention_factor",
            "rope_parameters.attention_factor",
            _longrope(attention_factor=1.3),
            nearest=(_longrope(),),
        ),
        Refused(
            "longrope_mscale",
            "rope_parameters.mscale_all_dim",
            _longrope(mscale_all_dim=0.9, factor=4.0, attention_factor=1.0),
            nearest=(_longrope(factor=4.0, attention_factor=1.0),),
        ),
    ),
    layout=DEEPSEEK,
    rope=dataclasses.replace(
        MLA_ROPE,
        types={**MLA_ROPE.types, "longrope": ("short_factor", "long_factor", "original_max_position_embeddings")},
        bad=tuple((value, _named(value, keys)) for value, keys in MLA_ROPE.bad),
    ),
    hybrid=frozenset(),
    none=frozenset({"dtype", "q_lora_rank"}),
)
