"""What the attributes of a config may be, looked at before anything is computed with them.

transformers checks the type of a field where it is set by the name that its class declares, and where the annotation
is no string, as those of `PreTrainedConfig` are. By another name, or in `__dict__`, an attribute takes anything.

Names and types make up a config's shape, and a shape is looked at once: nearly all configs of a family have the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import getattr_static
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .bounds import LAYERS, NUMBER
from .older_configs import older_release
from .records import Declared
from .registry import registry_of
from .shown import shown
from .storable import hides, unfit

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

    from .refusals import Refusals

PLAIN: frozenset[type] = frozenset((NoneType, bool, int, float, str, list, tuple, dict))
"""What a `config.json` can hold."""

_KEPT = 10
"""How many shapes of a family are kept in mind."""

_UNCHECKED = "transformers checks that only where a field is set by the name that the class declares"


_ANYTHING = Declared((), ())


class Field(NamedTuple):
    """What the class says of a field."""

    name: str
    """The name that it declares. `attribute_map` may store the field under another."""
    types: frozenset[type]
    """Empty where anything goes."""
    entries: frozenset[type]
    """For lists, the types of what they hold; empty where anything goes."""


class Shape(NamedTuple):
    """What all configs have in common whose attributes have the same names, and values of the same types."""

    names: list[str]
    types: list[type]
    integers: tuple[str, ...]
    """Integers that mappers compute with, as they are stored."""
    layers: tuple[str, ...]
    """Numbers of layers, as they are stored."""
    lists: tuple[tuple[str, Field], ...]
    """Lists and tuples, as they are stored."""
    dictionaries: tuple[tuple[str, Field], ...]
    """Dictionaries, as they are stored; that of rope is one."""
    others: tuple[str, ...]
    """Attributes that the class does not declare, sorted."""


_shapes: dict[str, tuple[Shape, ...]] = {}
"""Those met last, by family."""


def look_at(check: Refusals, family: str, config_class: type[PreTrainedConfig], values: Mapping[str, object]) -> Shape:
    """The shape of a config of the family.

    Args:
        check: takes what nothing can be computed with.
        family: the one that asks.
        config_class: its class.
        values: the attributes of the config, as they are stored.

    Raises:
        UnsupportedConfigError: an attribute is of a wrong type, too large, missing, or hides what the class has.
    """
    types = [type(value) for value in values.values()]
    for shape in _shapes.get(family, ()):
        if shape.types == types and shape.names == [*values]:
            break
    else:
        shape = _looked_at(check, family, config_class, values)
        _shapes[family] = (shape, *_shapes.get(family, ())[: _KEPT - 1])
    integers = cast("list[int]", [*map(values.__getitem__, shape.integers)])
    if integers and not -NUMBER <= min(integers) <= max(integers) <= NUMBER:
        for name, field in _fields(family, cast("Any", config_class)).items():
            if name in shape.integers and not -NUMBER <= cast(int, values[name]) <= NUMBER:
                check.refuse(field.name, values[name], "must be at most 2**63 - 1, as far as torch counts")
        check.stop()
    for name in shape.layers:
        if cast(int, values[name]) > LAYERS:
            check.refuse(name, values[name], f"must be at most {LAYERS:,}: no model has as many layers")
            check.stop()
    if shape.lists or shape.dictionaries:
        _look_into(check, shape, values)
    return shape


def _look_into(check: Refusals, shape: Shape, values: Mapping[str, object]) -> None:
    for name, field in shape.lists:
        entries = cast("list[object]", values[name])
        if len(entries) > LAYERS:
            check.refuse(field.name, entries, f"must have at most {LAYERS:,} entries: no model has as many layers")
        elif field.entries and not field.entries.issuperset(map(type, entries)):
            check.refuse(field.name, entries, f"must hold {_either(field.entries)} alone; {_UNCHECKED}")
        elif not field.entries and (reason := unfit(name, entries)):
            check.refuse(field.name, entries, reason)
    for name, field in shape.dictionaries:
        for key, value in cast("dict[object, object]", values[name]).items():
            if reason := unfit(key, value):
                check.refuse(f"{field.name}.{key if isinstance(key, str) else shown(key)}", value, reason)
    check.stop()


def _looked_at(
    check: Refusals, family: str, config_class: type[PreTrainedConfig], values: Mapping[str, object]
) -> Shape:
    # mypy finds no hash on the classes of dataclasses.
    fields = _fields(family, cast("Any", config_class))
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            if reason := hides(config_class, name):
                check.refuse(name if isinstance(cast("object", name), str) else shown(name), value, reason)
        elif field.types and type(value) not in field.types:
            check.refuse(field.name, value, f"must be {_either(field.types)}, as the class declares it; {_UNCHECKED}")
    for name, field in fields.items():
        if name not in values:
            check.refuse(field.name, None, "is missing: it was deleted, or never set")
    check.stop()
    counts, aliases = registry_of(family).fields.layers, config_class.attribute_map
    known = {*fields, *aliases, *older_release(family).names}
    return Shape(
        names=[*values],
        types=[type(value) for value in values.values()],
        integers=tuple(name for name, field in fields.items() if int in field.types and type(values[name]) is int),
        layers=tuple(name for name, field in fields.items() if field.name in counts and type(values[name]) is int),
        lists=tuple((name, field) for name, field in fields.items() if isinstance(values[name], list | tuple)),
        dictionaries=tuple((name, field) for name, field in fields.items() if isinstance(values[name], dict)),
        others=tuple(sorted(name for name in values if name not in known)),
    )


@cache
def _fields(family: str, config_class: type[PreTrainedConfig]) -> Mapping[str, Field]:
    """The fields that every config of the class stores, by the names under which it does."""
    known, stored = registry_of(family).fields, config_class.attribute_map
    groups = {name: group for group in (*known.usual, *known.otherwise.get(family, ())) for name in group.names}
    found: dict[str, Field] = {}
    # What an older class lacks is among the values by now.
    names = (*(field.name for field in dataclasses.fields(config_class)), *older_release(family).added)
    for name in names:
        # A property computes it from others.
        if not isinstance(getattr_static(config_class, name, None), property):
            group = groups.get(name, _ANYTHING)
            types, inside = frozenset(_taken(group.types)), frozenset(_taken(group.entries))
            found[stored.get(name, name)] = Field(name, types, inside)
    return found


def _taken(types: tuple[type, ...]) -> Iterator[type]:
    """The types, with integers where floats are taken: they compute the same."""
    yield from types
    if float in types:
        yield int


def _either(types: frozenset[type]) -> str:
    return " or ".join(sorted("None" if each is NoneType else each.__name__ for each in types))
