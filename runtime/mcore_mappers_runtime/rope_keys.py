"""Keys of `rope_parameters` that decide nothing of a model, or nothing beside others: no Megatron config has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

FIELD: Final = "rope_parameters"

_PARTIAL = "partial_rotary_factor"
_PLAIN = frozenset({"rope_type", "rope_theta", _PARTIAL})
_LINEAR = _PLAIN | {"factor"}
_ORIGINAL = _LINEAR | {"original_max_position_embeddings"}
_LLAMA3 = _ORIGINAL | {"low_freq_factor", "high_freq_factor"}
_YARN = _ORIGINAL | {"beta_fast", "beta_slow"}
_ALWAYS: Mapping[object, frozenset[str]] = {"default": _PLAIN, "linear": _LINEAR, "llama3": _LLAMA3, "yarn": _YARN}
"""By type, the keys that `rope_back` gives back whatever they say."""
_READ: Mapping[object, frozenset[str]] = {
    **_ALWAYS,
    "yarn": _YARN | {"attention_factor", "mscale", "mscale_all_dim", "truncate"},
    "dynamic": _ORIGINAL,
    "longrope": _ORIGINAL | {"attention_factor", "short_factor", "long_factor"},
}
"""By type, the keys that transformers reads."""
_NONE = frozenset[str]()


def says_more(rope: Mapping[str, object]) -> bool:
    """Whether what comes back from Megatron may have fewer keys."""
    return not rope.keys() <= _ALWAYS.get(rope.get("rope_type"), _NONE) or rope.get(_PARTIAL, 0) in (None, 1)


def with_others(rope: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """A rope that came back, with the keys of another one that decide nothing in either.

    Args:
        rope: one, or one for each type of layer.
        other: the same field of a config that may be of another model.
    """
    own, others = _by_type(rope), _by_type(other)
    if own and others:
        return {**other, **rope, **{kind: with_others(each, others.get(kind, {})) for kind, each in own.items()}}
    if own or others:
        return {**rope}
    read = _read(rope) | _read(other) | {"type", *rope}
    return {**rope, **{key: value for key, value in other.items() if key not in read}}


def _read(rope: Mapping[str, object]) -> frozenset[str]:
    return _READ.get(rope.get("rope_type"), _PLAIN)


def _by_type(rope: Mapping[str, object]) -> Mapping[str, Mapping[str, Any]]:
    return {kind: cast("Mapping[str, Any]", each) for kind, each in rope.items() if isinstance(each, dict)}
