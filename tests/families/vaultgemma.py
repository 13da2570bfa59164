"""VaultGemma: windows, scaled embeddings, scores divided by a root of their own, and soft caps."""

from __future__ import annotations

from tests.families.llama_like import ATTENTION_BIAS, COMMON, LLAMA3_ROPES, SMALL, layer_types
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, yarn
from tests.families.shared import ACTIVATIONS as _ACTIVATIONS
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER, GENERAL, NO_DROPOUT, OTHER_SIZES, THREE_GROUPS
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MLP, MODEL
from tests.numerics.weights import Layout, Row

# Low enough that tiny models reach them.
CAPS = {
    "capped_scores": {"attn_logit_softcapping": 0.5},
    "capped_scores_less": {"attn_logit_softcapping": 3.0},
    "capped_logits": {"final_logit_softcapping": 0.5},
    "capped_logits_less": {"final_logit_softcapping": 2.0},
}
NO_CAPS = {"attn_logit_softcapping": None, "final_logit_softcapping": None}

PROOF = Proof(
    base={**DECODER, **NO_CAPS, "query_pre_attn_scalar": 20, "sliding_window": 5},
    cases={
        **{name: case for name, case in COMMON.items() if name not in ("groups_derived", "other_sizes")},
        **ATTENTION_BIASES,
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "odd_width": {"hidden_size": 52},
        "untied": {"tie_word_embeddings": False},
        "scalar": {"query_pre_attn_scalar": 7},
        "window_above": layer_types(0, 1, 1),
        "window_everywhere": layer_types(1, 1, 1),
        "window_nowhere": layer_types(0, 0, 0),
        "window_of_one": {"sliding_window": 1},
        "combined": {
            **layer_types(0, 1, 0),
            "sliding_window": 7,
            "query_pre_attn_scalar": 50,
            "attn_logit_softcapping": 0.4,
            "final_logit_softcapping": 0.7,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_activation": "silu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **CAPS,
        **ATTENTION,
        **ROPES,
        **{name: {"hidden_activation": each["hidden_act"]} for name, each in _ACTIVATIONS.items()},
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
        *ROPE_REFUSED,
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        NO_DROPOUT,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused("capped_scores", "attn_logit_softcapping", {"attn_logit_softcapping": 0.5}),
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
    rope=GPT_ROPE,
    shallow=NOTHING,
    swept={"num_hidden_layers": 2},
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **NO_CAPS, "head_dim": 16, "sliding_window": 5},
    values={"hidden_activation": ("gelu", "silu", "relu2", "tanh", "gelu_fast", "")},
    equal={"hidden_activation": "some functions have several names"},
    spellings=frozenset({"dtype", "hidden_activation", "rope_parameters"}),
    none=frozenset({"dtype", *NO_CAPS}),
    partly=(layer_types(0, 0, 0, 0),),
)
