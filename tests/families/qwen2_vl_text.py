"""The language model of Qwen2-VL."""

from __future__ import annotations

from tests.families.proof import Keywords, Proof, Refused
from tests.families.ropes import NOT_HYBRID, ROPES, rope
from tests.families.sections import OTHER, ROPE, SECTIONS, SECTIONS_REFUSED, UNTIED
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, required
from tests.families.windows import QWEN_WINDOWS, QWEN_WINDOWS_REFUSED, UNUSED_WINDOW, WINDOW_SPELLINGS
from tests.numerics.layouts import LLAMA

BASE: Keywords = {
    **{name: value for name, value in DECODER.items() if name != "head_dim"},
    "hidden_size": 512,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
}

PROOF = Proof(
    base=BASE,
    cases={
        "default": {},
        "other_sizes": {name: value for name, value in OTHER.items() if name != "head_dim"},
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_said": {"head_dim": 128},
        "spelt_out": {"is_causal": True},
        "combined": {
            "use_sliding_window": True,
            "sliding_window": 5,
            "max_window_layers": 1,
            "tie_word_embeddings": True,
            **rope("linear", factor=2.5),
        },
        **QWEN_WINDOWS,
        **ATTENTION,
        **SECTIONS,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *QWEN_WINDOWS_REFUSED,
        *SECTIONS_REFUSED,
        *required("attention_dropout"),
        NO_GROUPS,
        Refused("another_head_dim", "head_dim", {"head_dim": 64, **rope("default", mrope_section=[16, 8, 8])}),
        Refused("ties_unsaid", "tie_word_embeddings", {"tie_word_embeddings": None}, equal="None is False"),
        Refused("no_head_dim", "head_dim", {"head_dim": None}, equal="None is what is left out"),
        # Their sections fit, as far as heads that leave a rest have a width.
        Refused(
            "broken_heads",
            "num_attention_heads",
            {"num_attention_heads": 3, "num_key_value_heads": 1, **rope("default", mrope_section=[37, 24, 24])},
        ),
    ),
    layout=LLAMA,
    rope=ROPE,
    hybrid=NOT_HYBRID,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "tie_word_embeddings", *WINDOW_SPELLINGS}),
    equal={
        **UNUSED_WINDOW,
        **UNTIED,
        "head_dim": "what follows from the width and the number of heads is what is meant where nothing is said",
    },
    partly=({"use_sliding_window": True, "sliding_window": 7, "max_window_layers": 3},),
    none=frozenset({"dtype", "sliding_window", "use_sliding_window"}),
)
