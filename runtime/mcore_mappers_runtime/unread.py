"""Which architecture fields Megatron does not read, in which models.

A model of experts alone has no MLP whose width could be wrong, and latent attention has head sizes of its own. What is
said here of a field is tried on Megatron itself: another value leaves parameters and logits as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from .by_layer import experts
from .heterogeneous import ENCODED
from .hybrid import ATTENDING, ATTENTION, DELTA_NET, EXPERTS, MAMBA, MLP

Values = Mapping[str, object]
"""The fields and attributes of a model by name."""

type Condition = Callable[[Values], bool]


def unread(values: Values, architecture: frozenset[str]) -> frozenset[str]:
    """The fields that no part of a model looks at, or that decide nothing but its initialisation.

    Args:
        values: the fields and attributes of the model, with the inner config's value where both configs have one.
        architecture: names of all fields and attributes that decide what some model computes.
    """
    found = set(_NEVER)
    for holds, names in _UNREAD:
        if holds(values):
            found |= _matching(names, architecture)
    return frozenset(found)


@cache
def _matching(names: frozenset[str], architecture: frozenset[str]) -> frozenset[str]:
    """The names, and what begins as those do that end with an underscore."""
    prefixes = tuple(name for name in names if name.endswith("_"))
    return names | {name for name in architecture if prefixes and name.startswith(prefixes)}


# --- What a model has -------------------------------------------------------------------------------------------------


def _has(values: Values, symbol: str, in_gpt: bool) -> bool:
    """Whether a hybrid model has such a layer, be it one that predicts further tokens; else what a GPT model has."""
    pattern = values.get("hybrid_layer_pattern")
    return symbol in pattern if isinstance(pattern, str) else in_gpt


def _is_hybrid(values: Values) -> bool:
    return isinstance(values.get("hybrid_layer_pattern"), str) and not _has_indexer(values)


def _expert_layers(values: Values) -> set[int]:
    """What a GPT model has of 1, for layers with experts, and 0, for layers with an MLP; both if it cannot be told."""
    layers = values.get("num_layers")
    if values.get("num_moe_experts") is None:
        return {0}
    each = experts(values.get("moe_layer_freq"), layers) if isinstance(layers, int) else None
    return set(each or (0, 1))


def _is_latent(values: Values) -> bool:
    """Whether whatever attends does so through latents."""
    return bool(values.get("multi_latent_attention")) and not _has(values, ATTENTION, in_gpt=False)


def _attends(values: Values) -> bool:
    return any(_has(values, symbol, in_gpt=True) for symbol in ATTENDING)


def _has_delta_net(values: Values) -> bool:
    return _has(values, DELTA_NET, in_gpt=values.get("experimental_attention_variant") == "gated_delta_net")


def _has_indexer(values: Values) -> bool:
    return _has(values, ATTENDING[-1], in_gpt=values.get("experimental_attention_variant") == "dsa")


def _has_mamba(values: Values) -> bool:
    return _has(values, MAMBA, in_gpt=False)


def _has_mlp(values: Values) -> bool:
    return _has(values, MLP, in_gpt=0 in _expert_layers(values))


def _has_experts(values: Values) -> bool:
    return values.get("num_moe_experts") is not None and _has(values, EXPERTS, in_gpt=1 in _expert_layers(values))


def _takes_softmax_of_scores(values: Values) -> bool:
    return values.get("moe_router_score_function", "softmax") == "softmax"


def _none_of(*conditions: Condition) -> Condition:
    return lambda values: not any(holds(values) for holds in conditions)


def _without(name: str) -> Condition:
    """Whether a field is off, or None."""
    return lambda values: values.get(name) in (None, False)


def _plain_at(*positions: str) -> Condition:
    """Whether attention is plain, with positions of one of these kinds."""
    return lambda values: not _is_latent(values) and values.get("position_embedding_type") in positions


def _differs_by_layer(values: Values) -> bool:
    return bool(values.get(ENCODED))


def _latent_at(field: str, *values: str) -> Condition:
    """Whether attention is latent, with one of these values of a field."""
    return lambda model: _is_latent(model) and model.get(field) in values


def _ropes_unscaled(values: Values) -> bool:
    return values.get("position_embedding_type") == "rope" and not values.get("rope_scaling")


# --- What is read of it -----------------------------------------------------------------------------------------------

_NEVER: Final = frozenset({"is_hybrid_model"})
"""It scales the initialisation of output layers, and nothing else."""

_SCALING: Final = frozenset({"rope_scaling", "rope_scaling_factor", "seq_len_interpolation_factor"})
_LATENT_RANKS: Final = frozenset({"q_lora_rank", "kv_lora_rank", "qk_head_dim", "qk_pos_emb_head_dim", "v_head_dim"})
LATENT_YARN: Final = frozenset({"original_max_position_embeddings", "beta_fast", "beta_slow", "mscale"})
_LATENT_ROPE: Final = LATENT_YARN | {"rope_type", "rotary_scaling_factor", "mscale_all_dim"}
_ROTARY: Final = frozenset({"rotary_base", "rotary_percent", "rotary_interleaved", "no_rope_freq"})
_ATTENTION: Final = _ROTARY | {
    *("num_attention_heads", "num_query_groups", "kv_channels", "multi_latent_attention", "softmax_scale"),
    *("softmax_type", "attention_output_gate", "window_size", "window_attn_skip_freq", "qk_layernorm", "qk_l2_norm"),
    *("add_qkv_bias", "mrope_section", "yarn_"),
}
_GATE: Final = frozenset({"activation_func_clamp_value", "glu_linear_offset"})


_UNREAD: Final[tuple[tuple[Condition, frozenset[str]], ...]] = (
    # Experts, and MLPs beside or in place of them.
    (_none_of(_has_experts), frozenset({"moe_", "num_moe_experts"})),
    (_none_of(_has_mlp), frozenset({"ffn_hidden_size"})),
    (_none_of(_has_mlp, _has_experts), _GATE | {"gated_linear_unit"}),
    (_none_of(_has_mlp, _has_experts, _has_delta_net), frozenset({"activation_func"})),
    (_none_of(_has_mlp, _has_experts, _attends), frozenset({"add_bias_linear"})),
    (_without("gated_linear_unit"), _GATE),
    (_none_of(_takes_softmax_of_scores), frozenset({"moe_router_pre_softmax"})),
    (_without("moe_shared_expert_intermediate_size"), frozenset({"moe_shared_expert_gate"})),
    # Attention of either kind, and none.
    (_is_latent, frozenset({"kv_channels", "attention_output_gate", "add_qkv_bias", "no_rope_freq"})),
    (_without("multi_latent_attention"), _LATENT_RANKS | _LATENT_ROPE),
    (_none_of(_attends), _LATENT_RANKS | _LATENT_ROPE | _SCALING | _ATTENTION),
    # Positions. Latent attention has a rope of its own, and its softmax is scaled by YaRN's numbers whatever
    # `rope_type` is.
    (_plain_at("none", "learned_absolute"), _SCALING | _ROTARY),
    (_plain_at("yarn"), _SCALING | {"rotary_percent"}),
    (_ropes_unscaled, frozenset({"rope_scaling_factor"})),
    (_latent_at("position_embedding_type", "rope", "mrope", "none"), _SCALING),
    (_latent_at("rope_type", "rope"), LATENT_YARN),
    (_latent_at("rope_type", "yarn"), frozenset({"rotary_percent"})),
    # Other mixers.
    (_none_of(_has_mamba), frozenset({"mamba_"})),
    (_none_of(_has_delta_net), frozenset({"linear_"})),
    (_none_of(_has_indexer), frozenset({"dsa_"})),
    # What a hybrid pattern says in place of the inner config.
    (_is_hybrid, frozenset({"experimental_attention_variant", "linear_attention_freq", "moe_layer_freq"})),
    # What scales a model by its width; two of these give the scale of the softmax where that is None.
    (_without("use_mup"), frozenset({"mup_"})),
    # The file with the layers that differ, where they are given.
    (_differs_by_layer, frozenset({"heterogeneous_layers_config_path"})),
    (_none_of(_without("softmax_scale")), frozenset({"mup_base_head_dim", "mup_attn_scale_power"})),
)
"""Conditions, and the fields that are not read where one holds; a name that ends with an underscore stands for all
fields that begin so."""
