"""Training-time choices: what a mapper suggests, and what the caller passes instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from .needs import WorkerFields
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


class MapperFields(WorkerFields, total=False):
    """What a mapper takes, and does not pass on as it is."""

    extra_checkpoint_metadata: dict[str, Any] | None
    """The caller's (checkpoints). A copy of it is saved beside the weights, with where the config comes from under one
    key of the mapper's own. Megatron's default: None."""


def provenance(
    family: str,
    deviations: tuple[str, ...],
    kept: Kept,
    caller: MapperFields,
    *,
    equal_up_to: int | None,
    transformer_engine: bool,
    inputs: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The caller's checkpoint metadata and, under one key, where the config comes from.

    Args:
        family: name of the family.
        deviations: ids of the deviations that apply.
        kept: what Megatron does not carry of the Hugging Face config.
        caller: what the caller passed.
        equal_up_to: the longest sequences for which the models are equal; None where any are.
        transformer_engine: whether what is suggested takes it for installed.
        inputs: what the model lacks for other inputs than texts.
    """
    origin: dict[str, object] = {
        "family": family,
        "deviations": list(deviations),
        "versions": dict(registry_of(family).releases.newest),
        "transformer_engine": transformer_engine,
        "huggingface": kept.values,
    }
    if equal_up_to is not None:
        origin["equal_up_to"] = equal_up_to
    if kept.left_out:
        origin["left_out"] = list(kept.left_out)
    if inputs:
        origin["needs"] = list(inputs)
    return {**(caller.get("extra_checkpoint_metadata") or {}), PROVENANCE: origin}


def equal_up_to(model: ModelConfig) -> int | None:
    """The longest sequences for which a mapped model and its Hugging Face model are equal; None where any are."""
    origin: dict[str, object] = (model.extra_checkpoint_metadata or {})[PROVENANCE]
    return cast("int | None", origin.get("equal_up_to"))


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


class CallerPrecisionFields(PrecisionFields, total=False):
    """The caller's fields on which they depend."""

    fp32_residual_connection: bool


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


def precision(
    dtype: torch.dtype, caller: CallerPrecisionFields, *, fp32_residual_connection: bool = False
) -> PrecisionFields:
    """Megatron's precision fields from one dtype: the caller's `bf16`, `fp16` or `params_dtype`, else the checkpoint's.

    What pipeline stages send follows, and decides nothing: it is of that dtype too, or of float32 as residuals are.
    Autocast is another matter: it computes in a dtype of its own beside parameters that stay what they are.

    Args:
        dtype: of the checkpoint. What the caller switches off of it leaves float32.
        caller: what the caller passed.
        fp32_residual_connection: whether residuals are float32 where the caller does not say.

    Raises:
        TypeError: what the caller passed contradicts itself, or its `pipeline_dtype` the decision. `bf16` and `fp16`
            together Megatron refuses itself.
    """
    known = _dtypes()
    stated, said = _decision(known, dtype, caller) if caller else (dtype, "")
    sent = known.float32 if caller.get("fp32_residual_connection", fp32_residual_connection) else stated
    own = caller.get("pipeline_dtype", sent)
    if own is not sent and own is not stated and not (caller.get("bf16") and caller.get("fp16")):
        raise TypeError(
            f"pipeline_dtype={own} contradicts {said}: it follows what is decided there, and can be left out"
        )
    return {
        "fp16": stated is known.float16,
        "bf16": stated is known.bfloat16,
        "params_dtype": stated,
        "pipeline_dtype": sent,
    }


def _decision(known: _Dtypes, dtype: torch.dtype, caller: CallerPrecisionFields) -> tuple[torch.dtype, str]:
    """The one dtype, and what says it.

    Raises:
        TypeError: two keywords say different things.
    """
    bf16, fp16, stated = caller.get("bf16"), caller.get("fp16"), caller.get("params_dtype")
    flags = (("bf16", bf16, known.bfloat16), ("fp16", fp16, known.float16))
    if stated is not None and not (bf16 and fp16):
        for name, flag, meant in flags:
            if flag is not None and flag != (stated is meant):
                raise TypeError(f"{name}={flag} contradicts params_dtype={stated}: one of them is enough")
        return stated, f"params_dtype={stated}"
    for name, flag, meant in flags:
        if flag:
            return meant, f"{name}=True"
    for name, flag, meant in flags:
        if flag is False and dtype is meant:
            return known.float32, f"{name}=False, by which params_dtype={known.float32}"
    return dtype, f"params_dtype={dtype}, which the checkpoint has"
