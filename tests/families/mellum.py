"""Mellum 2."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from tests.families.partial_ropes import breaking
from tests.families.proof import Keywords, Proof, Refused, Rope
from tests.families.ropes import DEFAULT, GPT_ROPE, NOT_HYBRID, ROPES, STALE, rope, yarn
from tests.families.routers import ATTENTION_BIAS, AUXILIARY_LOSS, ONE_NORMALISED, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ATTENTION, DECODER_REFUSED, EXPERTS, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.hf_values import rope_values
from tests.numerics.layouts import LLAMA

FULL, SLIDING = "full_attention", "sliding_attention"


def _bad() -> tuple[tuple[Any, frozenset[str]], ...]:
    """The bad ropes as those of layers; one rope for all is no such thing, whatever it is."""
    named = [(value, keys) for value, keys in GPT_ROPE.bad if isinstance(value, dict)]
    flat = [(value, frozenset({""})) for value, keys in named if keys != {""}]
    each = [({FULL: value, SLIDING: value}, keys) for value, keys in named if keys != {""} and "truncate" not in value]
    outside = [(ROPE.given(value), keys) for value, keys in named if keys != {""} and "truncate" in value]
    return ((None, frozenset({""})), ({}, frozenset({""})), *flat, *each, *outside)


ROPE: Final = Rope(GPT_ROPE.types, (), layer_types=(FULL, SLIDING))


def layered(keywords: Keywords) -> Keywords:
    """The same with a rope for each type of layer."""
    if "rope_parameters" not in keywords:
        return keywords
    return {**keywords, "rope_parameters": ROPE.given(keywords["rope_parameters"])}


def _refused(row: Refused) -> Refused:
    change, attributes, start, *nearest = map(layered, (row.change, row.attributes, row.start, *row.nearest))
    # Ropes of layers say it, each for itself.
    equal = STALE if row.name == "original_length_outside" else row.equal
    return dataclasses.replace(row, change=change, attributes=attributes, start=start, nearest=nearest, equal=equal)


MIXED: Keywords = {**layered(DEFAULT), "layer_types": [FULL, SLIDING, SLIDING]}
OTHER: Keywords = {FULL: {"rope_type": "default", "rope_theta": 900.0}, SLIDING: DEFAULT["rope_parameters"]}

PROOF = Proof(
    base={**EXPERTS, **MIXED, "sliding_window": 5},
    cases={
        "default": {},
        "rope_of_the_class": {"layer_types": None, "rope_parameters": None},
        "rope_of_no_layer": {"layer_types": [FULL] * 3, "rope_parameters": {**OTHER}},
        "window_nowhere": {"layer_types": [FULL] * 3},
        "no_window": {"layer_types": [FULL] * 3, "sliding_window": None},
        "window_everywhere": {"layer_types": [SLIDING] * 3},
        "window_in_turns": {"layer_types": [SLIDING, FULL, SLIDING]},
        "window_of_one": {"sliding_window": 1},
        "dense_layers": {"mlp_layer_types": ["dense", "sparse", "dense"]},
        "all_dense_layers": {"mlp_layer_types": ["dense"] * 3},
        "not_normalised": {"norm_topk_prob": False},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "all_experts": {"num_experts_per_tok": 8},
        "further_tokens": {"num_mtp_layers": 1},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": [FULL, SLIDING],
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "norm_topk_prob": False,
            "tie_word_embeddings": True,
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "pad_token_id": 3,
            "num_mtp_layers": 1,
            **layered(yarn(mscale=0.7, mscale_all_dim=0.9, truncate=False)),
        },
        "gelu": {"hidden_act": "gelu"},
        **ATTENTION,
        **{name: layered(each) for name, each in ROPES.items()},
    },
    refused=(
        *map(_refused, breaking(DECODER_REFUSED)),
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        TOO_MANY_EXPERTS,
        ONE_NORMALISED,
        Refused(
            "two_ropes", "rope_parameters", {"rope_parameters": {**OTHER}}, nearest=({}, {"layer_types": [FULL] * 3})
        ),
        Refused("one_rope", "rope_parameters", {}, {**rope("default")}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused("mlps_too_few", "mlp_layer_types", {}, {"mlp_layer_types": ["dense"]}),
        Refused("mlps_of_another_type", "mlp_layer_types", {}, {"mlp_layer_types": ["dense", "wide", "sparse"]}),
    ),
    layout=LLAMA,
    rope=dataclasses.replace(ROPE, bad=_bad()),
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values={
        "mlp_layer_types": (["dense"] * 3, ["sparse", "sparse", "dense"], ["dense"], ["wide"] * 3, [], None),
        "mtp_layer_types": ([FULL], [SLIDING], None),
        "mtp_mlp_layer_types": (["dense"], ["sparse"], None),
        "rope_parameters": (
            *(ROPE.given(each) for each in rope_values(DEFAULT["rope_parameters"])),
            *rope_values(DEFAULT["rope_parameters"]),
            OTHER,
        ),
    },
    zero=ZERO,
    none=frozenset({"dtype"}),
    partly=({"layer_types": [FULL] * 3},),
)
