"""HyperCLOVA X, with and without norms after attention and MLP."""

from __future__ import annotations

from tests.families.llama_like import BIASES, BIASES_REFUSED, COMMON, LLAMA3_ROPES, SMALL
from tests.families.multipliers import COMBINED, MULTIPLIERS, MULTIPLIERS_REFUSED
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

NO_POST_NORM = {"use_post_norm": False}

PROOF = Proof(
    base={**DECODER, **NO_POST_NORM},
    cases={
        **COMMON,
        **BIASES,
        **MULTIPLIERS,
        "head_dim_derived": {"head_dim": None},
        "post_norm": {"use_post_norm": True},
        "combined": {
            **COMBINED,
            "use_post_norm": True,
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *BIASES_REFUSED,
        *MULTIPLIERS_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused("post_norm", "use_post_norm", {"use_post_norm": True}),
        # The class fills it in.
        Refused(
            "attention_multiplier_none",
            "attention_multiplier",
            {},
            {"attention_multiplier": None},
            unseen="its eager attention cannot compute without it; of the others some have a scale of their own",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **NO_POST_NORM},
)
