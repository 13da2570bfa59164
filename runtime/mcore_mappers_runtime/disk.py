"""Megatron configs as plain data, and back, without losing anything.

Upstream's own `as_dict` leaves out callables, YaRN's attributes and the rope of latent attention.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import declared_types, documents
from .declared_types import fits, types_of
from .equal import class_defaults, defaults_of, held, held_layers, inner_of, path_of, same_value, values_of
from .kernels import missing_kernels
from .layers.fields import Layers
from .near import hint
from .ranges import REQUIRED, outside
from .registry import known
from .releases import installed, is_installed
from .settings import origin_family
from .shown import in_one_line, shown
from .symbols import decode, encode, symbol

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

FORMAT = 2
"""Version of the layout of the data. Every change of what is written or of what it means raises it."""

_KEYS = ("format", "written", "model", "transformer", "end")
_LAYERS = "layers"
"""Beside these, of a model config with layers: their fields that are not absent."""
_END = "complete"
"""The last value. A file that was cut does not have it."""


def dump(model: ModelConfig, /) -> dict[str, Any]:
    """A model config as JSON-able data.

    Written is what was decided: what differs from Megatron's defaults, but for what Megatron derives from the rest (of
    a config with two ranks of tensor parallelism, that experts have two as well). `load` lets it derive that again, so
    that data in which somebody changes the one has the other too. "written" says from which family, and beside which
    releases.

    Raises:
        TypeError: `model` is no config of a known class, or a field holds what no name in the closed list stands for;
            every such field is named.
    """
    outer = _class_path(type(model))
    transformer = inner_of(model)
    inner = _class_path(type(transformer))
    unwritable: list[str] = []
    fields = _encode_fields(model, unwritable, values_of(transformer))
    inner_fields = _encode_fields(transformer, unwritable, {})
    layers = held_layers(model)
    layer_fields = {} if layers is None else {_LAYERS: _encode_fields(layers, unwritable, {})}
    _stop(unwritable)
    decoded = _Decoded(symbol(outer), _decoded(fields), symbol(inner), _decoded(inner_fields), layers)
    # What Megatron warns of, it warned of when the model config was made, and will when it is loaded.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _stop([*_lost(model, decoded.built())])
        derived = [*_derived(model, decoded)]
    for name in derived:
        fields.pop(name, None)
        inner_fields.pop(name, None)
    return {
        "format": FORMAT,
        "written": {"family": origin_family(model), "versions": _versions()},
        "model": {"class": outer, "fields": fields},
        "transformer": {"class": inner, "fields": inner_fields},
        **layer_fields,
        "end": _END,
    }


def load(data: Mapping[str, Any], /) -> ModelConfig:
    """The model config that `dump` wrote.

    Raises:
        ValueError: the data is of another format, or is cut; or names an unknown key, class, field or symbol; or a
            field has a value of another type than Megatron declares, or outside its range; or Megatron does not take
            the fields together; or one asks for a kernel that this machine does not have. All that is wrong with
            fields is said at once.
    """
    decoded = _read(data)
    missing = missing_kernels({**decoded.inner_values, **decoded.values})
    if missing:
        raise ValueError(
            f"this machine lacks the kernels of {', '.join(missing)}: set them to False there, or map for machines "
            "without them, with transformer_engine=False"
        )
    return _built(decoded)


def described(data: Mapping[str, Any]) -> ModelConfig:
    """The model config that `dump` wrote, to be looked at: the kernels that it asks for need not be on this machine.

    Raises:
        ValueError: as `load`.
    """
    return _built(_read(data))


def _built(decoded: _Decoded) -> ModelConfig:
    try:
        return cast("ModelConfig", decoded.built())
    except Exception as error:  # Megatron checks with whatever breaks
        told = f"{type(error).__name__}: {in_one_line(error)}"
        raise ValueError(f"Megatron does not take these fields together: {told}") from error


def dump_file(model: ModelConfig, path: str | Path, /) -> None:
    """Write `dump(model)` as YAML if the name ends in .yaml or .yml, else as JSON.

    Whoever reads the file meanwhile, or after the writer was killed, has the old one or the new one.

    Raises:
        OSError: it cannot be written. A file that was there is as it was.
        TypeError: as `dump`.
        ValueError: it would be larger than `load_file` takes.
    """
    documents.write(Path(path), dump(model))


def load_file(path: str | Path, /) -> ModelConfig:
    """The model config in a file that `dump_file` wrote.

    Numbers such as `1e-6` are numbers in YAML too, whichever version it is written in.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError: as `load`; or it is no JSON or YAML, or larger or more deeply nested than any config is.
    """
    data = documents.read(Path(path))
    try:
        return load(data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


@dataclass(frozen=True)
class _Decoded:
    """The classes of a model config, with their fields."""

    outer: Callable[..., Any]
    values: Mapping[str, Any]
    inner: Callable[..., Any]
    inner_values: Mapping[str, Any]
    layers: Layers | None
    """None of a model config of Megatron's own class."""

    def without(self, name: str) -> _Decoded:
        values, inner_values = dict(self.values), dict(self.inner_values)
        values.pop(name, None)
        inner_values.pop(name, None)
        return replace(self, values=values, inner_values=inner_values)

    def built(self) -> Any:
        """The model config that has them, and what Megatron derives from them.

        Megatron constructs none with kernels that only the machines have that train; it gets these afterwards.
        """
        # For the fused gradient Megatron looks where it builds layers; and another field asks for it here.
        refused = (name for name in missing_kernels(self.inner_values) if name != "gradient_accumulation_fusion")
        later = {name: self.inner_values[name] for name in refused}
        transformer = self.inner(**{name: value for name, value in self.inner_values.items() if name not in later})
        layers = {} if self.layers is None else {_LAYERS: self.layers}
        model = self.outer(transformer=transformer, **layers, **self.values)
        for name, value in later.items():
            setattr(transformer, name, value)
        return model


