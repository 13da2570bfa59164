"""Mistral Small 4: latent attention whose queries grow, and experts of the best groups by a softmax."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.experts import FIRST_DENSE, SHARED_EXPERTS
from tests.families.latents import (
    LATENT_EXPERTS,
    LATENT_REFUSED,
    NO_QUERY_LATENT,
    OTHER_LATENT_EXPERTS,
    PLAIN_QUERIES,
    rope_of_halves,
)
from tests.families.proof import NOTHING, Keywords, Proof, Refused, Rope
from tests.families.query_scales import growing, is_one_rope, shrinking, telling, telling_refusal, told_growth
from tests.families.ropes import MLA_ROPE, MLA_ROPES, STALE, YARN_KEYS, rope, yarn
from tests.families.shared import NO_DROPOUT, NO_GROUPS, required
from tests.numerics.layouts import DEEPSEEK
from tests.numerics.lengths import LENGTH

_PART: Final[Keywords] = {"partial_rotary_factor": 0.25}
"""What is rotated of a head of the base config."""


def _told(value: Any) -> Any:
    """With what the class needs, which cannot compute its own default rope: "linear" by one is a plain rope."""
    told = told_growth(value)
    plain = is_one_rope(value) and value.get("rope_type") == "default"
    return {**told, "rope_type": "linear", "factor": 1.0} if plain else told


def _told_part(value: Any) -> Any:
    """The same of what is stored in a config of `_BASE`, to which the class adds nothing any more."""
    told = _told(value)
    return {**_PART, **told} if is_one_rope(value) else told


def _refused(row: Refused) -> Refused:
    told = dataclasses.replace(telling_refusal(row, _told), attributes=telling(row.attributes, _told_part))
    match row.name:
        case "rope_linear_mla":
            return dataclasses.replace(told, field="rope_parameters.factor")
        case "rope_proportional":
            return dataclasses.replace(told, change=telling(rope("proportional")))
        case "rope_partial_default":
            return dataclasses.replace(told, equal="")
        case "partial_rotary_factor_outside":
            return dataclasses.replace(told, equal=STALE)
        case _:
            return told


def _bad(value: Any, keys: frozenset[str]) -> tuple[Any, frozenset[str]]:
    stretched = is_one_rope(value) and value.get("rope_type") == "linear"
    return _told_part(value), frozenset({".factor"}) if stretched else keys


_PLAIN: Final = telling(rope("default"), _told)
_GROUPED: Final[Keywords] = {"n_group": 4, "topk_group": 2, "norm_topk_prob": False}
_NORMALISED: Final[Keywords] = {**_GROUPED, "norm_topk_prob": True}

_ROUTERS: Mapping[str, Keywords] = {
    "not_normalised": {"norm_topk_prob": False},
    "no_scaling": {"routed_scaling_factor": 1.0},
    "five_experts": {"num_experts_per_tok": 5},
    "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
    "one_expert_normalised": {"num_experts_per_tok": 1},
    "best_groups": _GROUPED,
    "best_groups_normalised": _NORMALISED,
    "three_groups": {**_NORMALISED, "topk_group": 3, "num_experts_per_tok": 6},
    "all_groups": {"n_group": 4, "topk_group": 4},
    "all_groups_not_normalised": {**_GROUPED, "topk_group": 4},
    "ranked_by_two": {**_GROUPED, "num_experts_per_tok": 3},
    "ranked_by_two_normalised": {**_NORMALISED, "num_experts_per_tok": 2},
}

_ROUTER_REFUSED: Sequence[Refused] = (
    Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
    Refused("odd_groups", "n_group", {"n_group": 3}, start=_GROUPED),
    Refused("groups_of_one", "n_group", {"n_group": 8}, start=_GROUPED),
    Refused("more_groups_than_groups", "topk_group", {"topk_group": 5}, start={**_GROUPED, "topk_group": 4}),
    Refused("groups_too_small", "topk_group", {"num_experts_per_tok": 5}, start=_GROUPED),
    *(
        Refused(
            f"groups_ranked_by_{topk // groups}",
            "topk_group",
            {"num_experts_per_tok": topk, "topk_group": groups},
            start=_GROUPED,
            nearest=(NOTHING, {"num_experts_per_tok": topk, "topk_group": 4}),
            tries=({"moe_router_topk": topk, "moe_router_group_topk": groups},),
        )
        for topk, groups in ((3, 2), (2, 2))
    ),
    Refused(
        "groups_normalised",
        "norm_topk_prob",
        {"norm_topk_prob": True},
        start=_GROUPED,
        tries=({"moe_router_pre_softmax": False},),
    ),
    Refused(
        "one_normalised",
        "norm_topk_prob",
        {"norm_topk_prob": True},
        start={"num_experts_per_tok": 1, "norm_topk_prob": False},
    ),
    Refused(
        "no_scaling",
        "routed_scaling_factor",
        {"routed_scaling_factor": 0.0},
        tries=({"moe_router_topk_scaling_factor": 0.0},),
    ),
)

PROOF = Proof(
    base={**LATENT_EXPERTS, "first_k_dense_replace": 1, "n_group": 1, "topk_group": 1, **_PLAIN},
    cases={
        "default": {},
        **{name: telling(each, _told) for name, each in PLAIN_QUERIES.items()},
        "growing_queries": growing(rope("default"), _told),
        "growing_queries_less": shrinking(rope("default"), _told),
        "rope_halves": {"rope_interleave": False},
        "rope_halves_growing": {
            "rope_interleave": False,
            "tie_word_embeddings": True,
            **growing(yarn(attention_factor=1.3, mscale_all_dim=0.9), _told),
        },
        "growing_plain_queries": {"q_lora_rank": None, **growing(yarn(mscale=0.7, mscale_all_dim=0.9), _told)},
        "epsilon": {"rms_norm_eps": 1e-5},
        "other_sizes": {**OTHER_LATENT_EXPERTS, **_PLAIN, "num_experts_per_tok": 4, "norm_topk_prob": False},
        "spelt_out": {"is_causal": True},
        "combined": {
            **_NORMALISED,
            "num_experts_per_tok": 3,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "rms_norm_eps": 1e-5,
            **growing(yarn(attention_factor=1.3, mscale_all_dim=0.9), _told),
        },
        "tied": {"tie_word_embeddings": True},
        "gelu": {"hidden_act": "gelu"},
        **FIRST_DENSE,
        **SHARED_EXPERTS,
        **_ROUTERS,
        **{name: telling(each, _told) for name, each in MLA_ROPES.items()},
        "other_theta": telling(rope("default", rope_theta=300.0), _told),
    },
    refused=(
        *map(_refused, LATENT_REFUSED),
        NO_DROPOUT,
        NO_GROUPS,
        NO_QUERY_LATENT,
        *_ROUTER_REFUSED,
        *required("v_head_dim", "num_experts_per_tok", "n_group", "topk_group", "first_k_dense_replace"),
        Refused("head_dim", "head_dim", {"head_dim": 16}),
        *rope_of_halves(False, None),
        Refused("rope_default", "rope_parameters.rope_type", telling(rope("default"))),
        Refused(
            "scale_unsaid",
            "rope_parameters.llama_4_scaling_beta",
            rope("linear", factor=1.0, original_max_position_embeddings=32),
        ),
        Refused(
            "length_unsaid",
            "rope_parameters.original_max_position_embeddings",
            rope("linear", factor=1.0, llama_4_scaling_beta=0.0),
        ),
    ),
    layout=DEEPSEEK,
    bounded={
        "query_temperature": rope(
            "linear", factor=1.0, original_max_position_embeddings=LENGTH, llama_4_scaling_beta=0.5
        ),
    },
    rope=Rope(
        {"linear": ("rope_theta",), "dynamic": (), "yarn": YARN_KEYS},
        tuple(_bad(*each) for each in MLA_ROPE.bad),
        needs={"linear": {**_PART, "factor": 1.0}, "dynamic": _PART, "yarn": _PART},
    ),
    hybrid=frozenset(),
    swept={"num_hidden_layers": 2},
    none=frozenset({"dtype", "q_lora_rank", "norm_topk_prob"}),
    # None is False of norm_topk_prob.
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "first_k_dense_replace", "norm_topk_prob"}),
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace"}),
)
