"""Megatron configs as plain data, and back, without losing anything.

Upstream's own `as_dict` leaves out callables, YaRN's attributes and the rope of latent attention. Here functions,
dtypes and enum members are written as names, and names are looked up in a closed list: loading imports and calls
nothing else.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .equal import defaults_of, held, inner_of, path_of, same_value, values_of
from .kernels import missing_kernels
from .registry import known

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

FORMAT = 1
"""Version of the layout of the data. It changes when older versions of this package could misread it."""

_DTYPES = ("float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2", "int8", "uint8")


def dump(model: ModelConfig, /) -> dict[str, Any]:
    """A model config as JSON-able data.

    Only what differs from Megatron's defaults is written, and nothing that `__post_init__` derives: `load` derives it
    again.

    Raises:
        TypeError: `model` is no config of a known class, or a field holds what no name in the closed list stands for;
            every such field is named.
    """
    outer = _class_path(type(model))
    transformer = inner_of(model)
    inner = _class_path(type(transformer))
    unwritable: list[str] = []
    data = {
        "format": FORMAT,
        "model": {"class": outer, "fields": _encode_fields(model, unwritable, values_of(transformer))},
        "transformer": {"class": inner, "fields": _encode_fields(transformer, unwritable, {})},
    }
    if not unwritable:
        outer_class, values, inner_class, transformer_values = _read(data)
        unwritable = _lost(model, outer_class(transformer=inner_class(**transformer_values), **values))
    if unwritable:
        raise TypeError(f"cannot write {', '.join(unwritable)}: only values and functions of a closed list have names")
    return data


def load(data: Mapping[str, Any], /) -> ModelConfig:
    """The model config that `dump` wrote.

    Raises:
        ValueError: the data is of a newer format, names an unknown key, class, field or symbol, or asks for a kernel
            that this machine does not have.
    """
    outer, values, inner, transformer_values = _read(data)
    missing = missing_kernels({**transformer_values, **values})
    if missing:
        raise ValueError(f"this machine lacks the kernels of {', '.join(missing)}; set them to False to load anyway")
    try:
        return cast("ModelConfig", outer(transformer=inner(**transformer_values), **values))
    except (AssertionError, TypeError) as error:  # Megatron checks with both
        raise ValueError(f"Megatron takes no such fields: {error}") from error


def _read(data: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any], Callable[..., Any], dict[str, Any]]:
    """The outer class and its fields, the inner class and its fields."""
    _only(data, ("format", "model", "transformer"), "the data")
    written = data.get("format")
    if type(written) is not int or written != FORMAT:
        newer = ", which is newer" if isinstance(written, int) and written > FORMAT else ""
        raise ValueError(f"format {written!r} is not {FORMAT}, the one that this version reads{newer}")
    return *_section(data, "model"), *_section(data, "transformer")


def dump_file(model: ModelConfig, path: str | Path, /) -> None:
    """Write `dump(model)` as YAML if the name ends in .yaml or .yml, else as JSON."""
    data, path = dump(model), Path(path)
    text = _yaml().safe_dump(data, sort_keys=False) if _is_yaml(path) else json.dumps(data, indent=2) + "\n"
    path.write_text(text, encoding="utf-8")


def load_file(path: str | Path, /) -> ModelConfig:
    """The model config in a file that `dump_file` wrote."""
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    try:
        data = _yaml().safe_load(text) if _is_yaml(path) else json.loads(text)
    except (ValueError, _yaml().YAMLError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path} holds no mapping")
    return load(cast("dict[str, Any]", data))


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")


def _yaml() -> Any:
    """Imported when a file is YAML; transformers requires the package."""
    return import_module("yaml")


def _class_path(cls: type) -> str:
    path = path_of(cls)
    classes = known().symbols.classes
    if path not in classes:
        raise TypeError(f"{path} is none of {', '.join(sorted(classes))}")
    return path


def _encode_fields(config: object, unwritable: list[str], inner: Mapping[str, object]) -> dict[str, Any]:
    """The fields that differ from their defaults.

    Args:
        config: an outer or inner config.
        unwritable: gets the names of fields that cannot be written.
        inner: what the inner config of an outer one holds. What both declare is written with the outer one, whose
            constructor passes it on.
    """
    fields: dict[str, Any] = {}
    for name, default in defaults_of(config).items():
        value = inner[name] if name in inner else held(config, name)
        if name in _DERIVED or (name not in inner and same_value(value, default)):
            continue
        try:
            fields[name] = _encode(value)
        except TypeError:
            unwritable.append(name)
    return fields


_DERIVED = ("init_method", "output_layer_init_method", "embedding_init_method")
"""Derived where they are None. Those that a caller gave are noticed because `load` derives other ones."""


def _lost(model: object, loaded: object) -> list[str]:
    """Fields, and attributes that are none, in which a config differs from what it was loaded as."""
    lost: list[str] = []
    for ours, theirs in ((inner_of(model), inner_of(loaded)), (model, loaded)):
        values, others = values_of(ours), values_of(theirs)
        for name in {**defaults_of(ours), **values, **others}:
            if name in defaults_of(ours):
                same = same_value(held(ours, name), held(theirs, name))
            else:
                same = name == "transformer" or (name in values) == (name in others)
                same = same and (name == "transformer" or same_value(values[name], others[name]))
            lost += [] if same else [name]
    return lost


def _encode(value: object) -> Any:
    import torch
    from megatron.core.transformer.enums import LayerType
    from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout

    if isinstance(value, Enum):
        if isinstance(value, LayerType):
            return value.name  # which Megatron takes in layouts
        if (path := path_of(type(value))) in known().symbols.enums:
            return {"$enum": f"{path}.{value.name}"}
        if isinstance(value.value, str):
            return value.value  # which __post_init__ has made a member of, or `dump` will notice
        raise TypeError(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, PipelineParallelLayerLayout):
        return _encode(values_of(value)["input_data"])
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, list):
        return [_encode(item) for item in cast("list[object]", value)]
    if isinstance(value, tuple):
        return {"$tuple": [_encode(item) for item in cast("tuple[object, ...]", value)]}
    if isinstance(value, dict):
        items = cast("dict[object, object]", value)
        if not all(isinstance(key, str) for key in items):
            return {"$items": [[_encode(key), _encode(item)] for key, item in items.items()]}
        encoded = {cast("str", key): _encode(item) for key, item in items.items()}
        return {"$dict": encoded} if any(key.startswith("$") for key in encoded) else encoded
    if isinstance(value, torch.dtype):
        return {"$dtype": str(value).removeprefix("torch.")}
    for path in known().symbols.functions:
        if value is _symbol(path):
            return {"$function": path}
    raise TypeError(value)


def _decode(value: object) -> Any:
    import torch

    if isinstance(value, list):
        return [_decode(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    tagged = cast("dict[str, Any]", value)
    if not any(key.startswith("$") for key in tagged):
        return {key: _decode(item) for key, item in tagged.items()}
    if len(tagged) != 1:
        raise ValueError(f"{tagged!r} is not one tagged value")
    ((tag, inner),) = tagged.items()
    if tag == "$float" and inner in ("inf", "-inf", "nan"):
        return float(inner)
    if tag == "$tuple" and isinstance(inner, list):
        return tuple(_decode(item) for item in cast("list[object]", inner))
    if tag == "$dict" and isinstance(inner, dict):
        return {key: _decode(item) for key, item in cast("dict[str, Any]", inner).items()}
    if (
        tag == "$items"
        and isinstance(inner, list)
        and all(isinstance(pair, list) for pair in cast("list[object]", inner))
    ):
        return {_decode(key): _decode(item) for key, item in cast("list[list[object]]", inner)}
    if tag == "$dtype" and inner in _DTYPES:
        return getattr(torch, inner)
    if tag == "$function" and inner in known().symbols.functions:
        return _symbol(inner)
    if tag == "$enum" and isinstance(inner, str):
        path, _, name = inner.rpartition(".")
        if path in known().symbols.enums and name in _symbol(path).__members__:
            return _symbol(path)[name]
    raise ValueError(f"{tagged!r} names nothing in the closed list")


def _symbol(path: str) -> Any:
    """The object of a path that is in the closed list."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _section(data: Mapping[str, Any], key: str) -> tuple[Callable[..., Any], dict[str, Any]]:
    section = data.get(key)
    if not isinstance(section, dict):
        raise ValueError(f"{key} must be a mapping with class and fields")
    section = cast("dict[str, Any]", section)
    _only(section, ("class", "fields"), key)
    path, fields = section.get("class"), section.get("fields")
    # An outer config has an inner one, and an inner config none.
    classes = [
        known_path
        for known_path in sorted(known().symbols.classes)
        if (known_path.rpartition(".")[2] in _OUTER) == (key == "model")
    ]
    if path not in classes:
        raise ValueError(f"{key}.class {path!r} is none of {', '.join(classes)}")
    cls = _symbol(path)
    if not isinstance(fields, dict):
        raise ValueError(f"{key}.fields must be a mapping")
    fields = cast("dict[str, Any]", fields)
    public = _public(cls)
    types = {field.name: str(field.type) for field in dataclasses.fields(cls) if field.name in public}
    _only(fields, [*types], f"{key}.fields")
    values = {name: _decode(value) for name, value in fields.items()}
    for name, value in values.items():
        if any(kind in types[name] for kind in _OBJECTS) and not _has_name_or_none(value):
            raise ValueError(f"{key}.fields.{name} = {value!r} is neither a function of the closed list nor null")
    return cls, values


_OUTER = ("GPTModelConfig", "HybridModelConfig")
_OBJECTS = ("Callable", "ContextManager", "ModuleSpec", "RecipeConfig")
"""In the types of fields that hold no plain data: a string there could be taken for an import path."""


def _public(cls: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(cls) if not field.name.startswith("_")} - {"transformer"}


def _has_name_or_none(value: object) -> bool:
    return value is None or value == [] or any(value is _symbol(path) for path in known().symbols.functions)


def _only(data: Mapping[str, Any], known: tuple[str, ...] | list[str], place: str) -> None:
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            raise ValueError(f"{place} has an unknown key {key!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