# --- Written ----------------------------------------------------------------------------------------------------------


def _class_path(cls: type) -> str:
    path = path_of(cls)
    classes = known().symbols.classes
    if path not in classes:
        raise TypeError(f"{path} is none of {', '.join(sorted(classes))}")
    return path


def _stop(unwritable: Collection[str]) -> None:
    if unwritable:
        raise TypeError(f"cannot write {', '.join(unwritable)}: only values and functions of a closed list have names")


def _versions() -> dict[str, str]:
    """The installed releases of everything that decides what a config means; Hugging Face's side may be elsewhere."""
    return {name: installed(name) for name in ("mcore-mappers", "megatron-core", "transformers") if is_installed(name)}


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
        if name in _INITIALISERS or (name not in inner and same_value(value, default)):
            continue
        try:
            fields[name] = encode(value)
        except (TypeError, RecursionError):
            unwritable.append(name)
    return fields


_INITIALISERS = ("init_method", "output_layer_init_method", "embedding_init_method")
"""Derived where they are None. Those that a caller gave are noticed because `load` derives other ones."""


_ABSENT = object()


def _lost(model: object, loaded: object) -> Iterator[str]:
    """Fields, and attributes that are none, in which a config differs from what it was loaded as."""
    for ours, theirs in ((inner_of(model), inner_of(loaded)), (model, loaded)):
        fields, values, others = defaults_of(ours), values_of(ours), values_of(theirs)
        for name in {**fields, **values, **others}:
            without = fields.get(name, _ABSENT)
            if name != "transformer" and not same_value(values.get(name, without), others.get(name, without)):
                yield name


def _derived(model: object, decoded: _Decoded) -> Iterator[str]:
    """The fields that no mapper decides, and without which Megatron makes the same config."""
    for name in (*decoded.values, *decoded.inner_values):
        if name in known().decided or name in REQUIRED:
            continue
        fewer = decoded.without(name)
        try:
            same = not any(_lost(model, fewer.built()))
        except Exception:  # whatever breaks, Megatron needs it
            continue
        if same:
            decoded = fewer
            yield name


# --- Read -------------------------------------------------------------------------------------------------------------


