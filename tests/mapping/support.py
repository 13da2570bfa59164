"""What the tests of mapped configs share: reading configs from files, and fields from what they become."""

from __future__ import annotations

import dataclasses
import json
import os
import warnings
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from mcore_mappers_runtime.native import class_of


def folder(variable: str) -> Path | None:
    """The folder that an environment variable names, or None when it is not set."""
    value = os.environ.get(variable)
    return Path(value) if value else None


def mapped_families() -> list[str]:
    """Families that have a mapper."""
    return sorted(name for name, family in mcore_mappers.families().items() if family.status == "mapped")


def load(path: Path) -> PreTrainedConfig:
    """The config in a `config.json`, as the class that transformers or this project has for its `model_type`."""
    values = json.loads(path.read_text())
    kind = class_of(values)
    assert kind is not None
    return kind.from_dict(values)


def to_megatron(hf: PreTrainedConfig, *, layers: bool = False) -> Any:
    """The Megatron config of `hf` from its family's mapper; deviations are not this test's subject."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        return getattr(mcore_mappers, hf.model_type.replace("-", "_")).to_megatron(hf, layers=layers)


def fields(config: Any) -> dict[str, Any]:
    """Every field of a Megatron config by name, of the outer and the inner part.

    The two share the names of the rope fields, and a difference between them is an error: the outer value is what
    `GPTModel` and `HybridModel` are built with, the inner one is what MLA reads.
    """
    outer = {field.name: vars(config)[field.name] for field in dataclasses.fields(config) if field.name in vars(config)}
    inner = {field.name: getattr(config.transformer, field.name) for field in dataclasses.fields(config.transformer)}
    for name in outer.keys() & inner.keys():
        assert outer[name] == inner[name], f"{name}: {outer[name]} outside, {inner[name]} inside"
    return inner | outer


def printable(value: Any) -> Any:
    """A field's value as JSON has it: dtypes, functions and enum members by their qualified names."""
    match value:
        case torch.dtype():
            return str(value)
        case Enum():
            return str(value)
        case partial():
            return {"__partial__": printable(value.func), "args": list(value.args), "kwargs": value.keywords}
        case tuple() | list():
            return [printable(item) for item in value]
        case _ if callable(value):
            return f"{value.__module__}.{value.__qualname__}"
        case _:
            return value
