"""GLM-5: as DeepSeek-V3.2, but that layers may use what the indexer of an earlier one picked."""

from __future__ import annotations

from tests.families.deepseek_v32 import INDEXER, SPARSE, SPARSE_REFUSED
from tests.families.experts import GROUPS, LISTED, MLP_TYPES, SHARED_EXPERTS
from tests.families.latents import LATENT_EXPERTS, OTHER_LATENT_EXPERTS
from tests.families.proof import Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn

_FIVE = {"num_hidden_layers": 5, "first_k_dense_replace": 2}

PROOF = Proof(
    base={**LATENT_EXPERTS, **INDEXER, "rms_norm_eps": 1e-5, "first_k_dense_replace": 1},
    cases={
        "default": {},
        # That of the latent norms.
        "epsilon": {"rms_norm_eps": 1e-6},
        "other_sizes": {**OTHER_LATENT_EXPERTS, "index_n_heads": 2, "index_head_dim": 12},
        "more_keys": {"index_topk": 33},
        "one_key": {"index_topk": 1},
        "all_keys": {"index_topk": 100},
        "rotated_indexer": {"index_head_dim": 8},
        "one_indexer": {"indexer_types": ["full", "shared", "shared"]},
        "two_indexers_first": {"indexer_types": ["full", "full", "shared"]},
        "every_second_indexer": {**_FIVE, "indexer_types": ["full", "shared", "full", "shared", "full"]},
        "one_after_two": {**_FIVE, "indexer_types": ["full", "full", "shared", "shared", "full"]},
        "by_keywords": {**_FIVE, "index_topk_freq": 2, "index_skip_topk_offset": 1},
        "spelt_out": {"is_causal": True},
        "combined": {
            "indexer_types": ["full", "shared", "full"],
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "tied": {"tie_word_embeddings": True},
        "gelu": {"hidden_act": "gelu"},
        **LISTED,
        **GROUPS,
        **SHARED_EXPERTS,
        **MLA_ROPES,
        # With 0.9 two index scores are so close that rounding decides which key is picked.
        "rope_yarn_mscale_all_dim_alone": yarn(mscale_all_dim=0.7),
        "rope_yarn_mscale_zero": yarn(mscale=0.0, mscale_all_dim=0.7),
    },
    refused=(
        *SPARSE_REFUSED,
        Refused("no_indexer_first", "indexer_types", {"indexer_types": ["shared", "full", "full"]}),
        Refused(
            "indexers_at_odds",
            "indexer_types",
            {**_FIVE, "indexer_types": ["full", "shared", "full", "full", "shared"]},
            start=_FIVE,
            nearest=({"indexer_types": ["full", "shared", "full", "shared", "full"]},),
        ),
        Refused("indexers_too_few", "indexer_types", {}, {"indexer_types": ["full"]}),
    ),
    layout=SPARSE,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    values={
        "mlp_layer_types": MLP_TYPES,
        "indexer_types": (
            ["full"] * 3,
            ["full", "shared", "shared"],
            ["full", "full", "shared"],
            ["full", "shared", "full"],
            ["shared"] * 3,
            ["full"],
            None,
        ),
    },
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts"}),
)