def _read(data: object) -> _Decoded:
    if not isinstance(data, Mapping):
        raise ValueError(f"the data is no mapping, but a {type(data).__name__}")
    given = cast("Mapping[object, object]", data)
    written = given.get("format")
    if type(written) is not int or written != FORMAT:
        newer = " It is newer: use the release of mcore-mappers that wrote it." if _is_newer(written) else ""
        told = f"format {shown(written)} is not {FORMAT}, the one that this version reads"
        raise ValueError(f"{told}.{newer or ' Map the Hugging Face config again and dump that.'}")
    _only(given, (*_KEYS, _LAYERS), "the data")
    if given.get("end") != _END:
        raise ValueError(f"it does not end with end = {_END!r}: the file was cut, or is still being written")
    wrong: list[str] = []
    outer, values = _section(given, "model", wrong)
    inner, inner_values = _section(given, "transformer", wrong)
    layers = _layers(outer, given, wrong)
    if not wrong:
        everything = {**class_defaults(outer), **class_defaults(inner), **values, **inner_values}
        missing = [name for name in sorted(REQUIRED) if everything[name] in (MISSING, None)]
        wrong = [f"{name} is missing" for name in missing]
        wrong += [
            f"{name} = {shown(everything[name])} {reason}"
            for name, reason in outside(everything)
            if name not in missing
        ]
    if wrong:
        raise ValueError("; ".join(wrong))
    return _Decoded(outer, values, inner, inner_values, layers)


def _is_newer(written: object) -> bool:
    return isinstance(written, int) and written > FORMAT


def _section(data: Mapping[object, object], key: str, wrong: list[str]) -> tuple[type, dict[str, Any]]:
    """A class and its fields; what is wrong with them is added to a list."""
    section = data.get(key)
    if not isinstance(section, dict):
        raise ValueError(f"{key} must be a mapping with class and fields")
    held_there = cast("dict[object, object]", section)
    _only(held_there, ("class", "fields"), key)
    path, fields = held_there.get("class"), held_there.get("fields")
    # An outer config has an inner one, and an inner config none.
    classes = [
        each for each in sorted(known().symbols.classes) if (each.rpartition(".")[2] in _OUTER) == (key == "model")
    ]
    if not isinstance(path, str) or path not in classes:
        raise ValueError(f"{key}.class {shown(path)} is none of {', '.join(classes)}")
    cls: type = symbol(path)
    if not isinstance(fields, dict):
        raise ValueError(f"{key}.fields must be a mapping")
    return cls, _values(cls, cast("dict[object, object]", fields), f"{key}.fields", wrong)


def _values(cls: type, fields: Mapping[object, object], place: str, wrong: list[str]) -> dict[str, Any]:
    """The fields of a class; what is wrong with them is added to a list."""
    types = types_of(cls)
    _only(fields, class_defaults(cls), place)
    values: dict[str, Any] = {}
    for name, value in cast("Mapping[str, object]", fields).items():
        try:
            values[name] = decode(value)
        except ValueError as error:
            wrong.append(f"{place}.{name} = {shown(value)}: {error}")
            continue
        if not fits(values[name], types[name]):
            wrong.append(f"{place}.{name} = {shown(value)} is no {declared_types.described(types[name])}")
    return values


def _layers(outer: type, data: Mapping[object, object], wrong: list[str]) -> Layers | None:
    """The layers of a model config whose class has them; what is wrong with them is added to a list."""
    if _LAYERS not in types_of(outer):
        if _LAYERS in data:
            raise ValueError(f"{_LAYERS} are none of {path_of(outer)}")
        return None
    fields = data.get(_LAYERS)
    if not isinstance(fields, dict):
        raise ValueError(f"{_LAYERS} must be a mapping, with {path_of(outer)}")
    values = _values(Layers, cast("dict[object, object]", fields), _LAYERS, wrong)
    return None if wrong else Layers(**values)


_OUTER = ("GPTModelConfig", "HybridModelConfig", "LayeredGPTModelConfig", "LayeredHybridModelConfig")


def _only(data: Mapping[object, object], names: Collection[str], place: str) -> None:
    for key in data:
        if key not in names:
            raise ValueError(f"{place} has an unknown key {shown(key)}{hint(str(key), names)}")


def _decoded(fields: Mapping[str, object]) -> dict[str, Any]:
    return {name: decode(value) for name, value in fields.items()}
