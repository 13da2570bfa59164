"""What a Hugging Face config class looks like, and what its model reads of it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from codegen.introspect.bodies import of_config
from codegen.introspect.canonical import import_class, import_path, to_json, type_name
from codegen.introspect.config_reads import ConfigFacts, Read
from codegen.introspect.definitions import Found, resolve
from codegen.introspect.documentation import digest
from codegen.introspect.megatron import declaring_class, field_default
from codegen.introspect.modeling import bodies, reads
from codegen.introspect.postinit import assigned
from codegen.schemas import REQUIRED, Body, HfClass, HfField, HfProperty, Json, Undeclared

_BASE = "transformers.configuration_utils.PreTrainedConfig"
_CAUSAL_LMS = "transformers.models.auto.modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES"


@dataclass(frozen=True)
class _Subject:
    """A config class with what is worked out once for all of its attributes."""

    kind: type[object]
    fields: tuple[dataclasses.Field[object], ...]
    hints: Mapping[str, object]
    renames: Mapping[str, str]
    values: Mapping[str, object]
    """`__dict__` of a default instance; empty where the class cannot be built without arguments."""
    set_names: frozenset[str]
    """Stored names that `__post_init__` assigns."""
    reads: tuple[Read, ...]
    bodies: Mapping[str, Body]

    def stored(self, name: str) -> str:
        return self.renames.get(name, name)

    def doc(self, name: str) -> str:
        return digest(f"{self.kind.__module__}.{self.kind.__qualname__}.{name}")

    def readers(self, name: str) -> tuple[str, ...]:
        stored = self.stored(name)
        return tuple(
            sorted(
                {
                    read.reader
                    for read in self.reads
                    if self.stored(read.name) == stored
                    or (not read.certain and (fnmatchcase(name, read.name) or fnmatchcase(stored, read.name)))
                }
            )
        )


def introspect(path: str, causal_lm: str | None = None) -> HfClass:
    """Describe the config class at an import path.

    Declared fields are in the order in which the class declares them; everything else is sorted by name.

    Args:
        path: of the config class.
        causal_lm: import path of the model class; left out, it is the one that the auto mapping names.

    Raises:
        IntrospectionError: the source of something that the config or the model extends is not found.
        LookupError: there is no such class, or no source of the model.
    """
    kind = import_class(path)
    if not issubclass(kind, import_class(_BASE)):
        raise LookupError(f"{path} is no PreTrainedConfig")
    model = causal_lm if causal_lm is not None else _causal_lm(kind)
    subject = _subject(kind, model)
    properties = _properties(subject)
    return HfClass(
        path=f"{kind.__module__}.{kind.__qualname__}",
        model_type=str(getattr(kind, "model_type", "")),
        causal_lm=model,
        attribute_map=dict(sorted(subject.renames.items())),
        fields=(*_declared(subject), *sorted(_set_only(subject), key=lambda field: field.name)),
        properties=tuple(sorted(properties, key=lambda found: found.name)),
        undeclared=_undeclared(subject),
        bodies=subject.bodies,
    )


def _subject(kind: type[object], model: str) -> _Subject:
    renames = cast(Mapping[str, str], getattr(kind, "attribute_map", {}))
    values = _default_values(kind)
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    known = frozenset(dir(kind)) | frozenset(values) | {field.name for field in fields}
    parts = cast(Mapping[str, object], getattr(kind, "sub_configs", {}))
    facts = ConfigFacts(
        classes=frozenset(base.__name__ for base in kind.__mro__ if base is not object),
        known=known | {name for name, stored in renames.items() if stored in known},
        parts=frozenset(part.__name__ for part in parts.values() if isinstance(part, type)),
    )
    return _Subject(
        kind=kind,
        fields=fields,
        hints=_hints(kind),
        renames=renames,
        values=values,
        set_names=frozenset(renames.get(name, name) for name in assigned(kind)),
        reads=reads(model, facts) if model else (),
        # A class without a model is described by the project itself: nobody else changes what it means.
        bodies={**of_config(kind), **bodies(model, facts)} if model else {},
    )


def _declared(subject: _Subject) -> list[HfField]:
    result: list[HfField] = []
    for field in subject.fields:
        stored = subject.stored(field.name)
        default = field_default(field)
        annotation = subject.hints.get(field.name, field.type)
        result.append(
            HfField(
                name=field.name,
                type=type_name(annotation),
                default=default,
                stored=stored,
                origin=declaring_class(subject.kind, field.name).__name__,
                declared=True,
                set_in_post_init=stored in subject.set_names,
                after_init=to_json(subject.values[stored]) if stored in subject.values else default,
                range=_range(field, annotation),
                read_in=subject.readers(field.name),
                doc=subject.doc(field.name),
            )
        )
    return result


def _set_only(subject: _Subject) -> list[HfField]:
    """What a default instance holds beyond its fields.

    Private names and attributes of `PreTrainedConfig` itself are transformers' bookkeeping, which it does not save.
    """
    left_out = {subject.stored(field.name) for field in subject.fields} | set(dir(import_class(_BASE)))
    result: list[HfField] = []
    for name, value in subject.values.items():
        if name in left_out or name.startswith("_"):
            continue
        held = to_json(value)
        result.append(
            HfField(
                name=name,
                type=type_name(type(value)),
                default=held,
                stored=name,
                origin=_setter_class(subject.kind, name),
                declared=False,
                set_in_post_init=True,
                after_init=held,
                range=None,
                read_in=subject.readers(name),
                doc=subject.doc(name),
            )
        )
    return result


def _properties(subject: _Subject) -> list[HfProperty]:
    base = import_class(_BASE)
    seen = {field.name for field in subject.fields}
    result: list[HfProperty] = []
    for kind in subject.kind.__mro__:
        if kind in base.__mro__:
            continue
        for name, member in vars(kind).items():
            if name in seen or name.startswith("_") or not isinstance(member, property | functools.cached_property):
                continue
            seen.add(name)
            getter = cast(object, member.fget if isinstance(member, property) else member.func)
            result.append(
                HfProperty(
                    name=name,
                    type=_return_type(getter),
                    settable=not isinstance(member, property) or member.fset is not None,
                    read_in=subject.readers(name),
                    doc=subject.doc(name),
                )
            )
    return result


def _undeclared(subject: _Subject) -> tuple[Undeclared, ...]:
    constants = _constants(subject.kind)
    known = set(dir(subject.kind)) | set(subject.values) | {subject.stored(field.name) for field in subject.fields}
    names = {
        subject.stored(read.name)
        for read in subject.reads
        if read.certain and not read.secondary and not read.name.startswith("_")
    }
    result: list[Undeclared] = []
    for name in sorted(names - (known - constants.keys())):
        own = [read for read in subject.reads if subject.stored(read.name) == name]
        default = constants[name] if name in constants else _common_default(own)
        result.append(Undeclared(name=name, default=default, read_in=subject.readers(name)))
    return tuple(result)


def _constants(kind: type[object]) -> Mapping[str, bool | int | float]:
    """What a class sets and does not declare, for want of an annotation; a file may still say another value."""
    fields = {field.name for field in dataclasses.fields(cast("Any", kind))}
    own = {name: value for name, value in vars(kind).items() if not name.startswith("_") and name not in fields}
    return {name: value for name, value in own.items() if isinstance(value, bool | int | float)}


def _common_default(own: Sequence[Read]) -> Json:
    """The default on which all readers agree. A `hasattr` has no opinion; a plain read needs the attribute."""
    defaults = {read.default for read in own if read.how != "hasattr"}
    if len(defaults) != 1 or defaults == {""}:
        return REQUIRED
    return next(read for read in own if read.how != "hasattr").literal()


def _default_values(kind: type[object]) -> Mapping[str, object]:
    try:
        return vars(kind())
    except Exception:
        # Its own validators refuse the defaults, in whichever way: the fields keep their declared defaults.
        return {}


def _hints(kind: type[object]) -> Mapping[str, object]:
    """Resolved annotations; empty where upstream's do not resolve, so that their source text stands in."""
    names = {"torch": import_path("torch")}
    try:
        return cast(Mapping[str, object], typing.get_type_hints(kind, localns=names, include_extras=True))
    except NameError:
        return {}


