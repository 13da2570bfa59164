"""Solar Open: grouped experts in every layer."""

from __future__ import annotations

from tests.families.experts import GROUPED_DECODER, GROUPS, SHARED_EXPERTS
from tests.families.partial_ropes import breaking
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ATTENTION, DECODER_REFUSED, OTHER_SIZES, ROUTER
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={name: value for name, value in GROUPED_DECODER.items() if name != "intermediate_size"},
    cases={
        "default": {},
        "biases": {"attention_bias": True},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "intermediate_size"},
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "n_group": 3,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True, "intermediate_size": 96},
        "combined": {
            "attention_bias": True,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **GROUPS,
        **SHARED_EXPERTS,
        **ATTENTION,
        **ROPES,
    },
    refused=(*breaking(DECODER_REFUSED), *ROUTER),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    values={"intermediate_size": (96, 40, 0, None)},
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts"}),
)
