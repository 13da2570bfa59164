"""Training-time choices: what a mapper suggests, and what the caller passes instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from .registry import registry_of

if TYPE_CHECKING:
    import torch
    from megatron.training.models.base import ModelConfig

    from .check import Check

PROVENANCE = "mcore_mappers"
"""The one key that a mapper puts into `extra_checkpoint_metadata`."""


def select[Selected: Mapping[str, object]](
    fields: type[Selected], caller: Mapping[str, object], suggested: Selected | None = None
) -> Selected:
    """Those of the caller's fields that belong to one of the two Megatron classes, over those that are suggested.

    Args:
        fields: the generated `TypedDict` that lists the class's fields.
        caller: what the caller passed, for both classes.
        suggested: what the mapper has for fields that the caller leaves open.
    """
    names = fields.__annotations__ if caller else ()
    return cast(Selected, {**(suggested or {}), **{name: value for name, value in caller.items() if name in names}})


class Kept(NamedTuple):
    """What Megatron does not carry of a Hugging Face config."""

    values: dict[str, object]
    """Fields that are not the class's default, attributes of the config's own, and keys inside of fields."""
    left_out: tuple[str, ...]
    """Names of what is not kept."""


class MetadataFields(TypedDict, total=False):
    """The caller's own checkpoint metadata, to which a mapper adds its provenance."""

    extra_checkpoint_metadata: dict[str, Any] | None


def provenance(family: str, deviations: tuple[str, ...], kept: Kept, caller: MetadataFields) -> dict[str, Any]:
    """The caller's checkpoint metadata and, under one key, where the config comes from.

    Args:
        family: name of the family.
        deviations: ids of the deviations that apply.
        kept: what Megatron does not carry of the Hugging Face config.
        caller: what the caller passed.
    """
    origin: dict[str, object] = {
        "family": family,
        "deviations": list(deviations),
        "versions": dict(registry_of(family).releases.newest),
        "huggingface": kept.values,
    }
    if kept.left_out:
        origin["left_out"] = list(kept.left_out)
    return {**(caller.get("extra_checkpoint_metadata") or {}), PROVENANCE: origin}


def origin_family(model: ModelConfig) -> str | None:
    """The family that the provenance in a model config names; None where it has none."""
    origin: object = (model.extra_checkpoint_metadata or {}).get(PROVENANCE)
    name = cast("dict[str, object]", origin).get("family") if isinstance(origin, dict) else None
    return name if isinstance(name, str) else None


class PrecisionFields(TypedDict, total=False):
    """The four Megatron fields that are one decision."""

    fp16: bool
    bf16: bool
    params_dtype: torch.dtype
    pipeline_dtype: torch.dtype


class _Dtypes(NamedTuple):
    """Those that Megatron trains in."""

    float32: torch.dtype
    bfloat16: torch.dtype
    float16: torch.dtype


@cache
def _dtypes() -> _Dtypes:
    """Imports torch, which is there by the time that a config is mapped."""
    import torch

    return _Dtypes(torch.float32, torch.bfloat16, torch.float16)


def checked_dtype(check: Check, dtype: object) -> torch.dtype:
    """The dtype of a checkpoint; float32 where the config has none, as transformers has it."""
    known = _dtypes()
    if dtype is None:
        return known.float32
    for name, candidate in zip(_Dtypes._fields, known, strict=True):
        if dtype is candidate or (isinstance(dtype, str) and dtype == name):
            return candidate
    check.refuse("dtype", dtype, f"must be one of {', '.join(_Dtypes._fields)}: Megatron trains in no other")
    return known.float32


def precision(dtype: torch.dtype, caller: PrecisionFields) -> PrecisionFields:
    """Megatron's precision fields from one dtype: the caller's, where one of the four says it, else the checkpoint's.

    Args:
        dtype: of the checkpoint.
        caller: what the caller passed. What contradicts itself in it is left for Megatron to refuse.
    """
    known = _dtypes()
    stated = caller.get("params_dtype") or caller.get("pipeline_dtype")
    if caller.get("bf16"):
        stated = known.bfloat16
    elif caller.get("fp16"):
        stated = known.float16
    elif stated is None:
        switched_off = (dtype is known.bfloat16 and caller.get("bf16") is False) or (
            dtype is known.float16 and caller.get("fp16") is False
        )
        stated = known.float32 if switched_off else dtype
    return {
        "fp16": stated is known.float16,
        "bf16": stated is known.bfloat16,
        "params_dtype": stated,
        "pipeline_dtype": stated,
    }
