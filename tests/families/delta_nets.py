"""Building blocks of proofs: Gated DeltaNet in some layers of Qwen's decoders."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.partial_ropes import PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import Keywords, Refused
from tests.families.routers import ATTENTION_BIAS
from tests.families.shared import ATTENTION, DECODER, GENERAL, OTHER_SIZES, THREE_GROUPS
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import DELTA_NET, EXPERTS, MLP, MODEL, NORMS
from tests.numerics.transforms import joined
from tests.numerics.weights import Layout, Row

TOLERANCE: Final = 2e-4
"""The delta rule adds up in another order on the two sides."""

FULL: Keywords = {"layer_types": ["full_attention"] * 3}

MIXED: Keywords = {
    **DECODER,
    "linear_key_head_dim": 12,
    "linear_value_head_dim": 10,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "layer_types": ["linear_attention", "full_attention", "linear_attention"],
}

CASES: Mapping[str, Keywords] = {
    "default": {},
    "attention_alone": FULL,
    "delta_net_alone": {"layer_types": ["linear_attention"] * 3},
    "attention_first": {"layer_types": ["full_attention", "linear_attention", "linear_attention"]},
    "attention_every_other": {"layer_types": None, "full_attention_interval": 2},
    "three_taps": {"linear_conv_kernel_dim": 3},
    "a_value_head_for_each_key_head": {"linear_num_value_heads": 2},
    "one_key_head": {"linear_num_key_heads": 1},
    "wide_heads": {"linear_key_head_dim": 16, "linear_value_head_dim": 20},
    "gelu_without_delta_net": {**FULL, "hidden_act": "gelu"},
    "swish": {"hidden_act": "swish"},
    "partial_rotary_factor": {"partial_rotary_factor": 0.75},
    **ATTENTION,
    **PARTIAL_ROPES,
}
OTHER: Keywords = {
    **OTHER_SIZES,
    "num_hidden_layers": 2,
    "layer_types": ["linear_attention", "full_attention"],
    "rms_norm_eps": 1e-5,
}


def _whole(keywords: Keywords) -> Keywords:
    return {**keywords, "rope_parameters": {**keywords["rope_parameters"], "partial_rotary_factor": 1.0}}


def _rope(row: Refused) -> Refused:
    """The refusal of a rope; a quarter of a head has no frequency between the bounds of Llama 3."""
    if not row.name.startswith("rope_llama3"):
        return row
    return dataclasses.replace(row, change=_whole(row.change), nearest=[_whole(each) for each in row.nearest])


REFUSED: Sequence[Refused] = (
    *GENERAL,
    THREE_GROUPS,
    *map(_rope, PARTIAL_ROPE_REFUSED),
    ATTENTION_BIAS,
    Refused("layers_too_few", "layer_types", {}, {"layer_types": ["full_attention"]}),
    Refused(
        "layers_of_another_type",
        "layer_types",
        {},
        {"layer_types": ["full_attention", "sliding_attention", "full_attention"]},
    ),
    Refused("broken_value_heads", "linear_num_value_heads", {"linear_num_value_heads": 3}),
    Refused("gelu", "hidden_act", {"hidden_act": "gelu"}, nearest=({}, {"hidden_act": "swish"})),
    Refused(
        "activation",
        "hidden_act",
        {"hidden_act": "tanh"},
        start=FULL,
        nearest=({}, {"hidden_act": "gelu"}),
    ),
)

VALUES: Mapping[str, Sequence[Any]] = {
    "layer_types": (
        None,
        [],
        ["linear_attention"] * 3,
        ["full_attention"] * 3,
        ["full_attention", "linear_attention", "full_attention"],
        ["sliding_attention"] * 3,
    ),
}

NEXT: Final = Layout("model.layers.{}.", MODEL, (*NORMS, *SELF_ATTENTION, *DELTA_NET, *MLP, *EXPERTS))
"""Qwen3-Next."""

_SPLIT_INPUT = Row(
    "self_attention.in_proj.weight",
    tuple(f"linear_attn.in_proj_{part}.weight" for part in ("qkv", "z", "b", "a")),
    joined,
)
SPLIT: Final = dataclasses.replace(NEXT, layer=(*NEXT.layer, _SPLIT_INPUT))
"""Qwen3.5, whose input projections are four."""
NOT_HYBRID: Final = frozenset(name for name in PARTIAL_ROPES if "llama3" in name)

COMBINED: Keywords = {
    "layer_types": ["full_attention", "linear_attention", "full_attention"],
    "tie_word_embeddings": True,
    "num_key_value_heads": 1,
    "linear_conv_kernel_dim": 3,
    "linear_num_key_heads": 1,
}
