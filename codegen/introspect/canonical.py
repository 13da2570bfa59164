"""Upstream's types as canonical strings, and its values as JSON."""

from __future__ import annotations

import importlib
import math
import re
import types
import typing
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Annotated, Literal, TypeVar, Union, cast

from codegen.schemas import Json

# Where users find what torch implements in private modules, in order of preference.
_PUBLIC_MODULES = ("torch.nn.functional", "torch.nn.init", "torch")


def import_path(path: str) -> object:
    """The object that a dotted path names: a module, or an attribute of one. `LookupError` where there is none."""
    parts = path.split(".")
    for split in range(len(parts), 0, -1):
        name = ".".join(parts[:split])
        try:
            value: object = importlib.import_module(name)
        except ModuleNotFoundError as error:
            # Only "this part is no module" sends us on; a module that fails to import something is an error.
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            continue
        for attribute in parts[split:]:
            if not hasattr(value, attribute):
                raise LookupError(f"no {path}: {name} is there, {attribute} is not")
            value = cast(object, getattr(value, attribute))
        return value
    raise LookupError(f"no {path}: no module {parts[0]}")


def import_class(path: str) -> type[object]:
    """The class that a dotted path names."""
    value = import_path(path)
    if not isinstance(value, type):
        raise LookupError(f"{path} is no class")
    return value


def type_name(annotation: object) -> str:
    """A type as canonical text: resolved, fully qualified but for builtins, `Any`, `Callable` and `Literal`.

    `Optional[X]` and `Union[X, None]` become `X | None`; members of a union keep the order of their declaration,
    which says what upstream regards as the usual case.
    """
    origin: object = typing.get_origin(annotation)
    arguments = cast(tuple[object, ...], typing.get_args(annotation))
    if origin is Union or origin is types.UnionType:
        return " | ".join(map(type_name, arguments))
    if origin is Literal:
        return f"Literal[{', '.join(map(_literal, arguments))}]"
    if origin is Annotated:
        return type_name(arguments[0])
    if origin is not None:
        return f"{_plain_name(origin)}[{', '.join(map(_argument, arguments))}]" if arguments else _plain_name(origin)
    return _plain_name(annotation)


def to_json(value: object) -> Json:
    """A value as JSON; what JSON cannot hold is tagged as `codegen.schemas.Json` says."""
    match value:
        case Enum():
            return {"$enum": f"{type(value).__module__}.{type(value).__qualname__}.{value.name}"}
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"$float": str(value)}
        case list():
            return [to_json(item) for item in cast(list[object], value)]
        case tuple():
            return {"$tuple": [to_json(item) for item in cast(tuple[object, ...], value)]}
        case dict():
            return _mapping(cast(dict[object, object], value))
        case set() | frozenset():
            return {"$repr": f"{{{', '.join(sorted(map(repr, cast(Iterable[object], value))))}}}"}
        case _:
            return _object(value)


def symbol_path(value: object) -> str | None:
    """The import path by which users name a function, a class or a dtype; None for what has none."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if type(value).__module__ == "torch" and type(value).__name__ == "dtype":
        return str(value)
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name:
        return None
    if any(part.startswith("_") for part in module.split(".")):
        for public in _PUBLIC_MODULES:
            if getattr(importlib.import_module(public), name, None) is value:
                return f"{public}.{name}"
    return name if module == "builtins" else f"{module}.{name}"


def _plain_name(annotation: object) -> str:
    match annotation:
        case None | types.NoneType:
            return "None"
        case types.EllipsisType():
            return "..."
        case str():
            return annotation
        case typing.ForwardRef():
            return annotation.__forward_arg__
        case TypeVar():
            return annotation.__name__
        case type():
            if annotation.__qualname__ in {"Any", "Callable"}:
                return annotation.__qualname__
            return symbol_path(annotation) or annotation.__qualname__
        case _:
            return repr(annotation).removeprefix("typing.")


def _argument(argument: object) -> str:
    """An argument of a generic type; the parameters of a `Callable` are a list."""
    if isinstance(argument, list):
        return f"[{', '.join(map(type_name, cast(list[object], argument)))}]"
    return type_name(argument)


def _literal(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, Enum):
        return f"{type_name(type(value))}.{value.name}"
    return repr(value)


def _mapping(value: dict[object, object]) -> Json:
    texts = {key: to_json(item) for key, item in value.items() if isinstance(key, str) and not key.startswith("$")}
    # Keys that are no text would become one on the way through JSON: {0: ...} and {"0": ...} differ.
    return texts if len(texts) == len(value) else {"$repr": repr(value)}


def _object(value: object) -> Json:
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType) or callable(value):
        path = symbol_path(cast(Callable[..., object], value))
        if path is not None:
            return {"$symbol": path}
    if (path := symbol_path(value)) is not None:
        return {"$symbol": path}
    kind = type_name(type(value))
    text = repr(value)
    # A nested config is described by its own file; an address differs between two runs.
    if hasattr(value, "to_dict") or re.search(r"\b0x[0-9a-f]+", text):
        return {"$repr": f"{kind}()"}
    return {"$repr": text}
