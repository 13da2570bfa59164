"""DeepSeek-V3.2: latent attention to the keys that an indexer picks."""

from __future__ import annotations

from collections.abc import Sequence

from tests.families.experts import (
    GROUPS,
    LISTED,
    LISTED_REFUSED,
    MLP_TYPES,
    SHARED_EXPERTS,
)
from tests.families.latents import LATENT_EXPERTS, LATENT_REFUSED, OTHER_LATENT_EXPERTS
from tests.families.proof import Keywords, Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import ROUTER
from tests.numerics.layouts import DEEPSEEK
from tests.numerics.weights import Layout, Row

_INDEXER = (
    Row("self_attention.core_attention.indexer.linear_wq_b.weight", ("self_attn.indexer.wq_b.weight",)),
    Row("self_attention.core_attention.indexer.linear_wk.weight", ("self_attn.indexer.wk.weight",)),
    Row("self_attention.core_attention.indexer.k_norm.{kind}", ("self_attn.indexer.k_norm.{kind}",)),
    Row("self_attention.core_attention.indexer.linear_weights_proj.weight", ("self_attn.indexer.weights_proj.weight",)),
)

SPARSE = Layout(DEEPSEEK.layers, DEEPSEEK.model, (*DEEPSEEK.layer, *_INDEXER))

INDEXER: Keywords = {"index_n_heads": 3, "index_head_dim": 20, "index_topk": 9}
"""Each query sees 9 of up to 64 keys."""
SPARSE_REFUSED: Sequence[Refused] = (
    *LATENT_REFUSED,
    *ROUTER,
    *LISTED_REFUSED,
    Refused("dropout", "attention_dropout", {"attention_dropout": 0.3}, tries=({"attention_dropout": 0.3},)),
    Refused("narrow_indexer", "index_head_dim", {"index_head_dim": 6}),
    Refused("head_dim", "head_dim", {}, {"head_dim": 16}),
    Refused(
        "another_attention",
        "layer_types",
        {"layer_types": ["full_attention"] * 3},
        equal="without a cache nobody looks at it",
    ),
)
"""Of a model with three layers."""

PROOF = Proof(
    base={**LATENT_EXPERTS, "rms_norm_eps": 1e-5, "first_k_dense_replace": 1, **INDEXER},
    cases={
        "default": {},
        # That of the latent norms.
        "epsilon": {"rms_norm_eps": 1e-6},
        "other_sizes": {**OTHER_LATENT_EXPERTS, "index_n_heads": 2, "index_head_dim": 12},
        "more_keys": {"index_topk": 33},
        "one_key": {"index_topk": 1},
        "all_keys": {"index_topk": 100},
        "rotated_indexer": {"index_head_dim": 8},
        "spelt_out": {"is_causal": True},
        "combined": {
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
    },
    refused=SPARSE_REFUSED,
    layout=SPARSE,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    values={"mlp_layer_types": MLP_TYPES},
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts"}),
)
