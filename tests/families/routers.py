"""Building blocks of proofs: experts of Mixtral's and Qwen's heirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.proof import Keywords, Refused
from tests.families.shared import DECODER

LOCAL_EXPERTS: Keywords = {**DECODER, "num_local_experts": 8, "num_experts_per_tok": 3}
"""In Mixtral's words."""

AUXILIARY_LOSS: Mapping[str, str] = {"router_aux_loss_coef": "an auxiliary loss is no part of the logits"}
ZERO: Final = frozenset({"initializer_range", "attention_dropout", "router_aux_loss_coef"})

ATTENTION_BIAS = Refused(
    "attention_bias",
    "attention_bias",
    {"attention_bias": True},
    tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
)
TOO_MANY_EXPERTS = Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9})
# Megatron's config cannot be built with a single one either; set afterwards, it would do.
ONE_EXPERT = Refused("one_expert", "num_experts_per_tok", {"num_experts_per_tok": 1})
ONE_NORMALISED = Refused(
    "one_normalised",
    "norm_topk_prob",
    {"num_experts_per_tok": 1, "norm_topk_prob": True},
    nearest=({"num_experts_per_tok": 1, "norm_topk_prob": False},),
)

# Of three layers, some of which have experts.
STEPS: Mapping[str, Keywords] = {
    "dense_layers": {"mlp_only_layers": [1]},
    "all_dense_layers": {"mlp_only_layers": [0, 1, 2]},
    "sparse_step": {"decoder_sparse_step": 2},
    "sparse_step_and_dense_layers": {"decoder_sparse_step": 2, "mlp_only_layers": [3], "num_hidden_layers": 5},
}
STEPS_REFUSED: Sequence[Refused] = (
    Refused("no_step", "decoder_sparse_step", {"decoder_sparse_step": 0}),
    Refused(
        "dense_layer_beyond",
        "mlp_only_layers",
        {"mlp_only_layers": [9]},
        equal="no such layer: the list was made for another model",
    ),
)
STEPPED_VALUES: Mapping[str, Sequence[Any]] = {"mlp_only_layers": ([], [0], [1, 2], [0, 1, 2], [7], [-1], None)}
STEPPED_SPELLINGS: Final = frozenset({"mlp_only_layers", "decoder_sparse_step"})
"""Which layers have experts can be said by step and by list."""
