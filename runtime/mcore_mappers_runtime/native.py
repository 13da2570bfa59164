"""Files of remote code in the types that transformers has, at every level down to the language model."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from .class_names import causal_names, other_head
from .composite import FIELDS, TIES
from .equal import path_of
from .errors import Refusal, UnsupportedConfigError
from .near import hint_of_type
from .older import BESIDE_ROPE, ROPES, contradictions, in_present_names, two_names
from .registry import known
from .releases import check_versions

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

    from .records import Remote

Data = Mapping[str, Any]
"""A `config.json`, or what it holds at one level."""

SIZES: Final = frozenset({"hidden_size", "num_hidden_layers"})
"""What no level leaves out that states a language model beside other keys."""

_OF_THE_WHOLE: Final = frozenset({"architectures", "transformers_version", "dtype", TIES})
"""What is said of a composite as a whole, and read from there."""

Read = tuple["type[PreTrainedConfig]", dict[str, Any]]
"""A class, and a file as that class reads it."""


def as_native(data: Data, way: str = "", default: type[PreTrainedConfig] | None = None) -> Read:
    """The native class of a file, and the file as this class reads it.

    A composite that nobody knows, with exactly one language model in it that is known, is read as that.

    Args:
        data: the file, or what it holds at one level.
        way: to that level, with a dot at its end.
        default: the class where the level says no type, or none that transformers has.

    Raises:
        UnsupportedConfigError: the type is neither native nor one of remote code that computes what a native class
            does, or the file holds a value that this class cannot have, or two for one field, or states no language
            model where the class has one.
        UpstreamVersionError: a newer release of transformers has a class of this type, which a family maps.
    """
    rows, own = known().keys.remote.get(_type(data)), class_of(data)
    if rows is not None and own is not None and rows[0].native_since:
        data = _as_own(data, rows[0], own)
    elif rows is not None:
        data = _translated(data, rows, way)
    cls = class_of(data) or default
    if cls is None:
        return _unwrapped(data, way)
    refusals = tuple(contradictions(data, cls, way))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    now = in_present_names(data, cls)
    field = language_field(cls)
    if field is None:
        return cls, now
    if not isinstance(now.get(field), Mapping) and now.keys() >= SIZES:
        now = _beside(now, cls, field)
    level = cast("Data", now[field]) if isinstance(now.get(field), Mapping) else None
    if level:
        now[field] = _level(level, f"{way}{field}.", cls, field)
        return cls, now
    if len([*inside(data, way)]) == 1:
        # Older files name it otherwise than the class does.
        return _unwrapped(data, way)
    reason = "the file states no language model there, and the default of the class is another one"
    raise UnsupportedConfigError(None, (Refusal(f"{way}{field}", cast("object", now.get(field)), reason),))


def class_of(data: Data) -> type[PreTrainedConfig] | None:
    """The class of the type that a level states: the one that transformers makes of it, else that of a family."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    name = _type(data)
    # Its `get` knows only what has been imported.
    return CONFIG_MAPPING[name] if name in CONFIG_MAPPING else _of_family(name)


def _of_family(model_type: str) -> type[PreTrainedConfig] | None:
    """The class of a type that transformers does not make of a file of its own, where a family maps one.

    It is of the runtime, of the package that the family comes from, or of a composite of transformers, which has
    not always had a name for each class within: nothing of a checkpoint is imported.
    """
    _, family = known().families.get(model_type.replace("-", "_"), (None, None))
    module, _, name = family.config_class.rpartition(".") if family is not None else ("", "", "")
    if not module:
        return None
    try:
        cls = cast("type[PreTrainedConfig] | None", vars(import_module(module)).get(name))
    except ModuleNotFoundError:
        return None  # which a newer release of transformers has
    return cls if cls is not None and cls.model_type == model_type else None


def _type(data: Data) -> str:
    """The type that a level states; empty where it states none, or what is no name."""
    name: object = data.get("model_type")
    return name if isinstance(name, str) else ""


def language_field(cls: type[PreTrainedConfig]) -> str | None:
    """The field in which a composite class holds its language model."""
    return next((field for field in FIELDS if field in _parts(cls)), None)


def _parts(cls: type[PreTrainedConfig]) -> Mapping[str, type]:
    """The fields of a class that hold configs, each with its class; one without a class of its own has `AutoConfig`."""
    return cast("Mapping[str, type]", cls.sub_configs)


