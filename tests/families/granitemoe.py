"""Granite with experts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.llama_like import ATTENTION_BIAS, COMMON, LLAMA3_ROPES, SMALL
from tests.families.multipliers import COMBINED, MULTIPLIERS, MULTIPLIERS_REFUSED
from tests.families.proof import ABSENT, Keywords, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import (
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    NO_HEAD_DIM,
    required,
)
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MODEL, NORMS
from tests.numerics.weights import Layout, Row

EXPERTS = (
    *NORMS,
    *SELF_ATTENTION,
    Row("mlp.router.weight", ("block_sparse_moe.router.weight",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("block_sparse_moe.experts.gate_up_proj[{expert}]",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("block_sparse_moe.experts.down_proj[{expert}]",)),
    # What older releases call them.
    Row("mlp.router.weight", ("block_sparse_moe.router.layer.weight",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("block_sparse_moe.input_linear.weight[{expert}]",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("block_sparse_moe.output_linear.weight[{expert}]",)),
)
BASE: Keywords = {**DECODER, "attention_multiplier": 0.2, "num_local_experts": 8, "num_experts_per_tok": 3}
CASES: Mapping[str, Keywords] = {
    **{name: case for name, case in COMMON.items() if name != "other_sizes"},
    **MULTIPLIERS,
    **ATTENTION_BIASES,
    "other_sizes": {**COMMON["other_sizes"], "num_local_experts": 6},
    "one_expert": {"num_experts_per_tok": 1},
    "two_experts": {"num_experts_per_tok": 2},
    "all_experts": {"num_experts_per_tok": 8},
    "head_dim_undeclared": {"head_dim": ABSENT},
    "gelu": {"hidden_act": "gelu"},
    "combined": {
        **COMBINED,
        "tie_word_embeddings": True,
        "num_key_value_heads": 1,
        "hidden_act": "gelu",
        "num_experts_per_tok": 2,
        **yarn(mscale=0.7, mscale_all_dim=0.9),
    },
    **ATTENTION,
    **ROPES,
}
REFUSED: Sequence[Refused] = (
    *DECODER_REFUSED,
    ATTENTION_BIAS,
    *MULTIPLIERS_REFUSED,
    NO_GROUPS,
    NO_HEAD_DIM,
    *required(
        *("attention_dropout", "embedding_multiplier", "logits_scaling"),
        *("residual_multiplier", "num_local_experts", "num_experts_per_tok"),
    ),
    Refused(
        "attention_multiplier_none",
        "attention_multiplier",
        {"attention_multiplier": None},
        unseen="its eager attention cannot compute without it; of the others some have a scale of their own",
    ),
    Refused("one_expert", "num_experts_per_tok", {"num_experts_per_tok": 1}),
    Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
)
ZERO = frozenset({"initializer_range", "attention_dropout", "router_aux_loss_coef"})
NONE = frozenset({"dtype", "router_aux_loss_coef"})
INVISIBLE: Mapping[str, str] = {"router_aux_loss_coef": "an auxiliary loss is no part of the logits"}
SPELLINGS = frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"})
SMALL_EXPERTS: Keywords = {**SMALL, "head_dim": 16, "num_local_experts": 8}

PROOF = Proof(
    base=BASE,
    cases=CASES,
    refused=REFUSED,
    layout=Layout("model.layers.{}.", MODEL, EXPERTS),
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small=SMALL_EXPERTS,
    invisible=INVISIBLE,
    spellings=SPELLINGS,
    zero=ZERO,
    none=NONE,
)
