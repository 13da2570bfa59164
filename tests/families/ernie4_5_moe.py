"""ERNIE 4.5 with experts: chosen by softmax scores with a bias."""

from __future__ import annotations

from tests.families.llama_like import COMMON, INTERLEAVED_REFUSED, INTERLEAVED_ROPE, INTERLEAVED_ROPES, SMALL
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import rope
from tests.families.routers import AUXILIARY_LOSS
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, NO_GROUPS, required
from tests.numerics.layouts import LLAMA

_EXPERTS = {
    "moe_num_experts": 8,
    "moe_k": 3,
    "moe_intermediate_size": 40,
    "moe_num_shared_experts": 1,
    "moe_layer_start_index": 1,
}

PROOF = Proof(
    # A divisor that the scores of some tokens do not reach.
    base={**DECODER, **_EXPERTS, "moe_norm_min": 0.4, "tie_word_embeddings": False},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_experts": {"moe_num_experts": 6, "moe_intermediate_size": 24},
        "one_expert": {"moe_k": 1},
        "all_experts": {"moe_k": 8},
        "divided_by_the_sum": {"moe_norm_min": 1e-12},
        "two_shared_experts": {"moe_num_shared_experts": 2},
        "no_shared_experts": {"moe_num_shared_experts": 0},
        "all_layers": {"moe_layer_start_index": 0},
        "no_layers": {"moe_layer_start_index": 3},
        "first_layer": {"moe_layer_start_index": 0, "moe_layer_end_index": 0},
        "every_second_layer": {"moe_layer_start_index": 0, "moe_layer_interval": 2},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            "moe_num_shared_experts": 2,
            "moe_layer_interval": 2,
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **INTERLEAVED_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *INTERLEAVED_REFUSED,
        NO_GROUPS,
        *required("moe_k", "moe_num_experts", "moe_norm_min"),
        Refused("too_many_experts", "moe_k", {"moe_k": 9}),
        Refused("biases", "use_bias", {"use_bias": True}, tries=({"add_bias_linear": True},)),
    ),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
    small={**SMALL, **_EXPERTS, "head_dim": 16},
    invisible=AUXILIARY_LOSS,
    equal={
        "use_bias": "None is False",
        **dict.fromkeys(
            ("moe_layer_start_index", "moe_layer_end_index", "moe_layer_interval"),
            "others can name the same ones of three layers",
        ),
    },
    spellings=frozenset(
        {
            "dtype",
            "hidden_act",
            "rope_parameters",
            "head_dim",
            "use_bias",
            "moe_layer_start_index",
            "moe_layer_end_index",
            "moe_layer_interval",
        }
    ),
    none=frozenset({"dtype", "use_bias", "router_aux_loss_coef"}),
    zero=frozenset(
        {
            "initializer_range",
            "router_aux_loss_coef",
            "moe_num_shared_experts",
            "moe_norm_min",
            "moe_layer_start_index",
            "moe_layer_end_index",
        }
    ),
)
