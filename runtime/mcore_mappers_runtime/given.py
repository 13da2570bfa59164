"""What somebody gives `diff`: a Megatron config in whichever form, as fields by name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import arguments, documents
from .disk import described
from .equal import STRUCTURE, class_of, defaults_of, flat, held, inner_of, is_model_config, values_of
from .layered import layers_in
from .layers.mark import marked
from .settings import PROVENANCE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.base import ModelConfig

type Model = ModelConfig | TransformerConfig | DataclassInstance | argparse.Namespace | Mapping[str, Any] | str | Path
"""What `diff` takes; the third is a provider, a dataclass with the fields of both of Megatron's configs."""

TAKES = (
    "a Megatron model config, a TransformerConfig, a provider with the fields of both, an argparse.Namespace of "
    "Megatron's parser, a mapping, or the path of a run config"
)


@dataclass(frozen=True)
class Given:
    """A Megatron config, field by field."""

    values: Mapping[str, object]
    """What is said, under the names of fields."""
    classes: tuple[type, ...] = ()
    """Those of the configs, outer and inner, where they are known: what is not said has their defaults."""
    partial: bool = False
    """Whether nothing is known of what is not said; otherwise that has a default."""
    silent: str = ""
    """Why something is not known."""
    functions: bool = True
    """Whether functions are said."""
    written: bool = True
    """Whether a program made it, which has names of its own beside Megatron's, and misspells none."""
    said_by: Mapping[str, str] = field(default_factory=dict[str, str])
    """By field, the argument of Megatron's parser that says it."""
    padded: int | None = None
    """The rows of the embedding with padding, where they are said."""
    arguments: bool = False
    """Whether it is all that Megatron is told by arguments."""


def read(model: Model) -> Given:
    """What is given, whatever it is; layers that a spec in it builds are said by that.

    Raises:
        TypeError: it is none of what `diff` takes, or the inner config alone of a model with layers.
        OSError: there is no such file.
        ValueError: the file is no run config, or data of `dump` cannot be loaded.
    """
    given = _read(model)
    return replace(given, values={**layers_in(given.values), **given.values})


def _read(model: Model) -> Given:
    if isinstance(model, str | Path):
        return _of_run_config(_file(Path(model)))
    if isinstance(model, argparse.Namespace):
        return _of_arguments(vars(model))
    if isinstance(model, Mapping):
        return _of_mapping(cast("Mapping[str, object]", model))
    if is_dataclass(model) and not isinstance(model, type):
        if marked(model):
            raise TypeError("diff() takes the whole of a model with layers, which its TransformerConfig alone is not")
        given = _of_object(model)
        if {"num_layers", "hidden_size"} <= given.values.keys():
            return given
    raise TypeError(f"diff() takes {TAKES}, not {class_of(model)}")


def _of_object(config: object) -> Given:
    """A model config, or one config of whatever class with the fields of one or both of Megatron's."""
    own = values_of(config)
    declared = {name: held(config, name) for name in defaults_of(config)}
    others = {name: value for name, value in own.items() if name not in declared and not _is_internal(config, name)}
    if is_model_config(config):
        return Given({**others, **flat(config)}, (type(config), type(inner_of(config))))
    if "vocab_size" in declared:
        return Given(_with_pattern({**others, **declared}), (type(config),))
    return Given({**others, **declared}, (type(config),), True, "a TransformerConfig does not have them")


def _with_pattern(values: Mapping[str, object]) -> Mapping[str, object]:
    """As it is called today."""
    return {"hybrid_layer_pattern": values.get("hybrid_override_pattern"), **values}


def _is_internal(config: object, name: str) -> bool:
    return name.startswith("_") or name in STRUCTURE or hasattr(type(config), name)


def _of_arguments(values: Mapping[str, object]) -> Given:
    found = arguments.translated(values, whole=True)
    silent = "the tokenizer says it"
    return Given(found.fields, silent=silent, said_by=found.arguments, padded=found.padded, arguments=True)


def _of_mapping(values: Mapping[str, object]) -> Given:
    if values.keys() >= {"format", "model", "transformer"}:
        return _of_object(described(values))
    if "_target_" in values or _model_in(values) is not None:
        return _of_run_config(values)
    if arguments.are_whole(values):
        return _of_arguments(values)
    found = arguments.translated(_flattened(values), whole=False)
    return Given(found.fields, written=False, said_by=found.arguments, padded=found.padded)


# --- Run configs ------------------------------------------------------------------------------------------------------


def _file(path: Path) -> Mapping[str, object]:
    path = path / "run_config.yaml" if path.is_dir() else path
    values = documents.read(path)
    model = values if "_target_" in values or "num_layers" in values else _model_in(values)
    if model is None and not values.keys() >= {"format", "model", "transformer"}:
        raise ValueError(f"{path} is no run config: it has neither a model nor the fields of one")
    return values


def _model_in(values: Mapping[str, object]) -> Mapping[str, object] | None:
    """The part of a run config that is about the model."""
    model = values.get("model")
    if not isinstance(model, Mapping) or "num_layers" in values:
        return None
    part = cast("Mapping[str, object]", model)
    return part if part.keys() & {"_target_", "transformer", "num_layers"} else None


def _of_run_config(values: Mapping[str, object]) -> Given:
    """What Megatron or Megatron-Bridge wrote of a run; or a file of something else that is given, without a class."""
    model = _model_in(values) or values
    if "_target_" not in model:
        return _of_mapping(model)
    inner = model.get("transformer")
    parts = [model, cast("Mapping[str, object]", inner)] if isinstance(inner, Mapping) else [model]
    classes = [_imported(part.get("_target_")) for part in parts]
    found = tuple(each for each in classes if each is not None)
    unknown = [str(part.get("_target_")) for part, each in zip(parts, classes, strict=True) if each is None]
    silent = (
        f"nobody has imported {unknown[0]}, which has the defaults" if unknown else "run configs leave functions out"
    )
    named = {name: _named(value) for name, value in _flattened(model).items()}
    return Given(_with_pattern(named), found, bool(unknown), silent, functions=False)


def _imported(path: object) -> type | None:
    """The config class of an import path, if somebody has imported it: what is read here imports nothing."""
    module, _, name = str(path).rpartition(".")
    found = values_of(sys.modules[module]).get(name) if module in sys.modules else None
    return found if isinstance(found, type) and is_dataclass(found) else None


def _named(value: object) -> object:
    """The name of a function, a dtype or a member of an enumeration, as run configs have them."""
    if not isinstance(value, Mapping):
        return value
    tagged = cast("Mapping[str, object]", value)
    if "_name_" in tagged:
        return tagged["_name_"]
    return tagged["_target_"] if set(tagged) == {"_target_", "_call_"} and tagged["_call_"] is False else tagged


def _flattened(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields of both configs side by side, without what upstream's `as_dict` adds."""
    values = {name: value for name, value in fields.items() if name not in ("_target_", "_builder_", *STRUCTURE)}
    for inner in (fields.get(name) for name in STRUCTURE):
        if isinstance(inner, Mapping):
            values |= _flattened(cast("Mapping[str, object]", inner))
    values.pop(PROVENANCE, None)
    return values
