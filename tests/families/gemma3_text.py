"""Gemma 3: Gemma with norms after attention and MLP, windows, and a rope for each type of layer."""

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
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import ROPE_REFUSED, ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, GENERAL, NO_DROPOUT, OTHER_SIZES, THREE_GROUPS
from tests.families.vaultgemma import NO_CAPS
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MLP, MODEL
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base={**DECODER, **MIXED, "query_pre_attn_scalar": 20, "sliding_window": 5},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "rope_of_the_class": {"layer_types": None, "rope_parameters": None},
        "rope_of_no_layer": {"layer_types": [FULL] * 3, "rope_parameters": {**OTHER}},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "layer_types": [FULL, SLIDING], "rms_norm_eps": 1e-5},
        "odd_width": {"hidden_size": 52},
        "untied": {"tie_word_embeddings": False},
        "scalar": {"query_pre_attn_scalar": 7},
        "not_bidirectional": {"use_bidirectional_attention": None},
        "window_nowhere": {"layer_types": [FULL] * 3},
        "window_everywhere": {"layer_types": [SLIDING] * 3},
        "window_of_one": {"sliding_window": 1},
        "combined": {
            **TWO_ROPES["rope_linear_where_full"],
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "query_pre_attn_scalar": 50,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_activation": "silu",
        },
        **ATTENTION,
        **{name: layered(each) for name, each in ROPES.items()},
        **TWO_ROPES,
        **{name: {"hidden_activation": each["hidden_act"]} for name, each in ACTIVATIONS.items()},
    },
    refused=(
        *GENERAL,
        Refused(
            "activation",
            "hidden_activation",
            {"hidden_activation": "tanh"},
            nearest=({}, {"hidden_activation": "gelu"}),
        ),
        THREE_GROUPS,
        *map(layered_refused, ROPE_REFUSED),
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        NO_DROPOUT,
        TWO_SCALED,
        Refused("one_rope", "rope_parameters", {}, {**rope("default")}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused(
            "bidirectional",
            "use_bidirectional_attention",
            {"use_bidirectional_attention": True},
        ),
        Refused(
            "capped_scores",
            "attn_logit_softcapping",
            {"attn_logit_softcapping": 0.5},
            equal="the attention of the class keeps it and never reads it, and whoever wrote it meant something",
        ),
        # Low enough that tiny models reach it.
        Refused("capped_logits", "final_logit_softcapping", {"final_logit_softcapping": 0.5}),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            Row("input_layernorm.{kind}", ("input_layernorm.{kind}",)),
            Row("pre_mlp_layernorm.{kind}", ("pre_feedforward_layernorm.{kind}",)),
            *SELF_ATTENTION,
            *MLP,
        ),
    ),
    rope=LAYER_ROPE,
    shallow=NOTHING,
    swept=ONE_OF_EACH,
    hybrid=LLAMA3_ROPES | {"rope_llama3_where_full"},
    values={
        "hidden_activation": ("gelu", "silu", "relu2", "tanh", "gelu_fast", ""),
        "rope_parameters": ROPE_PARAMETERS,
    },
    equal={
        "hidden_activation": "some functions have several names",
        "use_bidirectional_attention": "None is False",
    },
    spellings=frozenset({"dtype", "hidden_activation", "rope_parameters", "use_bidirectional_attention"}),
    none=frozenset({"dtype", "use_bidirectional_attention", *NO_CAPS}),
    partly=({"layer_types": [FULL] * 3},),
)
