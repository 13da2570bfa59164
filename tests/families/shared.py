"""Building blocks of proofs: configs, cases and refusals that many families have.

Numbers are odd on purpose, so that a confusion shows: a head width that is not hidden_size / heads, a vocabulary that
needs padding, an epsilon large enough to matter, a number of layers that does not pair up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tests.families.proof import NOTHING, Keywords, Refused
from tests.families.ropes import ROPE_REFUSED

# --- Bases ------------------------------------------------------------------------------------------------------------

DECODER: Keywords = {
    "vocab_size": 131,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 24,
    "rms_norm_eps": 0.02,
    "max_position_embeddings": 128,
}
OTHER_SIZES: Keywords = {
    "vocab_size": 97,
    "hidden_size": 48,
    "intermediate_size": 72,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "head_dim": 8,
    "max_position_embeddings": 256,
}
EXPERTS: Keywords = {**DECODER, "num_experts": 8, "num_experts_per_tok": 3, "moe_intermediate_size": 40}

# --- Cases ------------------------------------------------------------------------------------------------------------

ATTENTION: Mapping[str, Keywords] = {
    "one_group": {"num_key_value_heads": 1},
    "no_groups": {"num_key_value_heads": 4},
    "tied": {"tie_word_embeddings": True},
}
ATTENTION_BIASES: Mapping[str, Keywords] = {"attention_biases": {"attention_bias": True}}
"""Of all four projections and no MLP, which layers have."""
ACTIVATIONS: Mapping[str, Keywords] = {
    name: {"hidden_act": name} for name in ("gelu", "gelu_pytorch_tanh", "relu2", "relu")
}

# --- What holds of fields, whatever the family ------------------------------------------------------------------------

INVISIBLE: Final[Mapping[str, str]] = {
    "dtype": "every comparison is in float32",
    "initializer_range": "every weight is copied",
}
"""Used fields that no comparison of logits can see, and why. The sensitivity sweep changes them."""

EQUAL: Final[Mapping[str, str]] = {
    "rope_parameters": "keys that the rope type does not read, and defaults that are spelt out",
    "rope_scaling": "an alias of rope_parameters",
    "partial_rotary_factor": "1.0 and None rotate the whole head",
    "rope_theta": "None leaves what rope_parameters says",
    "original_max_position_embeddings": "None leaves what rope_parameters says",
    "is_causal": "True is what is meant where nothing is said",
    "dtype": "None is float32",
    "torch_dtype": "an alias of dtype",
    "hidden_act": "some functions have several names",
    "architectures": "the name of the class's own language model is what is meant where nothing is said",
}
"""Fields of which several values say the same, and why. The model is compared nevertheless."""

# --- Refusals ---------------------------------------------------------------------------------------------------------

REMOTE: Final = "only remote code reads it: the native model is the same, the checkpoint's own was not"

# Of every family.
GENERAL: Sequence[Refused] = (
    Refused(
        "encoder_decoder",
        "is_encoder_decoder",
        {"is_encoder_decoder": True},
        equal="a decoder that says that it is half of something else: the other half is nowhere",
    ),
    Refused(
        "another_head",
        "architectures",
        {"architectures": ["AcmeForRewardModel"]},
        equal="the decoder is the same, and what the checkpoint has on it is not",
    ),
    Refused("not_causal", "is_causal", {"is_causal": False}),
    # Not what its absence means: transformers takes it for False.
    Refused("causal_unsaid", "is_causal", {"is_causal": None}),
    Refused("dtype", "dtype", {"dtype": "float64"}, unseen="every comparison is in float32 by construction"),
)
PER_LAYER = Refused("per_layer", "per_layer_config", {"per_layer_config": {1: {"intermediate_size": 80}}})
ACTIVATION = Refused("activation", "hidden_act", {"hidden_act": "tanh"}, nearest=({}, {"hidden_act": "gelu"}))
# Of heads that are a multiple of the groups, in a base with four.
THREE_GROUPS = Refused("three_groups", "num_key_value_heads", {"num_key_value_heads": 3})
# Of classes that fill these in, and whose types admit None for it.
NO_GROUPS = Refused("no_groups", "num_key_value_heads", {}, {"num_key_value_heads": None})
NO_HEAD_DIM = Refused("no_head_dim", "head_dim", {}, {"head_dim": None})


def required(*fields: str) -> Sequence[Refused]:
    """Fields that may be None by their type only."""
    return tuple(Refused(f"{name}_none", name, {name: None}) for name in fields)


NO_DROPOUT = required("attention_dropout")[0]

# A decoder with Llama's names of fields, grouped queries and rope.
DECODER_REFUSED: Sequence[Refused] = (*GENERAL, ACTIVATION, THREE_GROUPS, *ROPE_REFUSED)

# The router of DeepSeek-V3 and Nemotron-H.
ROUTER: Sequence[Refused] = (
    Refused(
        "too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}, start={"n_group": 1, "topk_group": 1}
    ),
    Refused("odd_groups", "n_group", {"n_group": 3}, start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4}),
    Refused(
        "groups_of_one", "n_group", {"n_group": 8}, start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4}
    ),
    Refused("more_groups_than_groups", "topk_group", {"topk_group": 5}, start={"n_group": 4, "topk_group": 4}),
    *(
        Refused(
            f"groups_ranked_by_{topk // groups}",
            "topk_group",
            {"num_experts_per_tok": topk, "topk_group": groups},
            start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4},
            nearest=(NOTHING, {"num_experts_per_tok": topk, "topk_group": 4}),
            tries=({"moe_router_topk": topk, "moe_router_group_topk": groups},),
        )
        for topk, groups in ((3, 2), (3, 1))
    ),
    Refused(
        "groups_of_too_few",
        "topk_group",
        {"num_experts_per_tok": 5},
        start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4},
        nearest=(NOTHING, {"num_experts_per_tok": 5, "topk_group": 4}),
    ),
    Refused(
        "not_normalised",
        "norm_topk_prob",
        {"norm_topk_prob": False},
        tries=({"moe_router_pre_softmax": True},),
    ),
    Refused(
        "one_normalised",
        "norm_topk_prob",
        {"norm_topk_prob": True},
        start={"num_experts_per_tok": 1, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
        tries=({"moe_router_pre_softmax": True},),
    ),
    Refused(
        "no_scaling",
        "routed_scaling_factor",
        {"routed_scaling_factor": 0.0},
        tries=({"moe_router_topk_scaling_factor": 0.0},),
    ),
)
