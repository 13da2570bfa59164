"""Whose the fields of a Megatron model are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from .equal import defaults_of, inner_of
from .registry import known
from .settings import origin_family

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

    from .registry import Owners

FieldOwner = Literal["architecture", "suggested", "caller"]
"""Who decides a field: the Hugging Face config, alone; training, for which the checkpoint has a good value; or the
trainer."""

METADATA = "extra_checkpoint_metadata"
"""The field of no one: it says where the model comes from."""


def owners_of(model: ModelConfig) -> Owners:
    """Those of the package that mapped it; of the project's own where that is not known."""
    family = origin_family(model)
    registry = None if family is None else known().named(family)
    return (registry or known().registries[0]).owners


def owned(model: ModelConfig, values: Mapping[str, object], owners: Owners) -> Mapping[str, FieldOwner]:
    """The owner of each field, first those that decide the model, in the order of the table.

    What Megatron derives, and the metadata, has none.

    Args:
        model: the model config.
        values: its fields by name.
        owners: whose they are in general.
    """
    found: dict[str, FieldOwner] = {}
    for field, value, _, names in owners.bound:
        found |= dict.fromkeys(names, "architecture") if values[field] == value else {}
    for owner, _, names in owners.groups:
        found |= {name: owner for name in names if name not in found}
    found |= dict.fromkeys(sorted(owners.attributes), "architecture")
    others = {**defaults_of(model), **defaults_of(inner_of(model))}.keys() - found.keys() - owners.derived - {METADATA}
    found |= {name: "caller" for name in values if name in others}
    return {name: owner for name, owner in found.items() if name in values}


def defaults(model: ModelConfig) -> Mapping[str, object]:
    """Megatron's, of all fields of both configs."""
    return {**defaults_of(model), **defaults_of(inner_of(model))}
