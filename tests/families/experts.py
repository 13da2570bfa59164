"""Building blocks of proofs: experts, and the layers that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.proof import Keywords, Refused
from tests.families.shared import DECODER

GROUPED_EXPERTS: Keywords = {
    "num_experts_per_tok": 4,
    "n_group": 4,
    "topk_group": 2,
    "routed_scaling_factor": 2.5,
    "moe_intermediate_size": 40,
}
"""DeepSeek-V3's router; the number of experts, of which there should be 8, has several names."""
GROUPED_DECODER: Keywords = {**DECODER, **GROUPED_EXPERTS, "n_routed_experts": 8, "n_shared_experts": 1}

GROUPS: Mapping[str, Keywords] = {
    "all_groups": {"topk_group": 4},
    "one_group_of_experts": {"n_group": 1, "topk_group": 1},
    "one_group_of_two": {"n_group": 2, "topk_group": 1, "num_experts_per_tok": 2},
    "three_groups": {"num_experts_per_tok": 6, "topk_group": 3},
    "one_expert": {"num_experts_per_tok": 1, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
    "no_scaling": {"routed_scaling_factor": 1.0},
}
SHARED_EXPERTS: Mapping[str, Keywords] = {
    "two_shared_experts": {"n_shared_experts": 2},
    "no_shared_experts": {"n_shared_experts": 0},
}

# --- Layers -----------------------------------------------------------------------------------------------------------

FIRST_DENSE: Mapping[str, Keywords] = {
    "no_dense_layers": {"first_k_dense_replace": 0},
    "two_dense_layers": {"first_k_dense_replace": 2},
    "all_dense_layers": {"first_k_dense_replace": 3},
    "more_dense_layers_than_layers": {"first_k_dense_replace": 7},
}
"""Of a model with three layers."""

LISTED: Mapping[str, Keywords] = {
    "no_dense_layers": {"mlp_layer_types": ["sparse", "sparse", "sparse"]},
    "dense_layer_between": {"mlp_layer_types": ["sparse", "dense", "sparse"]},
    "all_dense_layers": {"mlp_layer_types": ["dense", "dense", "dense"]},
}
"""The same for `mlp_layer_types`."""

LISTED_REFUSED: Sequence[Refused] = (
    Refused("mlps_too_few", "mlp_layer_types", {}, {"mlp_layer_types": ["sparse"]}),
    Refused(
        "mlps_of_another_type",
        "mlp_layer_types",
        {},
        {"mlp_layer_types": ["dense", "sparse", "gated"]},
    ),
)
MLP_TYPES: Sequence[object] = (
    ["dense"] * 3,
    ["sparse"] * 3,
    ["sparse", "dense", "sparse"],
    ["dense", "sparse", "gated"],
    ["sparse"],
    ["sparse"] * 4,
    [],
    None,
)
"""Values of `mlp_layer_types`, valid and not."""
