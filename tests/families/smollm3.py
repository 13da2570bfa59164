"""SmolLM3: some layers without rope."""

from __future__ import annotations

from tests.families.llama_like import (
    BIASES,
    BIASES_REFUSED,
    COMMON,
    LAYER_TYPES_REFUSED,
    LLAMA3_ROPES,
    SMALL,
    layer_types,
)
from tests.families.proof import ABSENT, NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

_WINDOW = {"use_sliding_window": True, "sliding_window": 5}

PROOF = Proof(
    base={**DECODER, "pad_token_id": None, "bos_token_id": 1, "eos_token_id": 2, "no_rope_layers": [1, 0, 1]},
    cases={
        **{name: case for name, case in COMMON.items() if name != "other_sizes"},
        **BIASES,
        "other_sizes": {**COMMON["other_sizes"], "no_rope_layers": [0, 1]},
        "no_layer_has_rope": {"no_rope_layers": [0, 0, 0]},
        "all_layers_have_rope": {"no_rope_layers": [1, 1, 1]},
        "more_rope_layers_than_layers": {"no_rope_layers": [0, 1, 1, 0, 1]},
        "rope_interval": {"no_rope_layers": None, "no_rope_layer_interval": 3},
        "window": _WINDOW,
        "window_in_layers_with_rope": {**_WINDOW, **layer_types(1, 0, 1)},
        "window_of_one_everywhere": {**_WINDOW, "sliding_window": 1, **layer_types(1, 1, 1)},
        "window_unused": {"sliding_window": 5},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "untied": {"tie_word_embeddings": False},
        "combined": {
            **_WINDOW,
            **layer_types(1, 1, 0),
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_act": "relu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *BIASES_REFUSED,
        *LAYER_TYPES_REFUSED,
        Refused("window_of_none", "sliding_window", {**_WINDOW, "sliding_window": 0}, nearest=(_WINDOW,)),
        Refused("no_window", "sliding_window", {}, {"sliding_window": None}, start=_WINDOW),
        Refused(
            "window_unused",
            "use_sliding_window",
            {"sliding_window": 5, **layer_types(0, 1, 0)},
            nearest=({**_WINDOW, **layer_types(0, 1, 0)},),
            equal="the attention that is compared masks by layer_types; flash attention does not",
        ),
        Refused("too_few_rope_layers", "no_rope_layers", {}, {"no_rope_layers": [1, 0]}),
        Refused("no_rope_layers", "no_rope_layers", {}, {"no_rope_layers": None}),
        NO_GROUPS,
        NO_HEAD_DIM,
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    swept=NOTHING,
    small={**SMALL, "head_dim": 16, "pad_token_id": None, "bos_token_id": 1, "eos_token_id": 2},
    values={"no_rope_layers": ([1, 1, 1], [0, 0, 0], [0, 1, 0], [0, 1, 1, 1], [1], [], None)},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "no_rope_layers"}),
    equal=dict.fromkeys(("sliding_window", "use_sliding_window"), "layer_types says that no layer has a window"),
    none=frozenset({"dtype", "sliding_window"}),
)
