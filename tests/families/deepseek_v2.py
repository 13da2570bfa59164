"""DeepSeek-V2: latent attention, and experts by a softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.experts import FIRST_DENSE, SHARED_EXPERTS
from tests.families.latents import LATENT, LATENT_REFUSED, NO_QUERY_LATENT, OTHER_LATENT_SIZES, PLAIN_QUERIES
from tests.families.proof import NOTHING, Keywords, Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import NO_DROPOUT, NO_GROUPS, required
from tests.numerics.layouts import DEEPSEEK

GROUPED = {"topk_method": "group_limited_greedy", "n_group": 4, "topk_group": 2, "num_experts_per_tok": 3}
ROUTERS: Mapping[str, Keywords] = {
    "scaling": {"routed_scaling_factor": 1.7},
    "one_expert": {"num_experts_per_tok": 1},
    "all_experts": {"num_experts_per_tok": 8},
    "best_groups": GROUPED,
    "three_groups": {**GROUPED, "topk_group": 3, "num_experts_per_tok": 5},
    "all_groups": {**GROUPED, "topk_group": 4, "num_experts_per_tok": 6},
    "one_group": {**GROUPED, "n_group": 1, "topk_group": 1},
    "groups_of_one": {**GROUPED, "n_group": 8, "topk_group": 3},
    "ranked_by_the_best": {**GROUPED, "num_experts_per_tok": 4},
    "one_ranked_by_the_best": {**GROUPED, "topk_group": 1, "num_experts_per_tok": 2},
}
ROUTER_REFUSED: Sequence[Refused] = (
    Refused("no_method", "topk_method", {"topk_method": "noaux_tc"}),
    Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
    *(Refused(f"no_{name}", name, {name: None}, start=GROUPED) for name in ("n_group", "topk_group")),
    Refused("odd_groups", "n_group", {"n_group": 3}, start=GROUPED),
    Refused("more_groups_than_groups", "topk_group", {"topk_group": 5}, start={**GROUPED, "topk_group": 4}),
    *(
        Refused(
            f"groups_ranked_by_{topk // groups}",
            "topk_group",
            {"num_experts_per_tok": topk, "topk_group": groups},
            start=GROUPED,
            nearest=(NOTHING, {"num_experts_per_tok": topk, "topk_group": 4}),
            tries=({"moe_router_topk": topk, "moe_router_group_topk": groups},),
        )
        for topk, groups in ((4, 2), (2, 1))
    ),
    Refused(
        "groups_kept_as_many_as_heads",
        "topk_group",
        {"n_group": 8, "topk_group": 4, "num_experts_per_tok": 8},
        start={**GROUPED, "n_routed_experts": 16},
        nearest=({"n_group": 8, "topk_group": 4, "num_experts_per_tok": 4},),
        tries=({"moe_router_num_groups": 8, "moe_router_group_topk": 4, "moe_router_topk": 8},),
    ),
    Refused(
        "groups_too_small",
        "topk_group",
        {"n_group": 8, "topk_group": 2},
        start=GROUPED,
        tries=({"moe_router_num_groups": 8},),
    ),
    Refused(
        "no_scaling",
        "routed_scaling_factor",
        {"routed_scaling_factor": 0.0},
        tries=({"moe_router_topk_scaling_factor": 0.0},),
    ),
)
"""Of a model with 8 experts, of which a token has 3."""

PROOF = Proof(
    base={
        **LATENT,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "n_routed_experts": 8,
        "n_shared_experts": 1,
        "first_k_dense_replace": 1,
    },
    cases={
        "default": {},
        **PLAIN_QUERIES,
        "epsilon": {"rms_norm_eps": 1e-5},
        "other_sizes": {**OTHER_LATENT_SIZES, "moe_intermediate_size": 24, "n_routed_experts": 6},
        "spelt_out": {"is_causal": True, "n_group": 4, "topk_group": 2},
        "groups_derived": {"num_key_value_heads": None},
        **ROUTERS,
        "combined": {
            **GROUPED,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "routed_scaling_factor": 1.7,
            "rms_norm_eps": 1e-5,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "tied": {"tie_word_embeddings": True},
        "gelu": {"hidden_act": "gelu"},
        **FIRST_DENSE,
        **SHARED_EXPERTS,
        **MLA_ROPES,
    },
    refused=(
        *LATENT_REFUSED,
        NO_QUERY_LATENT,
        NO_DROPOUT,
        NO_GROUPS,
        *required("num_experts_per_tok"),
        Refused("head_dim", "head_dim", {}, {"head_dim": 16}),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused("odd_latents", "kv_lora_rank", {"kv_lora_rank": 33}),
        Refused("odd_unrotated", "qk_nope_head_dim", {"qk_nope_head_dim": 7}),
        *ROUTER_REFUSED,
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    swept={"num_hidden_layers": 2},
    values={"topk_method": ("greedy", "group_limited_greedy", "noaux_tc", None)},
    equal=dict.fromkeys(("n_group", "topk_group"), "looked at only where topk_method is group_limited_greedy"),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "first_k_dense_replace"}),
    none=frozenset({"q_lora_rank", "dtype", "n_group", "topk_group"}),
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace"}),
)
