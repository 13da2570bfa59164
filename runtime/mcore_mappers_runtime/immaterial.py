"""Architecture fields in which two models may differ and be the same model.

Megatron reads some fields only beside certain values of others (a factor of rope scaling only where that is on), makes
one number of several (the two mscales of YaRN), and takes several spellings of one value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from .spellings import spelt_alike

_SCALING = frozenset({"rope_scaling", "rope_scaling_factor", "seq_len_interpolation_factor"})
_LATENT_RANKS = frozenset({"q_lora_rank", "kv_lora_rank", "qk_head_dim", "qk_pos_emb_head_dim", "v_head_dim"})
_LATENT_YARN = frozenset({"original_max_position_embeddings", "beta_fast", "beta_slow", "mscale"})


def alike(ours: Mapping[str, object], theirs: Mapping[str, object], architecture: frozenset[str]) -> frozenset[str]:
    """The fields whose values need not be equal, because both models compute the same with either.

    Args:
        ours: the fields and attributes of one model by name, with the inner config's value where both configs have one.
        theirs: those of the other.
        architecture: names of all fields and attributes that decide what a model computes.
    """
    names = (_unread(ours, architecture) & _unread(theirs, architecture)) | spelt_alike(ours, theirs)
    if ours.get("multi_latent_attention") and theirs.get("multi_latent_attention"):
        return names | _alike_latent(ours, theirs)
    if _same_number(_concentration(ours, "yarn_"), _concentration(theirs, "yarn_")):
        names |= {"yarn_mscale", "yarn_mscale_all_dim"}
        # The attention reads them whatever the position embedding is, for nothing but this number.
        if "yarn" not in (ours.get("position_embedding_type"), theirs.get("position_embedding_type")):
            names |= _beginning("yarn_", architecture)
    return names


@cache
def _beginning(prefix: str, names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith(prefix))


def _unread(values: Mapping[str, object], architecture: frozenset[str]) -> frozenset[str]:
    """The fields that no part of a model with these values looks at."""
    experts = _beginning("moe_", architecture) if values.get("num_moe_experts") is None else frozenset[str]()
    return experts | (_unread_latent(values) if values.get("multi_latent_attention") else _unread_plain(values))


def _unread_plain(values: Mapping[str, object]) -> frozenset[str]:
    names = _LATENT_RANKS | _LATENT_YARN | {"rope_type", "rotary_scaling_factor", "mscale_all_dim"}
    position = values.get("position_embedding_type")
    if position in ("none", "learned_absolute"):
        return names | _SCALING | {"rotary_base", "rotary_percent"}
    if position == "yarn":
        return names | _SCALING | {"rotary_percent"}
    return names if position != "rope" or values.get("rope_scaling") else names | {"rope_scaling_factor"}


def _unread_latent(values: Mapping[str, object]) -> frozenset[str]:
    """Latent attention has a rope of its own; its softmax is scaled by YaRN's numbers whatever `rope_type` is."""
    outer = _SCALING if values.get("position_embedding_type") in ("rope", "none") else frozenset[str]()
    return outer | (_LATENT_YARN if values.get("rope_type") == "rope" else frozenset({"rotary_percent"}))


def _alike_latent(ours: Mapping[str, object], theirs: Mapping[str, object]) -> frozenset[str]:
    names = frozenset[str]()
    if {ours.get("position_embedding_type"), theirs.get("position_embedding_type")} <= {"rope", "none"}:
        names |= {"position_embedding_type"}
    if _same_number(
        *(_mscale(each.get("rotary_scaling_factor"), each.get("mscale_all_dim")) for each in (ours, theirs))
    ):
        names |= {"mscale_all_dim"}
        if ours.get("rope_type") == theirs.get("rope_type") == "rope":
            names |= {"rotary_scaling_factor"}
        if _same_number(_concentration(ours, ""), _concentration(theirs, "")):
            names |= {"mscale"}
    return names


def _concentration(values: Mapping[str, object], prefix: str) -> float | None:
    """What cosines and sines are multiplied by; None if the values are no numbers."""
    if prefix + "rotary_scaling_factor" not in values:
        return 1.0
    factor = values[prefix + "rotary_scaling_factor"]
    mscale, all_dim = values.get(prefix + "mscale"), values.get(prefix + "mscale_all_dim")
    if mscale is None or all_dim is None:
        return _mscale(factor, 1.0)
    numerator, denominator = _mscale(factor, mscale), _mscale(factor, all_dim)
    return numerator / denominator if numerator is not None and denominator else None


def _mscale(factor: object, mscale: object) -> float | None:
    if not isinstance(factor, int | float) or not isinstance(mscale, int | float):
        return None
    return 0.1 * mscale * math.log(factor) + 1.0 if factor > 1 else 1.0


def _same_number(one: float | None, other: float | None) -> bool:
    """Equal but for the rounding of a number for which the mapper solved an equation."""
    return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-12)
