"""Training-time choices: what a mapper suggests, and what the caller passes instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

from ._versions import VERSIONS

if TYPE_CHECKING:
    import torch
    from megatron.training.models.base import ModelConfig

    from ._check import Check

PROVENANCE = "mcore_mappers"
"""The one key that a mapper puts into `extra_checkpoint_metadata`."""


def select[Selected: Mapping[str, object]](fields: type[Selected], settings: Mapping[str, object]) -> Selected:
    """Those of `settings` that belong to one of the two Megatron classes.

    Args:
        fields: the generated `TypedDict` that lists the class's fields.
        settings: suggested and caller fields of both classes.
    """
    names = fields.__annotations__
    return cast(Selected, {name: value for name, value in settings.items() if name in names})


class MetadataFields(TypedDict, total=False):
    """The caller's own checkpoint metadata, to which a mapper adds its provenance."""

    extra_checkpoint_metadata: dict[str, Any] | None


def provenance(
    family: str, deviations: tuple[str, ...], huggingface: dict[str, object], settings: MetadataFields
) -> dict[str, Any]:
    """The caller's checkpoint metadata and, under one key, where the config comes from.

    Args:
        family: name of the family.
        deviations: ids of the deviations that apply.
        huggingface: what Megatron does not carry of the Hugging Face config, where it is not the class's default.
        settings: suggested and caller fields.
    """
    origin = {
        "family": family,
        "deviations": list(deviations),
        "versions": dict(VERSIONS),
        "huggingface": huggingface,
    }
    return {**(settings.get("extra_checkpoint_metadata") or {}), PROVENANCE: origin}


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


def checked_dtype(check: Check, dtype: object) -> torch.dtype:
    """The dtype of a checkpoint; float32 where the config has none, as transformers has it."""
    import torch

    names = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if dtype is None:
        return torch.float32
    for name, known in names.items():
        if dtype in (name, known):
            return known
    check.refuse("dtype", dtype, f"must be one of {', '.join(names)}: Megatron trains in no other")
    return torch.float32


def precision(dtype: torch.dtype, caller: PrecisionFields) -> PrecisionFields:
    """Megatron's precision fields from one dtype: the caller's, where one of the four says it, else the checkpoint's.

    Args:
        dtype: of the checkpoint.
        caller: what the caller passed. What contradicts itself in it is left for Megatron to refuse.
    """
    import torch

    stated = caller.get("params_dtype") or caller.get("pipeline_dtype")
    if caller.get("bf16"):
        stated = torch.bfloat16
    elif caller.get("fp16"):
        stated = torch.float16
    elif stated is None:
        switched_off = (dtype is torch.bfloat16 and caller.get("bf16") is False) or (
            dtype is torch.float16 and caller.get("fp16") is False
        )
        stated = torch.float32 if switched_off else dtype
    return {
        "fp16": stated is torch.float16,
        "bf16": stated is torch.bfloat16,
        "params_dtype": stated,
        "pipeline_dtype": stated,
    }
