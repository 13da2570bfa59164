"""OLMo 3: OLMo 2 with windows, and with YaRN in layers without."""

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
from tests.families.llama_like import ATTENTION_BIAS, COMMON, LLAMA3_ROPES
from tests.families.proof import ABSENT, NOTHING, Proof, Refused
from tests.families.ropes import ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, **MIXED, "sliding_window": 5},
    cases={
        **COMMON,
        "rope_of_the_class": {"layer_types": None, "rope_parameters": None},
        "rope_of_no_layer": {"layer_types": [FULL] * 3, "rope_parameters": {**OTHER}},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "layer_types": [FULL, SLIDING], "rms_norm_eps": 1e-5},
        "window_nowhere": {"layer_types": [FULL] * 3},
        "window_everywhere": {"layer_types": [SLIDING] * 3},
        "window_in_turns": {"layer_types": [SLIDING, FULL, SLIDING]},
        "window_of_one": {"sliding_window": 1},
        "combined": {
            **TWO_ROPES["rope_yarn_where_full"],
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
        },
        **ATTENTION,
        **{name: layered(each) for name, each in ROPES.items()},
        **TWO_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *map(layered_refused, DECODER_REFUSED),
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        NO_GROUPS,
        NO_HEAD_DIM,
        TWO_SCALED,
        Refused("one_rope", "rope_parameters", {}, {**rope("default")}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
    ),
    layout=LLAMA,
    rope=LAYER_ROPE,
    shallow=NOTHING,
    swept=ONE_OF_EACH,
    hybrid=LLAMA3_ROPES | {"rope_llama3_where_full"},
    values={"rope_parameters": ROPE_PARAMETERS},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    partly=({"layer_types": [FULL] * 3},),
)
