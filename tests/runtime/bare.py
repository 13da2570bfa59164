"""What Megatron says of a caller's fields on their own: the mapped architecture without a single suggestion."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from tests.families import family_of, needing
from tests.support.plans import described

FOLLOWED = ("mtp_num_layers", "hybrid_layer_pattern")
"""Caller fields that the architecture of a hybrid model follows."""


@dataclass(frozen=True)
class Recorded:
    """What a mapper passed to Megatron's two classes."""

    inner_class: type
    outer_class: type
    inner_fields: frozenset[str]
    """Those that a caller may pass."""
    outer_fields: frozenset[str]
    inner: dict[str, Any]
    outer: dict[str, Any]
    caller: Mapping[str, Any]

    @property
    def suggested(self) -> dict[str, Any]:
        """What the mapper passed of the caller's fields that the caller did not."""
        inner = {name: value for name, value in self.inner.items() if name in self.inner_fields}
        outer = {name: value for name, value in self.outer.items() if name in self.outer_fields}
        return {name: value for name, value in {**inner, **outer}.items() if name not in self.caller}


def recorded(hf: PreTrainedConfig, caller: Mapping[str, Any]) -> Recorded:
    """The keywords with which the mapper of `hf` calls Megatron."""
    family = family_of(hf)
    module = importlib.import_module(f"mcore_mappers.{family}")
    names = vars(module)
    target = described(family)[0].main.target
    model_class = target.layered_class if mcore_mappers.families()[family].lacks else target.model_class
    inner_name, outer_name = (path.rpartition(".")[2] for path in (target.transformer_class, model_class))
    inner_class, outer_class = names[inner_name], names[outer_name]
    kept: dict[str, dict[str, Any]] = {}

    def inner(**keywords: Any) -> Any:
        kept["inner"] = keywords
        return inner_class(**keywords)

    def outer(**keywords: Any) -> Any:
        kept["outer"] = keywords
        return outer_class(**keywords)

    with (
        patch.object(module, inner_name, inner),
        patch.object(module, outer_name, outer),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        module.to_megatron(hf, **needing(family), **caller)
    return Recorded(
        inner_class,
        outer_class,
        frozenset(names[target.transformer_fields].__annotations__),
        frozenset(names[target.model_fields].__annotations__),
        kept["inner"],
        kept["outer"],
        caller,
    )


def bare(hf: PreTrainedConfig, caller: Mapping[str, Any]) -> Any:
    """The Megatron config of `hf` with the caller's fields and none that the mapper only suggests.

    Raises:
        Exception: whatever Megatron has against the caller's fields.
    """
    followed = {"mtp_num_layers": None} | {name: caller[name] for name in FOLLOWED if name in caller}
    keywords = recorded(hf, followed)
    inner = {name: value for name, value in keywords.inner.items() if name not in keywords.inner_fields}
    outer = {name: value for name, value in keywords.outer.items() if name not in keywords.outer_fields}
    inner |= {name: value for name, value in caller.items() if name in keywords.inner_fields}
    outer |= {name: value for name, value in caller.items() if name in keywords.outer_fields}
    outer |= {"transformer": keywords.inner_class(**inner), "extra_checkpoint_metadata": None}
    return keywords.outer_class(**outer)
