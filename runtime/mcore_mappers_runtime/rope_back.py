"""Reads Hugging Face's `rope_parameters` back from a Megatron config: the inverse of `rope`.

What transformers lets one say in several ways is said in one: only keys that it reads for the `rope_type`, with the
numbers of YaRN spelt out. A number for which `rope` solved an equation is given back such that it solves to the same.

The readers do not raise. Of a rope that no `rope_parameters` expresses they return the nearest, and mapping that
forward again shows the difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import MLATransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

# What Megatron's RotaryEmbedding hard-wires for Llama 3, as Hugging Face calls it.
_LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
# YaRN's numbers above zero as latent attention has them; all others have them with a prefix.
_YARN = ("rotary_scaling_factor", "original_max_position_embeddings", "beta_fast", "beta_slow")
_PREFIX = "yarn_"
# Stands for a number that is none.
_NO_NUMBER = 2.0


def gpt_rope_parameters(mcore: GPTModelConfig, *, partial_rotary: bool = False) -> dict[str, object]:
    """The inverse of `gpt_rope`.

    Args:
        mcore: a model without multi-latent attention.
        partial_rotary: as for `gpt_rope`. The config class of such a family fills in a `partial_rotary_factor` of its
            own where there is none, so it is said here even if it is 1.
    """
    parameters = _rope_parameters(mcore, partial_rotary)
    if parameters["rope_type"] == "yarn" or not mcore.rope_scaling:
        return parameters
    return {**parameters, "rope_type": "llama3", "factor": _number(mcore.rope_scaling_factor), **_LLAMA3}


def hybrid_rope_parameters(mcore: HybridModelConfig, *, partial_rotary: bool = False) -> dict[str, object]:
    """The inverse of `hybrid_rope`; arguments as those of `gpt_rope_parameters`."""
    return _rope_parameters(mcore, partial_rotary)


def mla_rope_parameters(mcore: GPTModelConfig | HybridModelConfig) -> dict[str, object]:
    """The inverse of `mla_rope`, for a model whose inner config is an MLATransformerConfig."""
    # Not mcore.rotary_base, which is the default of the outer class whatever the inner config has.
    transformer = cast("MLATransformerConfig", mcore.transformer)
    parameters: dict[str, object] = {"rope_type": "default", "rope_theta": _theta(transformer.rotary_base)}
    if transformer.rope_type != "yarn":
        return parameters
    parameters |= _yarn_parameters(vars(transformer), "")
    # Given even beside an attention_factor: transformers also scales the softmax by it.
    return {**parameters, **({"mscale_all_dim": all_dim} if (all_dim := _number(transformer.mscale_all_dim)) else {})}


def _rope_parameters(mcore: GPTModelConfig | HybridModelConfig, partial_rotary: bool) -> dict[str, object]:
    """Those of every rope but Llama 3's."""
    percent = _number(mcore.rotary_percent)
    parameters: dict[str, object] = {"rope_type": "default", "rope_theta": _theta(mcore.rotary_base)}
    if cast(str, mcore.position_embedding_type) == "yarn":
        held = vars(mcore.transformer)
        parameters |= _yarn_parameters(held, _PREFIX)
        if not held.get("yarn_correction_range_round_to_int", True):
            parameters["truncate"] = False
        percent = 1.0  # Megatron's YaRN rotates the whole head, whatever rotary_percent is.
    elif mcore.seq_len_interpolation_factor is not None:
        parameters |= {"rope_type": "linear", "factor": _number(mcore.seq_len_interpolation_factor)}
    return {**parameters, **({"partial_rotary_factor": percent} if partial_rotary or percent != 1 else {})}


def _yarn_parameters(held: Mapping[str, object], prefix: str) -> dict[str, object]:
    factor, original, beta_fast, beta_slow = (_number(held.get(prefix + field)) for field in _YARN)
    mscale, all_dim = held.get(prefix + "mscale"), held.get(prefix + "mscale_all_dim")
    parameters: dict[str, object] = {
        "rope_type": "yarn",
        "factor": factor,
        "original_max_position_embeddings": int(original) if original.is_integer() else original,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
    }
    # Without both, Megatron multiplies cosines and sines by YaRN's own factor. transformers takes zero for absent.
    if mscale and all_dim:
        return {**parameters, "mscale": _number(mscale), "mscale_all_dim": _number(all_dim)}
    if mscale is None or all_dim is None:
        return parameters
    attention = _attention_factor(factor, _number(mscale), _number(all_dim))
    return {**parameters, **({} if attention == _mscale(factor) else {"attention_factor": attention})}


def _attention_factor(factor: float, mscale: float, all_dim: float) -> float:
    """What Megatron multiplies cosines and sines by, or the number beside it that `rope` solves to this mscale."""
    softmax = _mscale(factor, all_dim) or 1.0
    attention = _mscale(factor, mscale) / softmax
    if factor <= 1 or not math.isfinite(attention):
        return attention
    # _rope subtracts 1 from the product with `softmax`, which rounds a small one to such steps.
    step = max(math.ulp(attention), math.ulp(0.5) / abs(softmax))
    for distance in (0, 1, -1, 2, -2, 3, -3):
        near = attention + distance * step
        if (near * softmax - 1.0) / (0.1 * math.log(factor)) == mscale:
            return near
    return attention


def _mscale(factor: float, mscale: float = 1.0) -> float:
    """What both sides call mscale, written as both compute it."""
    return 0.1 * mscale * math.log(factor) + 1.0 if factor > 1 else 1.0


def _theta(base: float) -> float:
    """A float, unless it is an integer that no float equals."""
    number = _number(base)
    return number if _finite(base) is None or number == base else base


def _number(value: object) -> float:
    number = _finite(value)
    return _NO_NUMBER if number is None else number


def _finite(value: object) -> float | None:
    """The number that `value` is, or None if it is no finite number; bools and strings are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
