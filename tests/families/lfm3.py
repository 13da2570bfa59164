"""LFM3 with attention in every layer, without gates and norms after attention and MLP."""

from __future__ import annotations

from tests.families.layer_ropes import (
    FULL,
    LAYER_ROPE,
    MIXED,
    ONE_OF_EACH,
    OTHER,
    ROPE_PARAMETERS,
    SLIDING,
    TWO_ROPES,
    TWO_SCALED,
    layered,
    layered_refused,
)
from tests.families.lfm import LFM
from tests.families.llama_like import LLAMA3_ROPES
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import ROPE_REFUSED, ROPES, rope, yarn
from tests.families.routers import ATTENTION_BIAS
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER, GENERAL, OTHER_SIZES, THREE_GROUPS
from tests.families.windows import LAYER_TYPES_REFUSED

CONV = "conv"

PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "rms_norm_eps"},
        **MIXED,
        "norm_eps": 0.02,
        "sliding_window": 5,
        "use_sandwich_norm": False,
        "use_attention_gate": False,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "rope_of_no_layer": {"layer_types": [FULL] * 3, "rope_parameters": {**OTHER}},
        "window_nowhere": {"layer_types": [FULL] * 3},
        "no_window": {"layer_types": [FULL] * 3, "sliding_window": None},
        "window_everywhere": {"layer_types": [SLIDING] * 3},
        "window_in_turns": {"layer_types": [SLIDING, FULL, SLIDING]},
        "window_of_one": {"sliding_window": 1},
        "convolutions_unused": {"conv_bias": True, "conv_L_cache": 5},
        "padding_token": {"pad_token_id": 5},
        "untied": {"tie_word_embeddings": False},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": [FULL, SLIDING],
            "norm_eps": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            **layered(yarn(mscale=0.7, mscale_all_dim=0.9, truncate=False)),
        },
        **ATTENTION,
        **{name: layered(each) for name, each in ROPES.items()},
        **TWO_ROPES,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *map(layered_refused, ROPE_REFUSED),
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        Refused("a_convolution", "layer_types", {"layer_types": [FULL, CONV, SLIDING]}),
        Refused("sandwich", "use_sandwich_norm", {"use_sandwich_norm": True}),
        Refused("gate", "use_attention_gate", {"use_attention_gate": True}),
        Refused(
            "two_ropes", "rope_parameters", {"rope_parameters": {**OTHER}}, nearest=({}, {"layer_types": [FULL] * 3})
        ),
        TWO_SCALED,
        Refused("one_rope", "rope_parameters", {}, {**rope("default")}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {}, {"sliding_window": None}),
    ),
    layout=LFM,
    rope=LAYER_ROPE,
    shallow=NOTHING,
    swept=ONE_OF_EACH,
    hybrid=LLAMA3_ROPES | {"rope_llama3_where_full"},
    values={
        "layer_types": ([FULL, CONV, FULL], [CONV] * 3, [FULL], [SLIDING] * 3, [FULL] * 4, [], None),
        "rope_parameters": ROPE_PARAMETERS,
    },
    spellings=frozenset({"dtype", "rope_parameters"}),
    none=frozenset({"dtype"}),
    partly=({"layer_types": [FULL] * 3},),
)