def _level(data: Data, way: str, outer: type[PreTrainedConfig], field: str) -> dict[str, Any]:
    """What a composite class holds in a field."""
    from transformers.configuration_utils import PreTrainedConfig

    held = _parts(outer)[field]
    if not issubclass(held, PreTrainedConfig):
        # The class of a type that is not stated is known by building one.
        usual = None if "model_type" in data else cast("type[PreTrainedConfig]", type(vars(outer())[field]))
        return as_native(data, way, usual)[1]
    cls, now = as_native(data, way, held)
    if cls is not held:
        reason = f"{outer.__name__} reads it as a {held.__name__}, whatever its type"
        raise UnsupportedConfigError(None, (Refusal(f"{way}model_type", data["model_type"], reason),))
    return now


def _beside(data: dict[str, Any], cls: type[PreTrainedConfig], field: str) -> dict[str, Any]:
    """A file that states the language model beside the keys of the whole, where the class says which that is."""
    from transformers.configuration_utils import PreTrainedConfig

    held = _parts(cls)[field]
    if not issubclass(held, PreTrainedConfig):
        return data
    own = names_of(held) | (known().keys.known(path_of(held)) or frozenset())
    inner = {key: data[key] for key in data if key in own and key not in _OF_THE_WHOLE}
    outer = names_of(cls)
    return {**{key: value for key, value in data.items() if key not in inner or key in outer}, field: inner}


def names_of(cls: type) -> frozenset[str]:
    """The fields of a config class, under all of their names, and what older files call its rope."""
    declared = frozenset(each.name for each in dataclasses.fields(cast("Any", cls)))
    aliases = cast("type[PreTrainedConfig]", cls).attribute_map
    rope = ("rope_theta", "rope_scaling", "partial_rotary_factor") if "rope_parameters" in declared else ()
    return declared.union(aliases, aliases.values(), rope)


def _unwrapped(data: Data, way: str) -> Read:
    """The only language model in a composite of remote code, with what the level around it says of it."""
    found = [*inside(data, way)]
    if len(found) != 1:
        # What transformers has no class for may be a family that a newer release has, or hold one.
        for family in () if found else _families(data):
            check_versions(family)
        raise UnsupportedConfigError(None, (_unknown_type(data, way, len(found)),))
    ((inner_way, inner),) = found
    cls, now = as_native(inner, inner_way)
    stated: object = data.get(TIES)
    if stated is not None and now.setdefault(TIES, stated) != stated:
        raise UnsupportedConfigError(None, (two_ties({f"{way}{TIES}": stated, f"{inner_way}{TIES}": now[TIES]}),))
    if "dtype" not in now and "torch_dtype" not in now:
        now |= {key: data[key] for key in ("dtype", "torch_dtype") if key in data}
    names: object = data.get("architectures")
    if isinstance(names, list) and any(
        other_head(each) for each in cast("list[object]", names) if isinstance(each, str)
    ):
        now["architectures"] = names
    return cls, now


def _families(data: Data) -> Iterator[str]:
    """The families of the types that a file states, at every level down to the language model.

    Where a composite has a class of its own for its language model, the module of both says which family that is.
    """
    families, name = known().families, _type(data).replace("-", "_")
    if name in families:
        yield name
    elif name in known().refused:
        module = _module(known().refused[name].config_class)
        yield from (other for other, (_, family) in families.items() if _module(family.config_class) == module)
    for field in FIELDS:
        inner: object = data.get(field)
        if isinstance(inner, Mapping):
            yield from _families(cast("Data", inner))


def _module(path: str) -> str:
    return path.rpartition(".")[0]


def way_to(cls: type, data: Data) -> str:
    """The way to the level of a file that was read as a class, from the outermost one, with a dot at its end."""
    way = ""
    while class_of(data) is not cls and _type(data) not in known().keys.remote:
        ((way, data),) = inside(data, way)
    return way


def inside(data: Data, way: str) -> Iterator[tuple[str, Data]]:
    """The levels below that are of a type that is known, and none below those."""
    for field in FIELDS:
        inner: object = data.get(field)
        if isinstance(inner, Mapping):
            level, inner_way = cast("Data", inner), f"{way}{field}."
            if class_of(level) is not None or _type(level) in known().keys.remote:
                yield inner_way, level
            else:
                yield from inside(level, inner_way)


def two_ties(ties: Mapping[str, object]) -> Refusal:
    """What is said of levels that do not agree."""
    (outer, value), *others = ties.items()
    told = ", ".join(f"{name} is {other!r}" for name, other in others)
    return Refusal(outer, value, f"{told}: a language model has one or the other")


