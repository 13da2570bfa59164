"""Phi-3.5-MoE: SparseMixer, LayerNorm, biases of attention and of the output layer, and LongRoPE of short texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.families.llama_like import SMALL
from tests.families.proof import ABSENT, Keywords, Proof, Refused, Rope
from tests.families.ropes import GPT_ROPE, STALE, rope
from tests.families.routers import AUXILIARY_LOSS, LOCAL_EXPERTS, ZERO
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    GENERAL,
    NO_HEAD_DIM,
    OTHER_SIZES,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA
from tests.numerics.lengths import LENGTH
from tests.numerics.weights import Layout, Row

_DEFAULT = rope("default")
# So that several experts come close to the best.
_BASE: Keywords = {**LOCAL_EXPERTS, "num_experts_per_tok": 2, "router_jitter_noise": 0.4}


def _longrope(original: int, **keys: Any) -> Keywords:
    """Of heads that are 24 wide; with short and long factors that differ, for texts of 64 tokens at most."""
    return rope(
        "longrope",
        **{
            "short_factor": [1.0 + 0.1 * pair for pair in range(12)],
            "long_factor": [1.5 + pair for pair in range(12)],
            "original_max_position_embeddings": original,
            "short_mscale": 1.2,
            "long_mscale": 1.2,
            **keys,
        },
    )


_ALIKE: Keywords = {
    "short_factor": [1.5 + pair for pair in range(12)],
    "long_factor": [1.5 + pair for pair in range(12)],
}
_LONG_ROPES: Mapping[str, Keywords] = {
    "longrope": _longrope(64),
    "longrope_of_other_factors": _longrope(100, short_factor=[2.0] * 12, long_factor=[3.0] * 12),
    "longrope_of_another_scale": _longrope(64, short_mscale=0.8, long_mscale=0.8),
    "longrope_of_one_list": _longrope(32, **_ALIKE),
}
_SET_LONG = _LONG_ROPES["longrope"]["rope_parameters"]
_TYPES: Mapping[str, Keywords] = {
    "linear": {"factor": 2.5},
    "llama3": {
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
    "dynamic": {"factor": 2.0},
}


def _named(value: Any, keys: frozenset[str]) -> frozenset[str]:
    """What is refused of a rope that nobody can map."""
    rope_type = value.get("rope_type") if isinstance(value, dict) else None
    if rope_type == "longrope":
        return frozenset({".short_mscale", ".short_factor", ".long_factor", ".original_max_position_embeddings"})
    return keys | {".rope_type"} if rope_type in tuple(_TYPES) else keys


PROOF = Proof(
    base=_BASE,
    cases={
        "default": {},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, "num_local_experts": 6},
        "two_experts": {"num_local_experts": 2},
        "spelt_out": {"is_causal": True},
        "head_dim_undeclared": {"head_dim": ABSENT},
        **ATTENTION_BIASES,
        "output_bias": {"lm_head_bias": True},
        "experts_never_close": {"router_jitter_noise": 0.0},
        "experts_always_close": {"router_jitter_noise": 5.0},
        "noise": {"input_jitter_noise": 0.01},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "remote_code": {"hidden_dropout": 0.0, "expert_dropout": 0.0},
        "rope_theta": _DEFAULT,
        "combined": {
            "attention_bias": True,
            "lm_head_bias": True,
            "router_jitter_noise": 0.1,
            "sliding_window": 7,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            # With lists that differ, its length would be all that seq_length can be.
            **_longrope(32, **_ALIKE, short_mscale=1.3, long_mscale=1.3),
        },
        **ATTENTION,
        **_LONG_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *(*GENERAL, ACTIVATION, THREE_GROUPS, NO_HEAD_DIM),
        Refused(
            "three_experts",
            "num_experts_per_tok",
            {"num_experts_per_tok": 3},
            equal="the class chooses two, whatever it says",
        ),
        Refused("one_expert", "num_local_experts", {"num_local_experts": 1}, unseen="there is no second one to choose"),
        Refused(
            "none_is_close",
            "router_jitter_noise",
            {"router_jitter_noise": -0.1},
            unseen="the softmax is over no expert at all",
        ),
        Refused(
            "loud",
            "input_jitter_noise",
            {"input_jitter_noise": 0.3},
            beyond_bound="expert_input_noise",
        ),
        Refused("rope_theta_outside", "rope_theta", {}, {"rope_theta": 500.0}, start=_DEFAULT, equal=STALE),
        Refused(
            "partial_rotary_factor_outside",
            "partial_rotary_factor",
            {},
            {"partial_rotary_factor": 0.5},
            start=_DEFAULT,
            equal=STALE,
        ),
        Refused(
            "original_length_outside",
            "original_max_position_embeddings",
            {},
            {"original_max_position_embeddings": 50},
            start=_LONG_ROPES["longrope"],
            equal=STALE,
        ),
        *(
            Refused(
                f"rope_{name}",
                "rope_parameters.rope_type",
                {},
                {"rope_parameters": {"rope_type": name, "rope_theta": 700.0, **keys}},
                start=_DEFAULT,
                unseen="the class scales a rope of this type by keys that belong to another",
            )
            for name, keys in {**_TYPES, "proportional": {}, "axial": {}}.items()
        ),
        *(
            Refused(
                f"longrope_{key}",
                f"rope_parameters.{key}",
                {},
                {"rope_parameters": {**_SET_LONG, key: value}},
                start=_LONG_ROPES["longrope"],
                equal=equal,
                unseen=unseen,
            )
            for key, value, equal, unseen in (
                ("short_factor", [1.1] * 7, "", "the model cannot be run"),
                ("long_factor", [0.0] * 12, "in short texts the class does not read it", ""),
                ("short_mscale", 0.0, "", ""),
                ("long_mscale", 1.4, "in short texts the class does not read it", ""),
            )
        ),
        Refused("rope_theta_none", "rope_parameters.rope_theta", {}, {"rope_parameters": {"rope_type": "default"}}),
        Refused("rope_type_none", "rope_parameters.rope_type", {}, {"rope_parameters": {"rope_theta": 700.0}}),
        Refused("rope_empty", "rope_parameters", {}, {"rope_parameters": {}}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=Layout(LLAMA.layers, LLAMA.model, (*LLAMA.layer, Row("mlp.router.weight", ("mlp.router.weight",)))),
    rope=Rope(
        {"default": ("rope_theta",), "longrope": ("short_factor", "short_mscale", "long_mscale")},
        tuple((value, _named(value, keys)) for value, keys in GPT_ROPE.bad),
        needs={"longrope": {"short_mscale": 1.0, "long_mscale": 1.0}},
    ),
    bounded={"long_factors": _longrope(LENGTH)},
    small={**SMALL, "head_dim": 16, "num_local_experts": 8},
    invisible=AUXILIARY_LOSS,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=ZERO | {"router_jitter_noise", "input_jitter_noise"},
    none=frozenset({"dtype", "sliding_window"}),
)
