"""Writes a `config.json`, also in the spelling of older releases of transformers."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from .atomic import write_text
from .composite import FIELDS
from .described import is_described
from .equal import class_of, is_huggingface, is_model_config, path_of
from .errors import Refusal, UnsavableConfigError
from .json_numbers import number
from .older_rope import in_older_spelling
from .registry import known
from .shown import in_one_line
from .storable import unstorable

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

Spelling = Literal["5", "4.57"]

_PATTERNS = {"hybrid_override_pattern": "layers_block_type", "mtp_hybrid_override_pattern": "mtp_layers_block_type"}
"""A string of one character for each layer, and the list that has taken its place. The older classes compute the list
in a property and raise when a file sets it, or know its layers by other names."""

_TYPES = "layer_types"

_COMPUTED = ("layer_types", "layers_block_type", "head_dim", "rotary", "logits_scaling")
"""Where these are properties, older classes compute them too, or do not have them; none can be set."""


def save_config(hf: PreTrainedConfig, path: str | Path, /, *, spelling: Spelling = "5") -> Path:
    """Write a Hugging Face config as `config.json`, as a whole or not at all.

    Args:
        hf: the config.
        path: the file, or an existing folder for it.
        spelling: "5" is what the installed transformers writes. "4.57" is what that release reads, at every level of a
            composite: the base of rope and its partial factor beside `rope_scaling`, `torch_dtype`, the names that
            attribute maps and properties have come to stand for, types of layers, and an infinite number as one. Its
            native classes read each value right that they know (tried with 4.57.1), whatever they compute with it;
            Nemotron-H had none, and is written as the code beside its checkpoints of that time reads it. Of models for
            which no release has a class that code is all there is: their files are written so whatever is asked for.

    Returns:
        The file that was written.

    Raises:
        OSError: it cannot be written. A file that was there is as it was.
        TypeError: `hf` is no Hugging Face config.
        UnsupportedConfigError: it holds what no file can, or nothing that the spelling can be made of.
        ValueError: the spelling is unknown.
    """
    if not is_huggingface(hf):
        step = ": call to_hf() first" if is_model_config(hf) else ""
        raise TypeError(f"save_config() takes a Hugging Face config, not {class_of(hf)}{step}")
    if spelling not in get_args(Spelling):
        raise ValueError(f"spelling {spelling!r} is none of {', '.join(get_args(Spelling))}")
    refusals = tuple(unstorable(hf))
    if refusals:
        raise UnsavableConfigError(refusals)
    path = Path(path)
    path = path / "config.json" if path.is_dir() else path
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} into")
    write_text(path, json.dumps(_values(hf, spelling), indent=2, sort_keys=True) + "\n")
    return path


def _values(hf: PreTrainedConfig, spelling: Spelling, *, decoder: bool = True) -> dict[str, Any]:
    """What a file says of a config; of a composite each part as a file of its own would.

    transformers leaves out of a part what is the default of its class, which another release need not share, and which
    would not state a language model.

    Args:
        hf: the config, or a part.
        spelling: of which release.
        decoder: whether it is a language model, or holds one.
    """
    from transformers.configuration_utils import PreTrainedConfig

    if is_described(type(hf)):
        spelling = "4.57"
    parts = {name: each for name, each in vars(hf).items() if isinstance(each, PreTrainedConfig)}
    values = json.loads(hf.to_json_string(), object_hook=number if spelling == "4.57" else None)
    if spelling == "4.57":
        values = in_older_spelling(hf, _older_names(hf, values) if decoder and not parts else values)
        _check_fixed(hf, values)
        if "dtype" in values:
            values["torch_dtype"] = values.pop("dtype")
    held = {name: _values(each, spelling, decoder=decoder and name in FIELDS) for name, each in parts.items()}
    return {**values, **held}


def _older_names(hf: PreTrainedConfig, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a language model under the names that attribute maps and properties have come to stand for."""
    older = {**values}
    declared = {field.name for field in dataclasses.fields(cast("Any", hf))}
    for name, stored in type(hf).attribute_map.items():
        # A field that is stored under another name: which of both is the older one differs.
        if stored in older and name in declared:
            older[name] = older[stored]
    for cls in type(hf).__mro__:
        if cls.__module__ == type(hf).__module__:
            older |= {
                name: _computed(hf, name)
                for name, member in vars(cls).items()
                if isinstance(member, property) and name not in _COMPUTED
            }
    types, names = older.get(_TYPES), known().keys.older_types.get(path_of(type(hf)), {})
    if isinstance(types, list):
        older[_TYPES] = [
            names.get(each, each) if isinstance(each, str) else each for each in cast("list[object]", types)
        ]
    for pattern, layers in _PATTERNS.items():
        if pattern in older:
            older.pop(layers, None)
    return older


def _check_fixed(hf: PreTrainedConfig, values: Mapping[str, object]) -> None:
    """Look at the fields that the class of transformers 4.57 sets, whatever a file says.

    Raises:
        UnsavableConfigError: one of them has another value.
    """
    fixed = known().keys.older_fixed.get(path_of(type(hf)), {})
    refusals = tuple(
        Refusal(name, values[name], f"must be {value!r}: the class of transformers 4.57 reads nothing else")
        for name, value in fixed.items()
        if name in values and values[name] != value
    )
    if refusals:
        raise UnsavableConfigError(refusals)


def _computed(hf: PreTrainedConfig, name: str) -> object:
    """What a property of the class computes.

    Raises:
        UnsavableConfigError: it cannot, from what the config holds.
    """
    try:
        return cast("object", getattr(hf, name))
    except Exception as error:  # whatever it stumbles over
        reason = f"{type(hf).__qualname__} cannot compute it from its other fields: {in_one_line(error)}"
        raise UnsavableConfigError((Refusal(name, None, reason),)) from error
