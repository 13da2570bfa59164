"""Architecture fields in which two models may differ and be the same model.

Megatron reads some fields only beside certain values of others (a factor of rope scaling only where that is on), makes
one number of several (the two mscales of YaRN), and takes several spellings of one value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from .spellings import positions, spelt_alike
from .unread import LATENT_YARN, unread


def alike(ours: Mapping[str, object], theirs: Mapping[str, object], architecture: frozenset[str]) -> frozenset[str]:
    """The fields whose values need not be equal, because both models compute the same with either.

    Args:
        ours: the fields and attributes of one model by name, with the inner config's value where both configs have one.
        theirs: those of the other.
        architecture: names of all fields and attributes that decide what a model computes.
    """
    names = (unread(ours, architecture) & unread(theirs, architecture)) | spelt_alike(ours, theirs)
    if ours.get("multi_latent_attention") and theirs.get("multi_latent_attention"):
        return names | _alike_latent(ours, theirs)
    if _same_number(_concentration(ours, "yarn_"), _concentration(theirs, "yarn_")):
        names |= {"yarn_mscale", "yarn_mscale_all_dim"}
        # The attention reads them whatever the position embedding is, for nothing but this number.
        if "yarn" not in (positions(ours), positions(theirs)):
            names |= {name for name in architecture if name.startswith("yarn_")}
    return names


def _alike_latent(ours: Mapping[str, object], theirs: Mapping[str, object]) -> frozenset[str]:
    names = frozenset[str]()
    if {ours.get("position_embedding_type"), theirs.get("position_embedding_type")} <= {"rope", "mrope", "none"}:
        names |= {"position_embedding_type"}
    if _same_number(
        *(_mscale(each.get("rotary_scaling_factor"), each.get("mscale_all_dim")) for each in (ours, theirs))
    ):
        names |= {"mscale_all_dim"}
        if not _is_stretched(ours) and not _is_stretched(theirs):
            names |= {"rope_type", "rotary_scaling_factor", *LATENT_YARN}
        if _same_number(_concentration(ours, ""), _concentration(theirs, "")):
            names |= {"mscale"}
    return names


def _is_stretched(values: Mapping[str, object]) -> bool:
    """Whether the rope of latent attention is another for YaRN; by a factor of 1 it is not."""
    return values.get("rope_type") != "rope" and values.get("rotary_scaling_factor") != 1


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
