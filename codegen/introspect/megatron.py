"""What a Megatron config dataclass looks like."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Mapping
from typing import cast

from codegen.introspect.canonical import import_class, to_json, type_name
from codegen.introspect.documentation import digest
from codegen.schemas import REQUIRED, Json, MegatronClass, MegatronField


def introspect(path: str) -> MegatronClass:
    """Describe the dataclass at an import path, its fields in the order in which it declares them.

    Raises:
        LookupError: there is no such dataclass.
    """
    kind = import_class(path)
    if not dataclasses.is_dataclass(kind):
        raise LookupError(f"{path} is no dataclass")
    hints = cast(Mapping[str, object], typing.get_type_hints(kind))
    return MegatronClass(
        path=f"{kind.__module__}.{kind.__qualname__}",
        bases=tuple(base.__name__ for base in kind.__mro__[1:] if dataclasses.is_dataclass(base)),
        fields=tuple(_field(kind, field, hints[field.name]) for field in dataclasses.fields(kind)),
    )


def field_default(field: dataclasses.Field[object]) -> Json:
    """The default of a dataclass field as JSON, made by its factory where it has one."""
    if field.default is not dataclasses.MISSING:
        return to_json(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return to_json(field.default_factory())
    return REQUIRED


def declaring_class(kind: type[object], name: str) -> type[object]:
    """The class that declares a field last, seen from the oldest: the first in the MRO that annotates it."""
    for base in kind.__mro__:
        if name in inspect.get_annotations(base):
            return base
    raise LookupError(f"no class in the MRO of {kind.__qualname__} declares {name}")


def _field(kind: type[object], field: dataclasses.Field[object], annotation: object) -> MegatronField:
    origin = declaring_class(kind, field.name)
    return MegatronField(
        name=field.name,
        type=type_name(annotation),
        default=field_default(field),
        origin=origin.__name__,
        doc=digest(f"{kind.__module__}.{kind.__qualname__}.{field.name}"),
    )
