"""The language model of Qwen3-VL's dense models."""

from __future__ import annotations

from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.routers import ATTENTION_BIAS
from tests.families.sections import INTERLEAVED, INTERLEAVED_REFUSED, LAYER_TYPES_REFUSED, LAYERS, UNTIED
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    OTHER_SIZES,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "groups_derived": {"num_key_value_heads": None},
        "spelt_out": {"is_causal": True},
        "combined": {"tie_word_embeddings": True, "num_key_value_heads": 1, **rope("linear", factor=2.5)},
        **ATTENTION,
        **INTERLEAVED,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, *INTERLEAVED_REFUSED, *LAYER_TYPES_REFUSED, NO_GROUPS, ATTENTION_BIAS),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    equal={**UNTIED, **LAYERS},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "tie_word_embeddings"}),
)