def _unknown_type(data: Data, way: str, several: int) -> Refusal:
    from transformers import __version__
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    keys, name = known().keys, _type(data)
    if data.get("model_type") is None and not several:
        return Refusal(f"{way}model_type", None, "is missing, and nothing else says of which class the file is")
    reason = f"transformers {__version__} has no class for this type"
    if several:
        reason += ", and there are several language models in it"
    elif name:
        reason += f"{hint_of_type(name, (*CONFIG_MAPPING, *keys.remote))}; a newer release may have one"
    return Refusal(f"{way}model_type", cast("object", data.get("model_type")), keys.refused.get(name, reason))


def _translated(data: Data, rows: tuple[Remote, ...], way: str) -> dict[str, Any]:
    """The same model as the native class spells it."""
    refusals, remote = _nearest(data, rows, way)
    read = {key: value for key, value in data.items() if key not in remote.dropped}
    refusals = (*refusals, *_unnamed(data, remote, way), *two_names(read, remote.renamed, way))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    in_rope = frozenset[str]().union(*(data[name] for name in ROPES if isinstance(data.get(name), Mapping)))
    left_out = remote.defaults.keys() - remote.dropped - (in_rope & {*BESIDE_ROPE})
    defaults = {key: value for key, value in remote.defaults.items() if key in left_out}
    now = _multiplied({**defaults, **read}, remote)
    now = {remote.renamed.get(key, key): value for key, value in now.items()}
    if remote.scaling:
        now["rope_scaling"] = {**remote.scaling}
    scaling: object = now.get("rope_scaling")
    if isinstance(scaling, Mapping):
        now["rope_scaling"] = _rope(cast("Data", scaling), remote)
    now["model_type"] = remote.native
    return _labelled(now, remote.architectures)


def _unnamed(data: Data, remote: Remote, way: str) -> Iterator[Refusal]:
    """What a file says that it is, where another model is published under the type, and says nothing else."""
    stated: object = data.get("architectures")
    names = cast("list[object]", stated) if isinstance(stated, list) else []
    if remote.named and not set(remote.architectures) & {each for each in names if isinstance(each, str)}:
        reason = f"must name {' or '.join(remote.architectures)}: {remote.named}"
        yield Refusal(f"{way}architectures", data.get("architectures"), reason)


def _multiplied(data: Data, remote: Remote) -> dict[str, Any]:
    """The same with the keys that are a number times another; what is no number is left for the class to refuse."""
    now = {**data}
    for key, (source, factor) in remote.products.items():
        value = now.pop(source, None)
        product = value * factor if isinstance(value, int | float) and not isinstance(value, bool) else value
        now[key] = int(product) if isinstance(product, float) and product.is_integer() else product
    return now


def _as_own(data: Data, remote: Remote, cls: type[PreTrainedConfig]) -> dict[str, Any]:
    """A file of what was remote code, as that of the class that the type has now."""
    names = causal_names(cls)
    return _labelled({**data}, dict.fromkeys(remote.architectures, names[0]) if names else {})


def _labelled(now: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The same with what the native class calls its causal language model."""
    if "auto_map" in now:
        # It names code of another class, which is not said of this one.
        now["auto_map"] = {}
    stated: object = now.get("architectures")
    if isinstance(stated, list):
        # What has another head than the causal language model is left to be refused.
        now["architectures"] = [
            names.get(name, name) if isinstance(name, str) else name for name in cast("list[object]", stated)
        ]
    return now


def _rope(scaling: Data, remote: Remote) -> Data:
    """The scaling of a rope, whose type may have another name."""
    for key in ("type", "rope_type"):
        kind: object = scaling.get(key)
        if isinstance(kind, str) and kind in remote.rope_types:
            return {**{key: scaling[key] for key in scaling if key != "type"}, "rope_type": remote.rope_types[kind]}
    return scaling


def _nearest(data: Data, rows: tuple[Remote, ...], way: str) -> tuple[tuple[Refusal, ...], Remote]:
    """Of the rows of one type the one that a file is of, by what tells them apart, with what is in its way."""
    wired = [{key: allowed for key, allowed, _ in row.constants} for row in rows]
    telling = {f"{way}{key}" for key in wired[0] if any(key in each and each[key] != wired[0][key] for each in wired)}
    found = [(_hard_wired(data, row, way), row) for row in rows]
    return min(found, key=lambda each: (sum(refusal.field in telling for refusal in each[0]), len(each[0])))


def _hard_wired(data: Data, remote: Remote, way: str) -> tuple[Refusal, ...]:
    """Keys that the native class has as constants, where the file wants something else."""
    data = {**remote.defaults, **data}
    return tuple(
        Refusal(f"{way}{key}", data[key], reason)
        for key, allowed, reason in remote.constants
        if data.get(key, allowed) != allowed
    )