def _return_type(getter: object) -> str:
    try:
        return type_name(typing.get_type_hints(getter, localns={"torch": import_path("torch")}).get("return", object))
    except NameError:
        return type_name(cast(Mapping[str, object], getattr(getter, "__annotations__", {})).get("return", object))


def _range(field: dataclasses.Field[object], annotation: object) -> str | None:
    """The range of a validator from `transformers.utils.type_validators`, in interval notation."""
    attached = cast(object, field.metadata.get("validator", ()))
    validators = [*(cast(list[object], attached) if isinstance(attached, list) else [attached])]
    if typing.get_origin(annotation) is typing.Annotated:
        validators += cast(tuple[object, ...], typing.get_args(annotation)[1:])
    for validator in validators:
        name = getattr(validator, "__qualname__", "")
        if name.startswith("interval."):
            bounds = inspect.getclosurevars(cast(typing.Callable[..., object], validator)).nonlocals
            opening = "(" if bounds.get("exclude_min") else "["
            closing = ")" if bounds.get("exclude_max") else "]"
            return f"{opening}{bounds['min']}, {bounds['max']}{closing}"
        if name == "probability":
            return "[0, 1]"
        if name == "positive_int_field":
            return "(0, inf]"
        if name in {"positive_int", "positive_any_number"}:
            return "[0, inf]"
    return None


def _setter_class(kind: type[object], name: str) -> str:
    """The class whose own `__post_init__` sets the attribute, the most derived of several."""
    for base in kind.__mro__:
        if name in assigned(base, own=True):
            return base.__name__
    return kind.__name__


def _causal_lm(kind: type[object]) -> str:
    """Import path of the class that the auto mapping names for this config's model type; empty where it names none."""
    mapping = cast(Mapping[str, str | Sequence[str]], import_path(_CAUSAL_LMS))
    named = mapping.get(str(getattr(kind, "model_type", "")), "")
    name = named if isinstance(named, str) else named[0]
    if not name:
        return ""
    found = _modeling_class(kind, name)
    if found is not None:
        return f"{found.module.name}.{name}"
    # Not beside the config: let transformers say where it is, at the price of importing it.
    model = import_path(f"transformers.{name}")
    return f"{getattr(model, '__module__', '')}.{name}"


def _modeling_class(kind: type[object], name: str) -> Found | None:
    package, _, module = kind.__module__.rpartition(".")
    return resolve(f"{package}.{module.replace('configuration_', 'modeling_', 1)}", name)
