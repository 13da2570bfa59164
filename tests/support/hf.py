"""Small valid Hugging Face configs, one for every mapped family."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from codegen.project import load_table
from tests.families import CLASSES as CLASSES
from tests.families import FAMILIES as FAMILIES
from tests.families import PROOFS, asking, build, family_of

LEARNED = frozenset(family.name for family in load_table().families if "seq_length" in family.targets[0].bound)
"""Families with learned positions, of which `seq_length` is the number."""


def keywords(family: str, **changes: Any) -> dict[str, Any]:
    """The keywords of the family's small config, with changes."""
    return {**PROOFS[family].config(), **changes}


def config(family: str, **changes: Any) -> PreTrainedConfig:
    """The family's small config, which maps; `changes` go to the constructor."""
    return build(family, keywords(family, **changes))


def changed(family: str, **attributes: Any) -> PreTrainedConfig:
    """The same with attributes set after construction, which validates their types and nothing else."""
    hf = config(family)
    for name, value in attributes.items():
        setattr(hf, name, value)
    return hf


def mapper(family: str) -> Callable[..., Any]:
    """The family's `to_megatron`, with layers where there are some."""
    return partial(getattr(mcore_mappers, family).to_megatron, **asking(family))


def mapper_of(hf: PreTrainedConfig) -> Callable[..., Any]:
    """The `to_megatron` of the family of a config."""
    return mapper(family_of(hf))


def map_dispatched(hf: PreTrainedConfig, **caller: Any) -> Any:
    """What `to_megatron` of the package makes of a config, with layers where its family has some."""
    return mcore_mappers.to_megatron(hf, **{**asking(family_of(hf)), **caller})


def mapped(hf: PreTrainedConfig, **caller: Any) -> Any:
    """What `hf` becomes; deviations are not the subject of a test that calls this."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        return map_dispatched(hf, **caller)
